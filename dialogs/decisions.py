"""May this person join, as a person hears it: the answer first, then why, then what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dialogs.context import Case
from dialogs.notes import office, readings, stated, still_open
from dialogs.replies import Decision, Reason
from dialogs.sources import sources
from policy_engine.eligibility import Eligibility, Step
from policy_engine.facts import Value


def decision(found: Eligibility, case: Case) -> Decision:
    """May they join, why, and what would change it."""
    changed = {fact for fact, _ in found.changes}
    reasons = _reasons(found, changed, case)
    advice = [*_changes(found, case), *still_open(found.missing, case), *readings(found.interpretations, case)]
    if found.outcome == "eligible":
        advice = [*stated("voluntary", case), *advice]
    return Decision(found.outcome, case.say(f"decision.{found.outcome}"), tuple(reasons), tuple(advice))


def _reasons(found: Eligibility, changed: set[str], case: Case) -> list[Reason]:
    """The steps as reasons. Where one of several rules admits the person whichever it is, that is one reason."""
    steps = _telling(found, changed)
    open_steps = [step for step in steps if step.holds is None]
    if found.outcome != "eligible" or not open_steps:
        return [_reason(step, case) for step in steps]
    rules = case.words.listed([case.words.source(step.text).rstrip("。.") for step in open_steps])
    cited = sources([step.citation for step in open_steps], case.words)
    either = Reason(case.words("reason.either", rules=rules), True, cited)
    return [either, *(_reason(step, case) for step in steps if step.holds is not None)]


def _telling(found: Eligibility, changed: set[str]) -> Sequence[Step]:
    """The steps worth telling. Of the ways in that are closed, those that the proposed changes would open."""
    if found.outcome != "ineligible" or any(step.holds for step in found.reasons):
        return found.reasons
    closed = [step for step in found.reasons if step.holds is False]
    return [step for step in closed if set(step.against) <= changed] or closed


def _reason(step: Step, case: Case) -> Reason:
    """A rule and how it fits. An exclusion that does not apply is told as the fact that keeps it away."""
    cited = sources([step.citation], case.words)
    excluding = step.rule in {rule.id for rule in case.scheme.cannot_join}
    if excluding and step.holds is False:
        return Reason(_facts(step.against, case), True, cited)
    text = case.words.source(step.text)
    if excluding:
        return Reason(text, False if step.holds else None, cited)
    if step.holds is False and step.against:
        text = case.words("reason.not_met", rule=text, facts=_facts(step.against, case))
    return Reason(text, step.holds, cited)


def _facts(names: Iterable[str], case: Case) -> str:
    return case.words.listed([state(name, case.facts[name], case) for name in names])


def state(fact: str, value: Value, case: Case) -> str:
    """A yes/no or a choice as a statement: "no residence permit"."""
    return case.words(f"state.{fact}.{str(value).lower()}")


def _changes(found: Eligibility, case: Case) -> list[str]:
    if not found.changes:
        return []
    changes = case.words.listed([state(fact, value, case) for fact, value in found.changes])
    told = [case.say("advice.change", changes=changes)]
    return told + [text for fact, _ in found.changes for text in office(fact, case)]
