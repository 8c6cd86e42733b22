"""What the columns of several tables have in common."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Enum

HASH_LENGTH = 64
"""Characters of a keyed hash in hexadecimal."""

CHANNEL_LENGTH = 32
"""The longest name of a channel, in characters."""

NAME_LENGTH = 32
"""The longest id of a county, a rule, a state or another thing of the vocabulary, in characters."""

CHOICE_LENGTH = 16
"""The longest value of a choice, in characters."""


def choice(values: type[StrEnum]) -> Any:
    """The type of a column that holds one of these values, written as themselves."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=CHOICE_LENGTH,
        validate_strings=True,
        values_callable=lambda members: [each.value for each in members],
    )


def is_encrypted(description: str | None) -> bool:
    """Whether a column so described holds encrypted text: what key rotation goes by."""
    return (description or "").startswith("encrypted")
