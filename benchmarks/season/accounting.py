"""Whether every reminder of a season is accounted for: by our ledger, and by what the platforms say they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from member_store.members import reminders as members
from member_store.members.records import Records
from member_store.tables.access import Contact
from member_store.tables.reminders import reminders
from member_store.tables.sending import DeliveryState, deliveries

Taken = Mapping[tuple[str, str, str], int]
"""How many messages a platform took, by channel, account and moment."""


@dataclass
class Account:
    """What became of a season. The lists name what is wrong: they are to be empty."""

    by_moment: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By moment, how many reminders came to each result for each reason."""
    reminders: int = 0
    messages: int = 0
    taken: int = 0
    open: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    doubled: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything is accounted for."""
        return not (self.open or self.twice or self.lost or self.unknown)


def account_of_season(records: Records, county: str, year: int, taken: Taken) -> Account:
    """Compare the ledger with what the platforms took."""
    found = Account(taken=sum(taken.values()))
    for each in members.accounts(records, county, year):
        result = each.result
        found.by_moment.setdefault(each.moment.value, Counter())[result, each.reason or ""] += each.count
        found.reminders += each.count
        if result == "waiting":
            found.open.append(f"{each.moment.value}: {each.count} still wait ({each.reason})")
    groups: dict[tuple[str, str, str], list[Any]] = {}
    contacts: Any = Contact.__table__  # type: ignore[attr-defined]
    rows = records.connection.execute(
        select(
            reminders.c.moment,
            reminders.c.person_id,
            deliveries.c.channel,
            deliveries.c.state,
            deliveries.c.reason,
            deliveries.c.attempts,
            contacts.c.id.label("contact_id"),
            contacts.c.account,
        )
        .join(reminders, reminders.c.id == deliveries.c.reminder_id)
        .join(contacts, contacts.c.contact == deliveries.c.contact)
    ).all()
    accounts: dict[int, str] = {}
    for row in rows:
        found.messages += 1
        if row.contact_id not in accounts:
            accounts[row.contact_id] = records.unseal(row.account, f"contact {row.contact_id}")
        groups.setdefault((row.channel, accounts[row.contact_id], row.moment.value), []).append(row)
    for key, theirs in groups.items():
        count = taken.get(key, 0)
        states = {row.state for row in theirs}
        # Planned in two transactions, they may have been sent in two messages.
        most = len({(row.person_id - 1) // members.CHUNK for row in theirs})
        if count > most:
            found.twice.append(f"{key}: taken {count} times")
        if DeliveryState.SENT in states and count == 0:
            found.lost.append(f"{key}: sent, and nobody took it")
        if count and not states & {DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.GIVEN}:
            found.unknown.append(f"{key}: taken, and the ledger says {sorted(states)}")
        if count and DeliveryState.GIVEN in states:
            found.doubled += 1
        if DeliveryState.SENDING in states:
            found.open.append(f"{key}: still being sent")
    strangers = [key for key in taken if key not in groups]
    found.unknown += [f"{key}: taken, and not in the ledger" for key in strangers]
    return found


def as_text(found: Account) -> str:
    """The report."""
    lines = ["| moment | result | reason | reminders |", "|---|---|---|---|"]
    for moment in (each.value for each in members.Moment):
        for (result, reason), count in sorted(found.by_moment.get(moment, Counter()).items()):
            lines.append(f"| {moment} | {result} | {reason} | {count:,} |")
    wrong = [*found.open, *found.twice, *found.lost, *found.unknown]
    told = f"{found.reminders:,} reminders, {found.messages:,} messages, {found.taken:,} taken by the platforms; "
    told += f"{found.doubled} in doubt were told again at a visit. "
    told += "Every one is accounted for." if found.holds else f"{len(wrong)} are not: " + "; ".join(wrong[:20])
    return "\n".join([*lines, "", told])


_COLOURS = {
    "delivered": "#2e7d32",
    "in_doubt": "#f9a825",
    "already_paid": "#90a4ae",
    "no_channel": "#5c6bc0",
    "no_consent": "#ab47bc",
    "no_window": "#ef6c00",
    "next_visit": "#8d6e63",
    "blocked": "#c62828",
}
_OTHER = "#cfd8dc"


def chart(found: Account) -> str:
    """The same as a picture: a bar for each moment, as SVG."""
    width, height, left, top = 720, 300, 90, 20
    total = max((sum(each.values()) for each in found.by_moment.values()), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 70}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{width}" height="{height + 70}" fill="#fff"/>',
    ]
    kinds = [*_COLOURS, "other"]
    moments = [each.value for each in members.Moment if each.value in found.by_moment]
    step = (height - top) / max(1, len(moments))
    for row, moment in enumerate(moments):
        shares: Counter[str] = Counter()
        for (result, reason), count in found.by_moment[moment].items():
            kind = result if result in ("delivered", "in_doubt") else reason
            shares[kind if kind in _COLOURS else "other"] += count
        y, x = top + row * step, float(left)
        parts.append(f'<text x="{left - 8}" y="{y + step / 2:.0f}" text-anchor="end">{moment}</text>')
        for kind in kinds:
            if shares[kind]:
                wide = shares[kind] / total * (width - left - 20)
                fill = _COLOURS.get(kind, _OTHER)
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.0f}" width="{wide:.1f}" height="{step * 0.7:.0f}" fill="{fill}">'
                    f"<title>{moment} {kind}: {shares[kind]:,}</title></rect>"
                )
                x += wide
    for place, kind in enumerate(kinds):
        x, y = left + place % 5 * 120, height + 15 + place // 5 * 22
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{_COLOURS.get(kind, _OTHER)}"/>')
        parts.append(f'<text x="{x + 17}" y="{y + 11}">{kind}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
