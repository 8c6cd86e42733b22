"""The keys of the account's menu: what a tap on each says, as if the person had typed it.

A key stays what it is for ever: phones keep an old menu for a while, and a menu that somebody set up by hand in
WeChat's console knows nothing of a new version.
"""

from __future__ import annotations

from dialogs.context import N_

KEYS: dict[str, str] = {
    "eligibility": N_("goal.eligibility"),
    "contribution": N_("goal.contribution"),
    "estimate": N_("goal.estimate"),
    "compare_hospitals": N_("goal.compare_hospitals"),
    "enrol": N_("goal.enrol"),
    "status": N_("say.status"),
    "household": N_("say.household"),
    "help": N_("say.help"),
    "restart": N_("say.restart"),
    "human": N_("say.human"),
}
"""Each key with the message that it says, in the language of the conversation."""
