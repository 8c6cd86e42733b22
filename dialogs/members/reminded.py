"""Going on from a reminder: of whom it told, and what can be done for each of them by one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.context import N_, Case, Words
from dialogs.replies import Choice, Question
from dialogs.understanding import Findings

REMINDED = "reminded"
"""The question what is to be done of that of which somebody was reminded."""

YES, LATER, STOP = "yes", "no", "stop"
"""To agree, to do nothing now, and to be reminded of nothing any more."""

_LATER = ("no", "cancel", "skip", "unknown")
_SHORT = 3
"""Characters in which a choice is picked by its number, and nothing else is said."""

_BY_RELATION = ("spouse", "father", "mother")
"""Of these there is one, most of the time. All others are called by their name."""


@dataclass(frozen=True)
class Reminded:
    """Somebody of whom a contact was reminded, by the store's key, and for which contribution year.

    `renews`: they were insured the year before and can be enrolled anew, with nothing changed. Else how they stand is
    what there is to see.
    """

    key: int
    year: int
    renews: bool = False


def reminded_question(case: Case, reminded: Sequence[Reminded]) -> Question:
    """What is to be done now? Something for each of these, nothing, or to hear no more of it."""
    known = {each.key: each for each in case.standing.members}
    found = [(each, known[each.key]) for each in reminded if each.key in known]
    labels = going_on(case.words, [(member.relation, member.name, each.renews) for each, member in found])
    choices = [Choice(str(each.key), label) for (each, _), label in zip(found, labels, strict=True)]
    for value, message in ((LATER, N_("label.later")), (STOP, N_("reminder.say.stop"))):
        choices.append(Choice(value, case.words(message)))
    return Question(REMINDED, case.words("ask.reminded"), tuple(choices))


def reminded_choice(text: str, findings: Findings, asked: Question) -> str | None:
    """What was answered to the question: one of its choices, or `YES`; None for anything else.

    Other words than those of a choice that ask for an act are no tap: they are confirmed, as always.
    """
    if findings.command in _LATER:
        return LATER
    if findings.choice is not None and (len(text) <= _SHORT or any(text == each.label for each in asked.choices)):
        return findings.choice
    return YES if findings.command == YES else None


def going_on(words: Words, people: Sequence[tuple[str, str, bool]]) -> list[str]:
    """What somebody says to go on from a reminder: for whom, and, to be renewed, that nothing has changed.

    Of each of the people their relation, their name, and whether they can be renewed. No two of them are said alike.
    """
    labels = [_label(words, relation, name, renews=renews) for relation, name, renews in people]
    return [
        label if labels.count(label) == 1 else _label(words, "other", name, renews=renews)
        for label, (_, name, renews) in zip(labels, people, strict=True)
    ]


def _label(words: Words, relation: str, name: str, *, renews: bool) -> str:
    if relation == "self":
        return words(N_("reminder.say.renew") if renews else N_("reminder.say.status"))
    if relation in _BY_RELATION:
        who = words(f"relation.{relation}")
        return words(N_("reminder.say.renew_for") if renews else N_("reminder.say.status_of"), who=who)
    return words(N_("reminder.say.renew_named") if renews else N_("reminder.say.status_named"), name=name)
