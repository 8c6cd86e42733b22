"""What a look at a whole pack finds that keeps no scheme from loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.conditions import PARAMETER
from policy_engine.errors import PolicyError
from policy_engine.facts import Value, fact_to_json


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    A `fault` is a mistake that somebody has to correct; a `note` is what a lawyer should know and may well be meant.
    `kind` is what was found, `id` the entry of the pack that it is about. `problem` is the sentence, with "file:line".
    """

    severity: Literal["fault", "note"]
    kind: str
    id: str
    problem: PolicyError

    def said(self, translate: Callable[..., str]) -> str:
        """The sentence in another language, with its place."""
        return self.problem.said(translate)

    def to_dict(self, translate: Callable[..., str] = str.format) -> dict[str, Any]:
        """The stable JSON of a finding, its sentence as `translate` says it."""
        return {
            "severity": self.severity,
            "kind": self.kind,
            "id": self.id,
            "place": self.problem.where,
            "sentence": translate(self.problem.template, **self.problem.params),
        }


def fault(kind: str, name: str, template: str, where: str, **params: object) -> Finding:
    """A mistake that somebody has to correct."""
    return Finding("fault", kind, name, PolicyError(template, where=where, name=name, **params))


def note(kind: str, name: str, template: str, where: str, **params: object) -> Finding:
    """Something that a lawyer should know."""
    return Finding("note", kind, name, PolicyError(template, where=where, name=name, **params))


def case_in_words(case: Mapping[str, Value]) -> str:
    """A case as a sentence names it: "age = 17, disabled = true"."""
    shown = ((name.removeprefix(PARAMETER), fact_to_json(value)) for name, value in case.items())
    return ", ".join(f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in shown)
