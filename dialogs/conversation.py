"""A conversation is the answers given so far, turn by turn; everything else about it is worked out anew.

What a person said is kept as steps, each with the facts of one message. *Back* drops the last step, *correct* adds
one, and nothing of an abandoned branch can linger, because nothing but answers is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from dialogs.members.asking import PARTICULARS, SHARED_PARTICULARS
from dialogs.members.reminded import Reminded
from policy_engine.errors import FactError
from policy_engine.facts import Value, fact_to_json, parse_fact

FORMAT = 1
"""The form in which conversations are written down. A stored one of another form starts afresh, and says so."""

MOST_STEPS = 200
"""Steps kept. Beyond it the oldest are merged into one: *back* then reaches no further, but no answer is lost."""

SHARED = frozenset({"county"}) | SHARED_PARTICULARS
"""What holds for the whole household. All else belongs to one person."""


@dataclass(frozen=True)
class Step:
    """What one message added.

    `subject` is whom it is about. `flows` are the goals that are open after it, the present one last. `said` holds
    facts; `unsure` those to which the answer was *I don't know*; `forgotten` those taken back, to be asked again.
    `besides` has what the same message said of other people, `waiting` those who are still to be spoken of, in order.
    """

    subject: str
    flows: tuple[str, ...]
    said: Mapping[str, Value] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    besides: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aside:
    """A question about the policy that came in between.

    `text` is the question itself, `meant` the passages that may be meant or the one that was told, `waiting` the
    question that was open before, to be asked again.
    """

    text: str
    meant: tuple[str, ...] = ()
    waiting: str | None = None


@dataclass(frozen=True)
class Conversation:
    """One contact's conversation.

    `asked` is the question that is open: a fact, or `goal` or `correct`; None where none is. `misses` counts messages
    in a row that were not understood; `aside` is the last question about the policy; `rules` is the version of the
    rules that the last answer went by. `reminded` are those of whom a reminder told, while that is what is asked about.
    """

    locale: str
    large_text: bool = False
    steps: tuple[Step, ...] = ()
    asked: str | None = None
    misses: int = 0
    aside: Aside | None = None
    rules: str | None = None
    reminded: tuple[Reminded, ...] = ()

    @property
    def subject(self) -> str:
        """Whose case this is."""
        return self.steps[-1].subject if self.steps else "self"

    @property
    def flows(self) -> tuple[str, ...]:
        """The goals that are open, the present one last."""
        return self.steps[-1].flows if self.steps else ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Whom else the person has told something of, and who comes next."""
        return self.steps[-1].waiting if self.steps else ()

    def is_about_the_same_as(self, other: Conversation) -> bool:
        """Whether both go back to the same steps, and are held in the same words."""
        return self.steps is other.steps and self.locale == other.locale and self.large_text == other.large_text

    def step(self, **changes: Any) -> Step:
        """A step that goes on as the last one: about the same person, with the same goals."""
        return Step(**{"subject": self.subject, "flows": self.flows, "waiting": self.waiting, **changes})

    def facts(self) -> dict[str, Value]:
        """What is known about the present subject, and what the household shares. Nothing of any other person."""
        return {name: value for name, value in self._settled[0].items() if name not in PARTICULARS}

    def particulars(self) -> dict[str, str]:
        """What was said for an enrolment or another act, and no rule asks for: name, identity number, consent, …"""
        return {name: str(value) for name, value in self._settled[0].items() if name in PARTICULARS}

    def unsure(self) -> frozenset[str]:
        """The facts that the person does not know about the present subject."""
        return self._settled[1]

    @cached_property
    def _settled(self) -> tuple[dict[str, Value], frozenset[str]]:
        facts: dict[str, Value] = {}
        unsure: set[str] = set()
        for step in self.steps:
            own = step.subject == self.subject
            for name, value in step.besides.get(self.subject, {}).items():
                facts[name] = value
                unsure.discard(name)
            for name, value in step.said.items():
                if own or name in SHARED:
                    facts[name] = value
                    unsure.discard(name)
            for name in (*step.unsure, *step.forgotten):
                if own or name in SHARED:
                    facts.pop(name, None)
                    unsure.discard(name)
                    if name in step.unsure:
                        unsure.add(name)
        return facts, frozenset(unsure)

    def with_step(self, step: Step) -> Conversation:
        """The conversation with one more step; the oldest are merged where there are too many."""
        steps = (*self.steps, step)
        if len(steps) > MOST_STEPS:
            steps = (*_merged(steps[: MOST_STEPS // 2]), *steps[MOST_STEPS // 2 :])
        return replace(self, steps=steps, misses=0, aside=None)

    def back(self) -> Conversation:
        """The conversation without its last step, and without going on from it to the next of several people."""
        steps = self.steps
        while len(steps) > 1 and _only_goes_on(steps[-2], steps[-1]):
            steps = steps[:-1]
        return replace(self, steps=steps[:-1], asked=None, misses=0, aside=None)

    def without(self, subject: str, names: Iterable[str] | None = None) -> Conversation:
        """The conversation as if these things had never been said of a person; all of it where no names are given.

        What the household shares stays. *Back* does not bring it back.
        """
        gone = None if names is None else frozenset(names)

        def stays(name: str) -> bool:
            return name in SHARED or (gone is not None and name not in gone)

        def kept(said: Mapping[str, Value]) -> dict[str, Value]:
            return {name: value for name, value in said.items() if stays(name)}

        steps = []
        for step in self.steps:
            besides = {who: kept(said) if who == subject else said for who, said in step.besides.items()}
            changed = replace(step, besides={who: said for who, said in besides.items() if said})
            if step.subject == subject:
                unsure, forgotten = (tuple(filter(stays, each)) for each in (step.unsure, step.forgotten))
                changed = replace(changed, said=kept(step.said), unsure=unsure, forgotten=forgotten)
            if changed.said or changed.besides or changed.unsure or changed.forgotten:
                steps.append(changed)
        last = replace(self.steps[-1], said={}, unsure=(), forgotten=(), besides={})
        return replace(self, steps=(*steps, last), misses=0, aside=None)

    def to_dict(self) -> dict[str, Any]:
        """The conversation as JSON-ready data."""
        return {
            "format": FORMAT,
            "locale": self.locale,
            "large_text": self.large_text,
            "steps": [_step_to_dict(step) for step in self.steps],
            "asked": self.asked,
            "misses": self.misses,
            **({"aside": _aside_to_dict(self.aside)} if self.aside else {}),
            **({"rules": self.rules} if self.rules else {}),
            **({"reminded": [[each.key, each.year, each.renews] for each in self.reminded]} if self.reminded else {}),
        }


def conversation_from_dict(data: Mapping[str, Any]) -> tuple[Conversation, bool] | None:
    """The conversation that `to_dict` wrote down, and whether some answer in it means nothing any more and is left out.

    None where this version cannot read it at all.
    """
    try:
        if data["format"] != FORMAT:
            return None
        steps = [_step_from_dict(each) for each in data["steps"]]
        conversation = Conversation(
            locale=data["locale"],
            large_text=data["large_text"],
            steps=tuple(step for step, _ in steps),
            asked=data["asked"],
            misses=data["misses"],
            aside=_aside_from_dict(data["aside"]) if data.get("aside") else None,
            rules=data.get("rules"),
            reminded=tuple(Reminded(*each) for each in data.get("reminded", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return conversation, any(lost for _, lost in steps)


def _only_goes_on(before: Step, step: Step) -> bool:
    """Whether nobody said anything in a step: it only took the next of several people."""
    said = step.said or step.unsure or step.forgotten or step.besides
    return not said and step.subject in before.waiting and step.subject not in step.waiting


def _merged(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps as one for each subject, in the order in which the subjects last appeared."""
    by_subject: dict[str, Step] = {}
    for step in steps:
        earlier = by_subject.pop(step.subject, Step(step.subject, ()))
        gone = {*step.unsure, *step.forgotten}
        by_subject[step.subject] = Step(
            step.subject,
            step.flows,
            {**{name: value for name, value in earlier.said.items() if name not in gone}, **step.said},
            tuple({*(name for name in earlier.unsure if name not in step.said), *step.unsure}),
            waiting=step.waiting,
        )
        for person, said in step.besides.items():
            other = by_subject.get(person, Step(person, ()))
            by_subject[person] = replace(other, said={**other.said, **said})
    return tuple(by_subject.values())


def _aside_to_dict(aside: Aside) -> dict[str, Any]:
    return {"text": aside.text, "meant": list(aside.meant), "waiting": aside.waiting}


def _aside_from_dict(data: Mapping[str, Any]) -> Aside:
    return Aside(str(data["text"]), tuple(str(each) for each in data["meant"]), data["waiting"])


def _step_to_dict(step: Step) -> dict[str, Any]:
    return {
        "subject": step.subject,
        "flows": list(step.flows),
        "said": _to_json(step.said),
        "unsure": list(step.unsure),
        "forgotten": list(step.forgotten),
        **({"besides": {person: _to_json(said) for person, said in step.besides.items()}} if step.besides else {}),
        **({"waiting": list(step.waiting)} if step.waiting else {}),
    }


def _to_json(said: Mapping[str, Value]) -> dict[str, Any]:
    return {name: value if name in PARTICULARS else fact_to_json(value) for name, value in said.items()}


def _step_from_dict(data: Mapping[str, Any]) -> tuple[Step, bool]:
    """The step, and whether it says something that this version does not know: a fact or a value that is gone."""
    said, lost = _known(data["said"])
    besides = {person: _known(facts) for person, facts in data.get("besides", {}).items()}
    step = Step(
        subject=data["subject"],
        flows=tuple(data["flows"]),
        said=said,
        unsure=tuple(data["unsure"]),
        forgotten=tuple(data["forgotten"]),
        besides={person: facts for person, (facts, _) in besides.items()},
        waiting=tuple(data.get("waiting", ())),
    )
    return step, lost or any(gone for _, gone in besides.values())


def _known(said: Mapping[str, Any]) -> tuple[dict[str, Value], bool]:
    """What of the stored facts still means something, and whether there was more."""
    known: dict[str, Value] = {}
    for name, value in said.items():
        try:
            known[name] = str(value) if name == "county" or name in PARTICULARS else parse_fact(name, value)
        except FactError:
            continue
    return known, len(known) < len(said)
