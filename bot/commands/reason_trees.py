"""An explanation as a tree of text: each step with how it turned out and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.commands import figures
from bot.commands.clauses import JOINED, MARKS, ClauseWords
from bot.languages import Catalogue
from dialogs.context import N_
from policy_engine.directory import load_directory
from policy_engine.explaining.reasons import LEADS_HERE, Reason
from policy_engine.money import Money
from policy_engine.scheme import Scheme

Lines = Iterator[tuple[int, str]]
"""Lines of text, each with how deep it lies."""

_GROUPS = {
    "may_join": N_("explain.may_join"),
    "cannot_join": N_("explain.cannot_join"),
    "amounts": N_("explain.amounts"),
    "own_part": N_("explain.own_part"),
    "remainder": N_("explain.remainder"),
    "floors": N_("explain.floors"),
    "notes": N_("explain.notes"),
    "schedules": N_("explain.schedules"),
    "adjustments": N_("explain.adjustments"),
    "cost_ceilings": N_("explain.cost_ceilings"),
    "ceilings": N_("explain.ceilings"),
    "layers": N_("explain.layers"),
    "throughout": N_("explain.throughout"),
    "assumptions": N_("explain.assumptions"),
    "cases": N_("explain.cases"),
}
_LINES = {
    "bill_total": N_("explain.line.bill_total"),
    "not_on_the_list": N_("explain.line.not_on_the_list"),
    "class_b": N_("explain.line.class_b"),
    "above_cost_ceiling": N_("explain.line.above_cost_ceiling"),
    "deductible": N_("explain.line.deductible"),
    "after_deductible": N_("explain.line.after_deductible"),
    "band": N_("explain.line.band"),
    "own_share": N_("explain.line.own_share"),
    "before_ceiling": N_("explain.line.before_ceiling"),
    "above_ceiling": N_("explain.line.above_ceiling"),
    "basic_pays": N_("explain.line.basic_pays"),
    "second_layer_counts": N_("explain.line.second_layer_counts"),
    "second_layer_pays": N_("explain.line.second_layer_pays"),
    "fund_pays": N_("explain.line.fund_pays"),
    "person_pays": N_("explain.line.person_pays"),
    "own_part": N_("explain.line.own_part"),
    "remainder": N_("explain.line.remainder"),
}
_LED_BY = {"all": N_("explain.leads_here.all"), "any": N_("explain.leads_here.any")}
_SHORT = {"schedule", "adjustment", "cost_ceiling", "ceiling", "layer", "amounts", "bearer"}
"""Entries of which there may be many: one that does not apply is told in one line, with what keeps it from that."""


def reason_tree(reason: Reason, scheme: Scheme, words: Catalogue) -> str:
    """The tree of reasons, a step a line."""
    lines = _Tree(scheme, words).decision(reason)
    return "\n".join(f"{'  ' * depth}{text}" for depth, text in lines)


class _Tree:
    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        self._scheme, self.words = scheme, words
        self._clauses = ClauseWords(scheme, words)

    def decision(self, reason: Reason) -> Lines:
        for group in reason.parts:
            yield 0, f"{self.words(_GROUPS[group.id])}{self._outcome(group)}"
            for part in group.parts:
                yield from self._node(part, 1)

    def _outcome(self, group: Reason) -> str:
        """Whether a group of rules on joining holds, which may be certain though no single rule is."""
        return f"  {MARKS[group.holds]}" if group.id in {"may_join", "cannot_join"} else ""

    def _node(self, reason: Reason, depth: int) -> Lines:
        shown: dict[str, Callable[[Reason, int], Lines]] = {
            "all": self._joined,
            "any": self._joined,
            "not": self._joined,
            "fact": self._clause,
            "parameter": self._clause,
            "reading": self._clause,
            "joins_as": self._clause,
            "case": self._case,
        }
        yield from shown.get(reason.kind, self._entry)(reason, depth)

    def _parts(self, reason: Reason, depth: int) -> Lines:
        """The parts; those of an `all` stand where it does."""
        for part in reason.parts:
            if part.kind == "all":
                yield from self._parts(part, depth)
            else:
                yield from self._node(part, depth)

    def _joined(self, reason: Reason, depth: int) -> Lines:
        if reason.kind == "not" and reason.parts[0].kind not in JOINED:
            yield from self._clause(reason, depth)
            return
        messages = _LED_BY if reason.id == LEADS_HERE else JOINED
        yield depth, f"{MARKS[reason.holds]} {self.words(messages[reason.kind])}"
        for part in reason.parts:
            yield from self._node(part, depth + 1)

    def _clause(self, reason: Reason, depth: int) -> Lines:
        yield depth, f"{MARKS[reason.holds]} {self._clauses.clause(reason)}"
        for part in reason.parts if reason.kind != "not" else reason.parts[0].parts:
            yield from self._node(part, depth + 1)

    def _case(self, reason: Reason, depth: int) -> Lines:
        amount = self.words.money(reason.amount) if reason.amount is not None else ""
        yield depth, self.words("explain.case", name=reason.id, amount=amount)
        yield from self._parts(reason, depth + 1)

    def _entry(self, reason: Reason, depth: int) -> Lines:
        if reason.holds is False and reason.kind in _SHORT:
            yield depth, self.words("explain.because", entry=f"✗ {self._said(reason)}", why=self._why_not(reason))
            return
        if reason.kind == "rate" and len(reason.parts) == 1:
            return  # the line that it is applied in has it
        mark = "·" if reason.kind in {"figure", "rate", "line", "assumption", "hospital"} else MARKS[reason.holds]
        yield depth, f"{mark} {self._said(reason)}"
        if reason.kind != "rate":  # whose parts its own line names
            yield from self._parts(reason, depth + 1)

    def _why_not(self, reason: Reason) -> str:
        """What keeps an entry from applying: an earlier one, or the clauses that fail."""
        if reason.instead:
            return self.words("explain.instead", entry=reason.instead)
        failing = (leaf for part in reason.parts for leaf in _failing(part))
        return "; ".join(dict.fromkeys(map(self._clauses.clause, failing)))

    def _said(self, reason: Reason) -> str:
        """What a node is about, with its amount and where it stands."""
        words = self.words
        match reason.kind:
            case "figure":
                parameter = self._scheme.parameters[reason.id]
                text = words("explain.named", name=figures.label(parameter, words), said=self._figure(reason))
            case "rate":
                rate = words.percent(*reason.rate) if reason.rate is not None else ""
                text = words("explain.rate", rate=rate, parts=self._made_up(reason))
            case "line":
                text = words("explain.named", name=self._line(reason), said=self._money(reason.amount))
            case "assumption":
                text = self._clauses.stated(reason.id, reason.value)
            case "hospital":
                text = self._hospital(reason)
            case "floor":
                text = words.source(reason.text)
            case _:
                text = self._named(reason)
        return self._clauses.with_source(text, reason.citations)

    def _figure(self, reason: Reason) -> str:
        if reason.figure is None:
            return ""
        said = figures.figure(reason.figure, self._scheme, self.words)
        if reason.unset is None:
            return said
        unset = self.words("show.unset", authority=self.words.source(reason.unset.decided_by))
        return unset if reason.figure.to_json() is None else self.words("explain.bounded", bounds=said, unset=unset)

    def _made_up(self, reason: Reason) -> str:
        """What a ratio is made up of: "50%, 10 percentage points less"."""
        return self.words.listed([self._figure(part) for part in reason.parts])

    def _line(self, reason: Reason) -> str:
        """What a line of the result is called, with its ratio, its band, or who pays it."""
        words, name = self.words, self.words(_LINES[reason.id])
        if reason.id in {"own_part", "remainder"}:
            if reason.value is None:
                return words("explain.paid_by_nobody", name=name)
            return words("explain.paid_by", name=name, payer=words(f"payer.{reason.value}"))
        if reason.span is not None and reason.rate is not None:
            return words(
                "explain.at_rate", name=f"{name} {self._money(Money(*reason.span))}", rate=words.percent(*reason.rate)
            )
        return name if reason.rate is None else words("explain.at_rate", name=name, rate=words.percent(*reason.rate))

    def _money(self, amount: Money | None) -> str:
        """An amount; one of which nothing is known is not on record."""
        if amount is None or (amount.low == 0 and amount.high is None):
            return self.words("amount.undecided")
        return self.words.money(amount)

    def _hospital(self, reason: Reason) -> str:
        hospital = load_directory(self._scheme.hospitals).the_one(reason.id)
        name = hospital.name if self.words.locale.startswith("zh") else hospital.english
        evidence = reason.evidence
        if evidence is None:
            return self.words("explain.hospital_unknown", hospital=name)
        title = evidence.source.title.zh if self.words.locale.startswith("zh") else evidence.source.title.en
        levels = " / ".join(self.words(f"value.provider_level.{each}") for each in evidence.values)
        grade = self.words(f"grade.{evidence.mark}")
        return self.words("explain.hospital", hospital=name, level=levels, source=title, grade=grade)

    def _named(self, reason: Reason) -> str:
        """An entry of the pack: its sentence, or what its figure is called and its id."""
        if reason.text:
            return self.words.source(reason.text)
        named = self._parameter_of(reason)
        if named is None:
            return reason.id or self.words("condition.everybody")
        return self.words("explain.entry", name=figures.label(self._scheme.parameters[named], self.words), id=reason.id)

    def _parameter_of(self, reason: Reason) -> str | None:
        """The parameter after which an entry without words is called."""
        rules = self._scheme.benefits
        if rules is None:
            return None
        by_kind: dict[str, dict[str, str]] = {
            "adjustment": {each.id: each.points for each in rules.adjustments},
            "ceiling": {each.id: each.amount for each in rules.ceilings},
            "cost_ceiling": {each.id: each.amount for each in rules.cost_ceilings},
        }
        return by_kind.get(reason.kind, {}).get(reason.id) or None


def _failing(reason: Reason) -> Iterator[Reason]:
    """The clauses that make a condition fail."""
    if reason.holds is not False:
        return
    if reason.kind in {"all", "any"}:
        for part in reason.parts:
            yield from _failing(part)
    else:
        yield reason
