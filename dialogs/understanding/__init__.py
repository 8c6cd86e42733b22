"""What people mean: facts, intents and commands out of one free sentence, with the span each came from.

Facts come from grammar and dictionaries alone; what a sentence is after is also judged by its likeness to examples
(`judge.py`). Nothing is learnt while the program runs and nothing fetched: the same text always means the same.
"""

from __future__ import annotations

from dialogs.understanding.findings import Expecting, Finding, Findings, Person
from dialogs.understanding.identity import mask_identity_numbers
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.reading import understand

__all__ = ["Expecting", "Finding", "Findings", "Lexicon", "Person", "mask_identity_numbers", "understand"]
