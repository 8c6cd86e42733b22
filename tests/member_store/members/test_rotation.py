"""Changing the keys: every encrypted column of every table, and in the middle of a load."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

from sqlmodel import SQLModel, select

from member_store.encryption import Cipher, generate_key
from member_store.members import audit, enrolments, people
from member_store.members.records import Records
from member_store.rotation import encrypted_columns
from member_store.store import Store
from member_store.tables import TABLES
from member_store.tables.columns import is_encrypted
from member_store.tables.people import Enrolment, Person
from member_store.tables.records import History
from member_store.turns import Reduced
from tests.member_store.members import filled as known
from tests.member_store.members.filled import fill

DESCRIBED = {
    (str(model.__tablename__), name)
    for model in TABLES
    for name, field in model.model_fields.items()
    if is_encrypted(field.description)
}


def tokens(records: Records) -> dict[tuple[str, str], list[str]]:
    """Everything encrypted that there is, by table and column."""
    found = {}
    for table, column in sorted(DESCRIBED):
        rows = SQLModel.metadata.tables[table]
        wanted = select(rows.c[column]).where(rows.c[column].is_not(None)).order_by(rows.primary_key.columns[0])
        found[table, column] = list(records.connection.execute(wanted).scalars())
    return found


def test_rotation_knows_every_column_that_is_described_as_encrypted():
    assert sorted(encrypted_columns()) == sorted(DESCRIBED)


def test_every_encrypted_column_is_renewed_and_says_the_same_as_before(url, key):
    new = generate_key()
    with Store.open(url, key) as store:
        filled = fill(store)
        with store.reading_records() as records:
            before = tokens(records)
    assert [column for column, found in before.items() if not found] == [], "nothing was tested of these"
    with Store.open(url, f"{new},{key}") as store:
        assert store.rotate_keys() > 0
        assert store.rotate_keys() == 0
    old_key, new_key = Cipher(key), Cipher(new)
    with Store.open(url, new) as store, store.reading_records() as records:
        after = tokens(records)
        for column in DESCRIBED:
            said = [old_key.decrypt(each, "before") for each in before[column]]
            assert [new_key.decrypt(each, "after") for each in after[column]] == said
            assert not set(after[column]) & set(before[column])
        # The key of the look-ups is the same as ever.
        person = people.find(records, "resident_identity_card", known.NUMBER)
        assert people.personal_of(records, person).phone == known.PHONE
        assert enrolments.facts_of(records, records.session.get(Enrolment, filled.enrolment))
        phones = [
            former["personal"]["phone"]
            for row in records.session.exec(select(History).where(History.entity == "person").order_by(History.id))
            if "personal" in (former := records.unseal(row.before, "history"))
        ]
        assert phones == [known.PHONE, "13700000000"]


def test_keys_rotated_in_the_middle_of_a_load_lose_nothing(url, key):
    new = generate_key()
    number_of_people, turns = 12, 12
    with Store.open(url, key) as store:
        with store.records() as records:
            ids = [
                people.add(records, people.Personal(f"n{each}", "resident_identity_card", str(each)), "jiashan").id
                for each in range(number_of_people)
            ]
        for contact in range(4):
            store.turn("web", f"c{contact}", "0", "first", lambda *_: Reduced({"said": ["first"]}, [{"n": 0}], {}))

    def talk(store: Store, contact: int) -> None:
        for turn in range(1, turns):

            def reduce(state, _records, turn=turn):
                return Reduced({"said": [*state["said"], turn]}, [{"n": turn}], {})

            store.turn("web", f"c{contact}", str(turn), f"text {turn}", reduce)

    def move(store: Store, field: str) -> None:
        # Several people at once, from the last to the first: the other way round than rotation goes.
        for times in range(turns):
            with store.records() as records:
                for each in reversed(ids):
                    people.change_personal(records, records.session.get(Person, each), **{field: f"{field} {times}"})

    with (
        Store.open(url, f"{new},{key}") as one,
        Store.open(url, f"{new},{key}") as other,
        ThreadPoolExecutor(7) as pool,
    ):
        at_work = [pool.submit(talk, store, contact) for contact, store in enumerate((one, one, other, other))]
        at_work += [pool.submit(move, one, "phone"), pool.submit(move, other, "address")]
        rotated = pool.submit(lambda: [one.rotate_keys(), other.rotate_keys()])
        wait([*at_work, rotated])
        assert [each.result() for each in at_work] == [None] * 6
        assert sum(rotated.result()) > 0
    with Store.open(url, new) as store:
        for contact in range(4):
            assert store.conversation("web", f"c{contact}")["said"] == ["first", *range(1, turns)]
            assert [each.text for each in store.history("web", f"c{contact}")] == [
                "first",
                *(f"text {turn}" for turn in range(1, turns)),
            ]
        with store.reading_records() as records:
            for each in ids:
                personal = people.personal_of(records, records.session.get(Person, each))
                assert (personal.phone, personal.address) == (f"phone {turns - 1}", f"address {turns - 1}")
            former = records.session.exec(select(History)).all()
            assert len(former) == len(ids) * turns * 2
            assert all(records.unseal(each.before, "history") for each in former)
            assert list(audit.broken(records.connection)) == []


def test_a_row_that_somebody_is_changing_is_waited_for_and_what_they_wrote_stays(url, key):
    new = generate_key()
    changing, go_on = threading.Event(), threading.Event()
    with Store.open(url, key) as store, store.records() as records:
        for each in range(3):
            people.add(records, people.Personal(f"n{each}", "resident_identity_card", str(each)), "jiashan")

    def change(store: Store) -> None:
        with store.records() as records:
            people.change_personal(records, people.find(records, "resident_identity_card", "1"), phone="changed")
            changing.set()
            assert go_on.wait(20)

    with (
        Store.open(url, f"{new},{key}") as one,
        Store.open(url, f"{new},{key}") as other,
        ThreadPoolExecutor(2) as pool,
    ):
        changed = pool.submit(change, one)
        assert changing.wait(20)
        rotated = pool.submit(other.rotate_keys)
        time.sleep(0.3)
        assert not rotated.done()
        go_on.set()
        changed.result(20)
        # The look-up key and the two people whom nobody changed; the third is under the new key already, and so is the
        # end of the audit where the change was written down first.
        assert rotated.result(20) in (3, 4)
    with Store.open(url, new) as store, store.reading_records() as records:
        known = [people.personal_of(records, people.find(records, "resident_identity_card", each)) for each in "012"]
        assert [each.phone for each in known] == [None, "changed", None]
