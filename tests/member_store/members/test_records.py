"""One transaction's work: kept, recorded, undone in part, and whole or not at all."""

import itertools

import pytest
from sqlalchemy import text
from sqlmodel import select

from member_store.members import audit, people
from member_store.members.actors import Actor, ActorKind, Setting
from member_store.members.people import Personal
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.people import Household, Person
from member_store.tables.records import Audit, History

numbers = itertools.count(100000000000000000)
WORKER = Actor(ActorKind.WORKER, 7, "wechat", Setting.PHONE)


def somebody(records, name="张秀英") -> Person:
    return people.add(records, Personal(name, "resident_identity_card", str(next(numbers))), "jiashan")


def refused(records, name="李阿毛") -> int:
    """Somebody is added and then everything is refused; returns whom that was."""
    added: list[int] = []
    try:
        with records.undoable():
            added.append(somebody(records, name).id)
            raise Refusal("known")
    except Refusal:
        return added[0]


def test_a_change_keeps_what_stood_there_and_says_who_where_and_how(shared_store: Store):
    with shared_store.records(WORKER) as records:
        person = somebody(records)
        people.change_personal(records, person, phone="13800000000")
        people.change_personal(records, person, phone="13900000000")
    with shared_store.reading_records() as records:
        told = records.session.exec(select(Audit).where(Audit.person_id == person.id).order_by(Audit.id)).all()
        assert [each.action for each in told] == ["person_added", "person_changed", "person_changed"]
        assert {(each.actor, each.actor_id, each.channel, each.setting) for each in told} == {
            ("worker", 7, "wechat", "phone")
        }
        assert all("138" not in each.changes for each in told)
        kept = records.session.exec(select(History).where(History.person_id == person.id).order_by(History.id)).all()
        assert [each.audit_id for each in kept] == [told[1].id, told[2].id]
        assert list(audit.broken(records.connection)) == []


def test_a_change_to_the_same_changes_nothing_and_is_not_recorded(shared_store: Store):
    with shared_store.records() as records:
        person = somebody(records)
        assert people.change_personal(records, person, phone="13800000000")
        assert not people.change_personal(records, person, phone="13800000000")
    with shared_store.reading_records() as records:
        told = records.session.exec(select(Audit).where(Audit.person_id == person.id)).all()
        assert len(told) == 2


def test_what_a_refusal_undoes_leaves_nothing_behind_and_the_rest_stays(shared_store: Store):
    with shared_store.records() as records:
        kept = somebody(records)
        gone = refused(records)
    with shared_store.reading_records() as records:
        assert records.session.get(Person, kept.id)
        assert records.session.get(Person, gone) is None
        assert records.session.exec(select(Audit).where(Audit.person_id == gone)).all() == []
        assert list(audit.broken(records.connection)) == []


def test_a_part_can_be_undone_that_is_the_first_thing_in_its_transaction(shared_store: Store):
    with shared_store.records() as records:
        refused(records)
        person = somebody(records)
    with shared_store.reading_records() as records:
        assert records.session.get(Person, person.id)


def test_an_exception_leaves_nothing_not_even_in_the_audit(shared_store: Store):
    with shared_store.reading_records() as records:
        before = len(records.session.exec(select(Audit)).all())

    def fails() -> None:
        with shared_store.records() as records:
            somebody(records)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with shared_store.reading_records() as records:
        assert len(records.session.exec(select(Audit)).all()) == before


def test_a_row_that_is_not_there_is_refused_by_name(shared_store: Store):
    with shared_store.records() as records, pytest.raises(Refusal, match="gone: what household, id 999999"):
        records.locked(Household, 999999)


def test_one_identity_number_is_one_person(shared_store: Store):
    with shared_store.records() as records:
        person = somebody(records)
        number = people.personal_of(records, person).number
        with pytest.raises(Refusal, match="known"):
            people.add(records, Personal("别人", "resident_identity_card", number), "jiashan")
        other = somebody(records, "别人")
        with pytest.raises(Refusal, match="known"):
            people.change_personal(records, other, number=number)
        assert people.find(records, "resident_identity_card", number).id == person.id
        assert people.find(records, "passport", number) is None


def test_records_that_are_cut_off_the_end_of_the_audit_are_missed(shared_store: Store):
    with shared_store.records() as records:
        somebody(records)
        somebody(records)
    with shared_store.reading_records() as records:
        assert list(audit.cut_off(records.connection, records.cipher)) == []
        if records.connection.dialect.name != "sqlite":
            return
    with shared_store._database.writing() as connection:
        kept = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'audit_delete'")).scalar_one()
        last = connection.execute(select(Audit.__table__).order_by(Audit.id.desc()).limit(1)).mappings().one()
        connection.execute(text("DROP TRIGGER audit_delete"))
        connection.execute(text("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"))
    with shared_store.reading_records() as records:
        assert list(audit.broken(records.connection)) == []
        assert list(audit.cut_off(records.connection, records.cipher)) == [
            f"audit {last['id']}: is not the last record, as it was"
        ]
    with shared_store._database.writing() as connection:
        connection.execute(Audit.__table__.insert(), dict(last))
        connection.execute(text(kept))
