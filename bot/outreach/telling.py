"""What a reminder says, and to whom: looked at anew when it is sent, as much may have happened since the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.exchange import ABOUT, SAY
from bot.languages import Catalogue
from bot.outreach.moments import occasion_of
from bot.outreach.workdays import is_workday
from dialogs.context import N_
from dialogs.members.reminded import Reminded, going_on
from member_store.members import collection, reminders
from member_store.members.collection import Window
from member_store.members.records import Records
from member_store.members.remindable import Occasion, standings
from member_store.tables.reminders import Moment, Situation
from policy_engine.money import exactly

_HEADS = {
    Moment.OPENING: N_("reminder.opening"),
    Moment.HALFWAY: N_("reminder.halfway"),
    Moment.SEVEN_DAYS: N_("reminder.days_left"),
    Moment.ONE_DAY: N_("reminder.days_left"),
    Moment.LAST_DAY: N_("reminder.days_left"),
    Moment.LATE: N_("reminder.late"),
}
_TODAY, _TOMORROW = N_("reminder.today"), N_("reminder.tomorrow")
_COUNTED = (Moment.SEVEN_DAYS, Moment.ONE_DAY, Moment.LAST_DAY)

_STANDS = {
    Situation.OWES_ALL: (N_("reminder.owes_all.self"), N_("reminder.owes_all.other")),
    Situation.OWES_PART: (N_("reminder.owes_part.self"), N_("reminder.owes_part.other")),
    Situation.COVERED: (N_("reminder.covered.self"), N_("reminder.covered.other")),
    Situation.DEDUCTION: (N_("reminder.deduction.self"), N_("reminder.deduction.other")),
    Situation.RENEW: (N_("reminder.renew.self"), N_("reminder.renew.other")),
}
_LATE = {
    Situation.RENEW: (N_("reminder.late_renew.self"), N_("reminder.late_renew.other")),
    Situation.DEDUCTION: (N_("reminder.late_deduction.self"), N_("reminder.late_deduction.other")),
}
_PAYS = (Situation.OWES_ALL, Situation.OWES_PART)


@dataclass(frozen=True)
class Telling:
    """What is told one contact of one person. `relation` is who that is to them."""

    delivery: int
    reminder_id: int
    person_id: int
    occasion: Occasion
    window: Window
    relation: str
    name: str = field(repr=False)
    situation: Situation
    owed_fen: int

    @property
    def reminded(self) -> Reminded:
        """The same as the conversation takes it up. After the last day nobody is renewed by themselves."""
        renews = self.situation is Situation.RENEW and self.occasion.moment is not Moment.LATE
        return Reminded(self.person_id, self.occasion.year, renews)


@dataclass(frozen=True)
class Asked:
    """A message of which it is asked whether it is still to be said: its id, its contact, and its reminder."""

    delivery: int
    contact: str
    reminder_id: int


def still(records: Records, asked: Sequence[Asked]) -> tuple[dict[int, Telling], dict[int, str]]:
    """Which of these are still to be said; of the others, why not. Both by the message's id."""
    known = {each.id: each for each in reminders.planned(records, [each.reminder_id for each in asked])}
    silent: dict[int, str] = {each.delivery: "erased" for each in asked if each.reminder_id not in known}
    alike: dict[tuple[str, int, Moment, date], list[Asked]] = {}
    for each in asked:
        if (found := known.get(each.reminder_id)) is not None:
            alike.setdefault((found.county, found.year, found.moment, found.due_on), []).append(each)
    telling: dict[int, Telling] = {}
    for (county, year, moment, due_on), theirs in alike.items():
        window = collection.window_of(records, county, year)
        occasion = occasion_of(window, moment, is_workday)
        if window is None or occasion is None or occasion.due_on != due_on:
            silent |= {each.delivery: "no_collection" if window is None else "rescheduled" for each in theirs}
        elif records.today > occasion.last_on:
            silent |= {each.delivery: "too_late" for each in theirs}
        else:
            about = [known[each.reminder_id].person_id for each in theirs]
            stand = {each.person_id: each for each in standings(records, occasion, about)}
            audience = reminders.audience(records, occasion, [each.reminder_id for each in theirs])
            for each in theirs:
                person = known[each.reminder_id]
                found_now = stand.get(person.person_id)
                relation = audience.get((person.person_id, each.contact))
                if found_now is None:
                    silent[each.delivery] = "withdrawn"
                elif found_now.reason is not None or relation is None:
                    silent[each.delivery] = found_now.reason or "no_consent"
                else:
                    telling[each.delivery] = Telling(
                        *(each.delivery, each.reminder_id, person.person_id, occasion, window, relation, person.name),
                        *(found_now.situation, found_now.owed_fen),
                    )
    return telling, silent


def latest(telling: Mapping[int, Telling]) -> list[Telling]:
    """What is still to be said to one contact, of several about the same person and year the last."""
    return list({(each.person_id, each.occasion.year): each for each in telling.values()}.values())


def told(telling: Iterable[Telling], today: date, words: Catalogue) -> str:
    """One text for all that one contact is told."""
    alike: dict[Occasion, list[Telling]] = {}
    for each in telling:
        alike.setdefault(each.occasion, []).append(each)
    lines: list[str] = []
    for theirs in alike.values():
        lines.append(_head(theirs[0], today, words))
        lines += [_line(each, words) for each in theirs]
        if any(each.situation in _PAYS for each in theirs):
            lines.append(
                words(N_("reminder.late_pay") if theirs[0].occasion.moment is Moment.LATE else N_("reminder.pay"))
            )
    return "\n".join(lines)


def as_message(telling: Sequence[Telling], today: date, words: Catalogue) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is sent to one contact: the text, and the words by which they go on from it, each with the id of its tap."""
    taps = [(label, f"{ABOUT}{each.reminder_id}") for label, each in zip(_says(telling, words), telling, strict=True)]
    stop = words(N_("reminder.say.stop")), f"{SAY}0"
    return f"{told(telling, today, words)}\n{words(N_('reminder.below'))}", (*taps, stop)


def onward(telling: Sequence[Telling], words: Catalogue) -> str:
    """How somebody goes on from here by words, where there is nothing to tap."""
    quoted = [words(N_("reminder.quoted"), text=each) for each in _says(telling, words)]
    stop = words(N_("reminder.say.stop"))
    return "\n".join([words(N_("reminder.onward"), says=words.listed(quoted)), words(N_("reminder.stop"), stop=stop)])


def _head(one: Telling, today: date, words: Catalogue) -> str:
    days = one.window.days
    left = (days.last - today).days
    head = _HEADS[one.occasion.moment]
    if one.occasion.moment in _COUNTED and left < 2:
        head = (_TODAY, _TOMORROW)[left]
    return words(head, year=one.occasion.year, first=words.date(days.first), last=words.date(days.last), days=left)


def _line(one: Telling, words: Catalogue) -> str:
    late = one.occasion.moment is Moment.LATE
    messages = _LATE.get(one.situation, _STANDS[one.situation]) if late else _STANDS[one.situation]
    told: Mapping[str, object] = {
        "who": _who(one, words),
        "amount": words.money(exactly(one.owed_fen)),
        "year": one.occasion.year,
        "before": one.occasion.year - 1,
    }
    return words(messages[one.relation != "self"], **told)


def _who(one: Telling, words: Catalogue) -> str:
    if one.relation in ("self", "other"):
        return one.name
    return words("member.called", name=one.name, relation=words(f"relation.{one.relation}"))


def _says(telling: Sequence[Telling], words: Catalogue) -> list[str]:
    """The sentence by which somebody goes on from here, for each person whom it is about."""
    return going_on(words, [(each.relation, each.name, each.reminded.renews) for each in telling])
