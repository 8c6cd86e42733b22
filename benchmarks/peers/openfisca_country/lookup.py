"""A parameter by level of hospital."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.openfisca_country.entities import Level


def by_level(node: Any, level: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The children of a parameter node, one a level, picked for each person.

    OpenFisca's own way, `node[level]`, walks through the people one by one in Python.
    """
    return np.array([node[each.name] for each in Level])[level]
