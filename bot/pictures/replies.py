"""A receipt or a comparison as a picture: everything that the answer says, in type for old eyes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.pictures.sheet import INK, PALE, RED, Sheet
from dialogs.replies import Comparison, Receipt, Reply

_HEADLINE, _LARGE, _TEXT, _SMALL = 44, 40, 34, 28

_INKS = {"result": RED, "step": PALE}


def picture_of(reply: Reply) -> str | None:
    """The picture as SVG; None for a reply that text says as well."""
    match reply:
        case Receipt():
            return _receipt(reply)
        case Comparison():
            return _comparison(reply)
    return None


def _receipt(reply: Receipt) -> str:
    sheet = _begun(reply.headline, reply.badge)
    for line in reply.lines:
        weighty = line.role in {"result", "total"}
        size = _LARGE if line.role == "result" else _TEXT
        sheet.gap(10)
        sheet.pair(line.label, line.amount, size, ink=_INKS.get(line.role, INK), bold=weighty)
        for source in line.sources:
            sheet.text(source.label, _SMALL, ink=PALE)
    return _ended(sheet, reply.notes, reply.headline)


def _comparison(reply: Comparison) -> str:
    sheet = _begun(reply.headline, reply.badge)
    for row in reply.rows:
        sheet.gap(14)
        sheet.text(row.label, _TEXT, bold=True)
        sheet.pair(reply.fund_heading, row.fund_pays, _TEXT, ink=RED)
        sheet.pair(reply.person_heading, row.person_pays, _TEXT)
        if row.note:
            sheet.text(row.note, _SMALL, ink=PALE)
        sheet.rule(thick=1)
    for source in reply.sources:
        sheet.text(source.label, _SMALL, ink=PALE)
    return _ended(sheet, reply.notes, reply.headline)


def _begun(headline: str, badge: str) -> Sheet:
    sheet = Sheet()
    sheet.text(headline, _HEADLINE, bold=True)
    if badge:
        # Never without it: a picture is passed on to people who have not seen the conversation.
        sheet.text(f"【{badge}】", _TEXT, ink=RED, bold=True)
    sheet.rule()
    return sheet


def _ended(sheet: Sheet, notes: Iterable[str], title: str) -> str:
    sheet.rule()
    for note in notes:
        sheet.gap(12)
        sheet.text(note, _SMALL, ink=PALE)
    return sheet.svg(title)
