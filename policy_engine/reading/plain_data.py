"""Plain data, as it comes from JSON or a database, in the form that packs are read from.

Plain data has no bare words, so a text that reads as a date or a percentage is one: "2008-01-01", "60%".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_engine.errors import N_, shown
from policy_engine.reading.source import DEEPEST, Node, bare

_LARGEST = 10**12


def node_of(data: Any, where: str, depth: int = 0) -> Node:
    """The data as a node, for which errors name `where`, with "#2" for the second entry of a list of several.

    Raises PackError for what no pack could hold: a number with decimals, a null, a key that is no word.
    """
    whole = Node(None, where)
    if depth > DEEPEST:
        raise whole.refuse(N_("This is nested too deeply."))
    if isinstance(data, Mapping):
        for key in data:
            if not isinstance(key, str):
                raise whole.refuse(N_("A key is a word in quotes, not {key}."), key=shown(key))
        return Node({key: node_of(each, where, depth + 1) for key, each in data.items()}, where)
    if isinstance(data, list | tuple):
        places = [f"{where} #{number}" for number in range(1, len(data) + 1)] if len(data) > 1 else [where]
        return Node([node_of(each, place, depth + 1) for each, place in zip(data, places, strict=False)], where)
    return Node(_scalar(data, whole), where)


def _scalar(data: Any, place: Node) -> Any:
    if isinstance(data, str) and data.strip():
        return bare(data, place)
    if isinstance(data, float):
        raise place.refuse(
            N_('{text} has decimals. Write an amount in quotes ("60.50") and a ratio as a percentage (60.5%).'),
            text=shown(data),
        )
    if isinstance(data, bool) or (isinstance(data, int) and abs(data) < _LARGEST):
        return data
    raise place.refuse(N_("Here should be words, a number, or true or false, not {value}."), value=shown(data))
