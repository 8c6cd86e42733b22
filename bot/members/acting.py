"""Does what a conversation asks to have done, in the turn's own transaction, and says how it went.

Whether somebody may is looked up here, in the store, whatever the conversation believed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.languages import catalogue
from bot.members import applying, leaving, linking, sharing
from bot.members.dues import SchemeFor
from bot.members.refused import refused
from bot.members.standing import client_of
from dialogs.members.acts import REMINDERS
from dialogs.members.effects import (
    AskHardship,
    ChangePhone,
    ChooseNotices,
    ChooseReminders,
    Die,
    Done,
    Effect,
    Enrol,
    Erase,
    Export,
    Grant,
    Link,
    LookUp,
    Move,
    OfferLink,
    Outcome,
    Redeem,
    Refused,
    Renew,
    Revoke,
    Unlink,
    Whom,
    Withdraw,
)
from member_store.members import codes, delegations, hardship, links, people, reminder_choices, staff
from member_store.members.actors import Actor, ActorKind, Setting
from member_store.members.delegations import ACT, LOOK, OWN
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact, Role, StaffUser
from member_store.tables.people import Notices, Person


@dataclass
class Acting:
    """A contact on a channel who has something done. `today` is the day that the rules go by."""

    records: Records
    channel: str
    account: str = field(repr=False)
    locale: str
    scheme_for: SchemeFor
    today: datetime.date

    def contact(self) -> Contact:
        """The contact, added where it is new."""
        return delegations.contact_of(self.records, self.channel, self.account, self.locale)

    def worker(self) -> StaffUser | None:
        """The member of staff behind the contact, if any."""
        return staff.of_contact(self.records, self.contact())

    def act_as(self, setting: str | None) -> None:
        """From here on, the audit has this contact, or the member of staff behind it, as the one who acts."""
        contact, worker = self.contact(), self.worker()
        if worker is not None:
            where = Setting(setting) if setting else None
            self.records.actor = staff.actor(worker, self.channel, where)
        else:
            self.records.actor = Actor(ActorKind.CONTACT, contact.id, self.channel)

    def person(self, whom: Whom, scope: str) -> Person:
        """The person that is meant, if this contact may do that for them.

        Raises Refusal: `not_allowed`; for staff `not_your_place`, which is also said where there is no such person, so
        that nobody learns who is on record elsewhere.
        """
        worker = self.worker()
        if isinstance(whom, int):
            delegations.require(self.records, self.contact(), whom, scope)
            return self.records.locked(Person, whom)
        if worker is None:
            raise Refusal("not_allowed")
        person = people.find(self.records, whom.kind.value, whom.number)
        if person is None:
            raise Refusal("not_your_place")
        staff.require(worker, person, Role.WORKER, Role.OFFICE)
        return person


def act(effect: Effect, acting: Acting) -> Outcome:
    """Have it done. What is refused leaves nothing behind but the count of wrong codes."""
    acting.act_as(getattr(effect, "setting", None))
    try:
        with acting.records.undoable():
            return _HOW[type(effect)](acting, effect)
    except Refusal as refusal:
        if refusal.code == "wrong_code":
            codes.was_wrong(acting.records, acting.contact())
        return Refused(refusal.code, refused(refusal, catalogue(acting.locale)))


def _enrol(acting: Acting, effect: Enrol) -> Outcome:
    return applying.enrol(acting, effect)


def _renew(acting: Acting, effect: Renew) -> Outcome:
    return applying.renew(acting, acting.person(effect.whom, ACT), effect.year)


def _look_up(acting: Acting, effect: LookUp) -> Outcome:
    person = acting.person(effect.whom, LOOK)
    acting.records.record("person_looked_up", person, person_id=person.id)
    return Done({"member": client_of(acting.records, person, acting.scheme_for)})


def _withdraw(acting: Acting, effect: Withdraw) -> Outcome:
    if (
        isinstance(effect.whom, int)
        and (own := leaving.application_of(acting.records, acting.contact(), effect.whom, effect.year)) is not None
    ):
        return leaving.take_back(acting, own)
    return leaving.withdraw(acting, acting.person(effect.whom, OWN), effect.year)


def _move(acting: Acting, effect: Move) -> Outcome:
    return leaving.move(acting, acting.person(effect.whom, ACT), effect.county)


def _change_phone(acting: Acting, effect: ChangePhone) -> Outcome:
    person = acting.person(effect.whom, ACT)
    people.change_personal(acting.records, person, phone=effect.phone)
    return Done({"name": people.name_of(acting.records, person)})


def _die(acting: Acting, effect: Die) -> Outcome:
    return leaving.die(acting, acting.person(effect.whom, ACT), effect.on)


def _grant(acting: Acting, effect: Grant) -> Outcome:
    person = acting.person(effect.whom, OWN)
    expires_on = acting.records.today + datetime.timedelta(days=effect.days)
    code = delegations.offer(acting.records, person, effect.scopes, expires_on)
    return Done(
        {
            "name": people.name_of(acting.records, person),
            "code": f"{code[:4]}-{code[4:]}",
            "scopes": effect.scopes,
            "expires_on": expires_on,
            "hours": int(delegations.CODE_LASTS.total_seconds() // 3600),
        }
    )


def _revoke(acting: Acting, effect: Revoke) -> Outcome:
    person = acting.person(effect.whom, OWN)
    for each in delegations.given_by(acting.records, person.id or 0):
        if effect.delegation in (None, each.id) and each.contact_id != acting.contact().whole_id:
            delegations.revoke(acting.records, each, "asked")
    return Done({"name": people.name_of(acting.records, person)})


def _redeem(acting: Acting, effect: Redeem) -> Outcome:
    records, contact = acting.records, acting.contact()
    try:
        worker = staff.bind(records, contact, effect.code)
    except Refusal as refusal:
        if refusal.code != "wrong_code":
            raise
    else:
        place = people.place_of(records, worker.community_id)
        return Done({"login": staff.name_of(records, worker), "community": place or worker.county or ""})
    if acting.worker() is not None:
        known = delegations.offered(records, effect.code) or links.offered(records, effect.code)
        raise Refusal("staff_not_relatives" if known else "wrong_code")
    if (whose := linking.look_at(acting, effect.code)) is not None:
        return whose
    given = delegations.redeem(records, contact, effect.code, effect.relation)
    person = records.locked(Person, given.person_id)
    told = {"name": people.name_of(records, person), "scopes": given.scopes.split(), "expires_on": given.expires_on}
    return Done(told)


def _offer_link(acting: Acting, _effect: OfferLink) -> Outcome:
    _no_worker(acting)
    return linking.offer(acting)


def _link(acting: Acting, effect: Link) -> Outcome:
    _no_worker(acting)
    return linking.link(acting, effect)


def _unlink(acting: Acting, effect: Unlink) -> Outcome:
    _no_worker(acting)
    return linking.unlink(acting, effect)


def _notices(acting: Acting, effect: ChooseNotices) -> Outcome:
    person = acting.person(effect.whom, OWN)
    acting.records.change(person, "notices_chosen", person_id=person.id, notices=Notices(effect.notices))
    return Done({"name": people.name_of(acting.records, person)})


def _reminders(acting: Acting, effect: ChooseReminders) -> Outcome:
    _no_worker(acting)
    contact = acting.contact()
    reminder_choices.agree(acting.records, contact, map(_purpose, effect.more), effect.wording)
    reminder_choices.decline(acting.records, contact, map(_purpose, effect.fewer))
    kept = reminder_choices.chosen(acting.records, contact)
    return Done({"kinds": tuple(each for each in REMINDERS if _purpose(each) in kept)})


def _purpose(kind: str) -> str:
    return f"remind_{kind}"


def _hardship(acting: Acting, effect: AskHardship) -> Outcome:
    person = acting.person(effect.whom, ACT)
    hardship.apply(acting.records, person, effect.year, None, acting.today)
    return Done({"name": people.name_of(acting.records, person)})


def _export(acting: Acting, _effect: Export) -> Outcome:
    _no_worker(acting)
    return sharing.export_data(acting)


def _erase(acting: Acting, _effect: Erase) -> Outcome:
    _no_worker(acting)
    return sharing.erase(acting)


def _no_worker(acting: Acting) -> None:
    """What is on record of clients is not a worker's own to take along or to erase."""
    if acting.worker() is not None:
        raise Refusal("not_for_staff")


_HOW: dict[type[Any], Callable[[Acting, Any], Outcome]] = {
    Enrol: _enrol,
    LookUp: _look_up,
    Renew: _renew,
    Withdraw: _withdraw,
    Move: _move,
    ChangePhone: _change_phone,
    Die: _die,
    Grant: _grant,
    Revoke: _revoke,
    Redeem: _redeem,
    OfferLink: _offer_link,
    Link: _link,
    Unlink: _unlink,
    ChooseNotices: _notices,
    ChooseReminders: _reminders,
    AskHardship: _hardship,
    Export: _export,
    Erase: _erase,
}
