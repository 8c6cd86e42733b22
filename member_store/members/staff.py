"""Staff: who they are, the one-time code that binds a chat account, and where each may act."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from member_store.members import codes
from member_store.members.actors import Actor, ActorKind, Setting
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact, Role, StaffUser
from member_store.tables.people import Community, Person

CODE_LASTS = timedelta(hours=72)
"""How long a binding code waits to be used."""


def add(
    records: Records,
    login: str,
    name: str,
    role: Role,
    *,
    county: str | None = None,
    community: Community | None = None,
) -> StaffUser:
    """A new member of staff.

    Raises Refusal: `login_taken`; `no_place` for a worker without a community or somebody of an office without a
    county.
    """
    if records.session.exec(select(StaffUser.id).where(StaffUser.login == login)).first() is not None:
        raise Refusal("login_taken", login=login)
    if (role is Role.WORKER and community is None) or (role is Role.OFFICE and county is None):
        raise Refusal("no_place", role=role.value)
    found = records.add(
        StaffUser(
            login=login,
            name=records.seal(name),
            role=role,
            county=community.county if community else county,
            community_id=community.id if community else None,
            created_at=records.now,
        )
    )
    records.record("staff_added", found, person_id=None, changes={"login": login, "role": role.value})
    return found


def by_login(records: Records, login: str) -> StaffUser:
    """The member of staff with this login, if still active. Raises Refusal `no_staff`."""
    found = records.session.exec(select(StaffUser).where(StaffUser.login == login)).first()
    if found is None or not found.active:
        raise Refusal("no_staff", login=login)
    return found


def everybody(records: Records) -> list[StaffUser]:
    """All staff, by login."""
    return list(records.session.exec(select(StaffUser).order_by(StaffUser.login)))


def name_of(records: Records, member: StaffUser) -> str:
    """What a member of staff is called; their login where that is not known."""
    return str(records.unseal(member.name, f"staff_user {member.id}") or member.login)


def new_code(records: Records, member: StaffUser) -> str:
    """A one-time code that binds a chat account to this member of staff; an older one is void."""
    code = codes.new_code()
    records.change(
        member,
        "staff_code",
        person_id=None,
        code=codes.code_hash(records, "staff", code),
        code_expires_at=records.now + CODE_LASTS,
    )
    return code


def bind(records: Records, contact: Contact, code: str) -> StaffUser:
    """Bind a contact to the member of staff whose code it is. Raises Refusal: `wrong_code`, `too_many_codes`."""
    codes.may_try(records, contact)
    wanted = codes.code_hash(records, "staff", code)
    found = records.session.exec(select(StaffUser).where(StaffUser.code == wanted).with_for_update()).first()
    late = found is None or found.code_expires_at is None or found.code_expires_at < records.now
    if found is None or late or not found.active:
        raise Refusal("wrong_code")
    codes.was_right(contact)
    bound = of_contact(records, contact)
    if bound is not None and bound.id != found.id:
        records.change(bound, "staff_unbound", person_id=None, contact_id=None)
    records.change(found, "staff_bound", person_id=None, contact_id=contact.id, code=None, code_expires_at=None)
    return found


def of_contact(records: Records, contact: Contact) -> StaffUser | None:
    """The member of staff behind a contact, if still active."""
    found = records.session.exec(select(StaffUser).where(StaffUser.contact_id == contact.id)).first()
    return found if found is not None and found.active else None


def unbind(records: Records, member: StaffUser) -> None:
    """Take a chat account away from a member of staff, say when their telephone is lost."""
    records.change(member, "staff_unbound", person_id=None, contact_id=None, code=None, code_expires_at=None)


def dismiss(records: Records, member: StaffUser) -> None:
    """A member of staff has left: from now on they may do nothing."""
    unbind(records, member)
    records.change(member, "staff_dismissed", person_id=None, active=False)


def actor(member: StaffUser, channel: str, setting: Setting | None = None) -> Actor:
    """The member of staff as the one who acts."""
    return Actor(ActorKind(member.role.value), member.id, channel, setting)


def require(member: StaffUser, person: Person, *roles: Role) -> None:
    """Raise Refusal where a member of staff may not act for this person.

    `not_your_role` where it takes another role, `not_your_place` where the person lives elsewhere.
    """
    if member.role is Role.ADMINISTRATOR:
        return
    if roles and member.role not in roles:
        raise Refusal("not_your_role", role=member.role.value)
    elsewhere = (
        person.community_id != member.community_id if member.role is Role.WORKER else person.county != member.county
    )
    if elsewhere:
        raise Refusal("not_your_place")
