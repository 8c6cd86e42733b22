"""A scheme with some of its figures changed, to see what would come of it. Such figures are made up, and marked so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policy_engine.errors import N_, PackError, PolicyError, did_you_mean, shown
from policy_engine.provenance import fingerprint
from policy_engine.reading.checks import check_scheme
from policy_engine.reading.source import Node, bare
from policy_engine.reading.values import ILLUSTRATIVE, read_scalar
from policy_engine.scheme import Parameter, Scheme, Setting


def changed(scheme: Scheme, values: Mapping[str, str]) -> Scheme:
    """The scheme with these parameters held to a value for its whole period, whoever it is that may set them.

    Values are written as in a pack: yuan as `500` or `12.50`, ratios and points as `51%`, yes and no as `true` and
    `false`, a choice by its word. Every result that rests on one is illustrative. Raises PolicyError for a parameter
    that there is not, PackError for a value that it cannot have, or where the figures no longer go together.
    """
    parameters = dict(scheme.parameters)
    for name, text in values.items():
        if name not in parameters:
            raise PolicyError(
                N_("There is no parameter called {name}. Did you mean: {nearest}?"),
                name=shown(name),
                nearest=did_you_mean(name, parameters),
            )
        parameters[name] = _held(scheme, parameters[name], text)
    content = "\n".join(f"{name}={text}" for name, text in sorted(values.items()))
    found = replace(scheme, parameters=parameters, version=fingerprint(scheme.version.encode(), content.encode()))
    check_scheme(found)
    return found


def _held(scheme: Scheme, parameter: Parameter, text: str) -> Parameter:
    if not text.strip():
        raise PackError(N_("The value is missing. Write it behind the equals sign."), where=parameter.id)
    yes_or_no = {"true": True, "false": False} if parameter.unit == "boolean" else {}
    value = yes_or_no.get(text, bare(text.strip(), Node(None, parameter.id)))
    scalar = read_scalar(Node(value, parameter.id), parameter.unit, parameter.choices)
    return replace(parameter, settings=(Setting(scheme.start, scheme.end, ILLUSTRATIVE, scalar, where=parameter.id),))
