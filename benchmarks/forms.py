"""One turn of a form of five questions: our own conversation beside libraries that lead people through fixed states."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material import service_in
from benchmarks.peers.form import OPENING, QUESTIONS, Assistant, Stay, stays
from benchmarks.timing import ROUNDS, Table
from bot.channels.plain import plain
from bot.languages import SOURCE, catalogue
from dialogs.context import Context
from dialogs.conversation import Conversation
from dialogs.questions import GOAL
from dialogs.respond import respond

FORMS = 50
"""How many people fill in the form in one round."""

OURS, OURS_IN_SENTENCES = "dialogs.respond", "dialogs.respond, in whole sentences"
MOST = 500
"""Microseconds that the median turn of ours may take."""


class OurForm:
    """The same with `dialogs.respond`, and its replies as the lines of text that a messenger gets."""

    def __init__(self, context: Context) -> None:
        self._context, self._words = context, catalogue(SOURCE)
        self._conversation = Conversation(SOURCE, asked=GOAL)

    async def begin(self) -> None:
        """Open a new form."""
        self._conversation = Conversation(SOURCE, asked=GOAL)
        await self.answer(OPENING)

    def message(self, text: str) -> str:
        """As it is."""
        return text

    async def answer(self, message: str) -> str:
        """The whole turn, and its replies as text."""
        turn = respond(self._conversation, message, self._context)
        self._conversation = turn.conversation
        return "\n".join(plain(reply, self._words) for reply in turn.replies)


async def our_form() -> OurForm:
    """Ours, ready for its first message."""
    with tempfile.TemporaryDirectory() as folder, service_in(Path(folder)) as service:
        return OurForm(service.context())


async def _telegram() -> Assistant:
    from benchmarks.peers import telegram_form

    return await telegram_form.opened()


async def _aiogram() -> Assistant:
    from benchmarks.peers import aiogram_form

    return await aiogram_form.opened()


ENTRANTS: dict[str, tuple[Callable[[], Awaitable[Assistant]], Callable[[Stay], tuple[str, ...]]]] = {
    OURS: (our_form, Stay.answers),
    OURS_IN_SENTENCES: (our_form, Stay.sentences),
    "python-telegram-bot, ConversationHandler": (_telegram, Stay.answers),
    "aiogram-dialog": (_aiogram, Stay.answers),
}


@dataclass
class _Timed:
    """What an entrant took: seconds of every turn, turns a second in each round, and forms that ended wrongly."""

    assistant: Assistant
    says: Callable[[Stay], tuple[str, ...]]
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    otherwise: int = 0

    async def round(self, people: Sequence[Stay]) -> None:
        """All of these people fill in the form, one after the other."""
        before = len(self.seconds)
        for stay in people:
            await self.assistant.begin()
            said = ""
            for message in [self.assistant.message(text) for text in self.says(stay)]:
                begun = time.perf_counter()
                said = await self.assistant.answer(message)
                self.seconds.append(time.perf_counter() - begun)
            self.otherwise += not said.startswith(stay.conclusion())
        taken = self.seconds[before:]
        self.rates.append(len(taken) / sum(taken))

    def row(self, name: str) -> tuple[str, ...]:
        """The row of the table."""
        ordered = [1e6 * each for each in sorted(self.seconds)]
        figures = (statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))], statistics.median(self.rates))
        return (name, *(f"{each:,.0f}" for each in figures), str(self.otherwise))


def turns() -> Table:
    """How long one answer to one question takes."""
    return asyncio.run(_turns())


async def _turns() -> Table:
    entrants = {}
    for name, (opened, says) in ENTRANTS.items():
        with contextlib.suppress(ModuleNotFoundError):
            entrants[name] = _Timed(await opened(), says)
    for each in entrants.values():
        # Everybody once before it counts: what is loaded or worked out at the first use is not about a turn.
        await _Timed(each.assistant, each.says).round(stays(10, seed=0))
    everybody = stays(ROUNDS * FORMS)
    for begin in range(0, len(everybody), FORMS):
        for each in entrants.values():
            await each.round(everybody[begin : begin + FORMS])
    ours = [1e6 * each for each in entrants[OURS].seconds]
    median = statistics.median(ours)
    apart = ", ".join(
        f"{asked.fact} {statistics.median(ours[place :: len(QUESTIONS)]):,.0f}" for place, asked in enumerate(QUESTIONS)
    )
    notes = [
        f"Wanted of *{OURS}*: a median of at most {MOST} µs. It is {median:,.0f} µs: "
        f"{'reached' if median <= MOST else '**missed**'}. By the question answered, in µs: {apart}.",
        f"{FORMS} people in each of {ROUNDS} rounds, drawn from a seed, in turn with the same people; {len(QUESTIONS)} "
        "turns a form, one answer a turn, each from the message ready in memory to the answer as text. Nothing is "
        "sent, parsed from JSON or stored on disk by anybody. *Ended otherwise* are the forms whose last answer does "
        "not begin with the two amounts that were worked out by hand.",
        _DIFFERENT,
    ]
    if len(entrants) < len(ENTRANTS):
        notes.append("Peers that are not installed are left out; `make bench` installs them.")
    rows = tuple(each.row(name) for name, each in entrants.items())
    columns = ("what", "median µs", "99 % µs", "turns a second", "forms ended otherwise")
    return Table("One turn of a form of five questions", columns, rows, tuple(notes))


_DIFFERENT = (
    "They do not do the same. Ours takes whole sentences in two languages, asks what the rules say is still missing, "
    "reads them at every turn, and ends with a receipt with citations. Theirs go through five fixed states, take a "
    "label, its number or a bare number, and end with the two amounts from formulas written by hand; but they also "
    "find the handler and the person's state for whatever update a bot can get, which ours is spared here. "
    "python-telegram-bot's bot keeps what it is to send; aiogram-dialog has its own stand-in for tests, which makes a "
    "message object of it. Neither draws buttons."
)
