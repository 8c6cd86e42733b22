"""Several accounts of one person: linked by a code that works once, alike, and taken apart again."""

import itertools
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from member_store.members import (
    audit,
    codes,
    delegations,
    deliveries,
    doubts,
    enrolments,
    erasure,
    links,
    people,
    staff,
)
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Basis, CodeGuesses, Contact, Role
from member_store.tables.people import Doubt, Enrolment, Person
from member_store.tables.records import Audit
from member_store.turns import Reduced

numbers = itertools.count(300000000000000000)
NOW = datetime(2008, 3, 1, 9, 5, tzinfo=UTC)


def somebody(records: Records) -> Person:
    return people.add(records, Personal("张秀英", "resident_identity_card", str(next(numbers))), "jiashan")


def contact(records: Records, channel: str = "wechat") -> Contact:
    return delegations.contact_of(records, channel, f"{channel}-{next(numbers)}", "zh_Hans")


def resident(records: Records) -> tuple[Person, Contact]:
    """Somebody on record, with an account of their own."""
    person, own = somebody(records), contact(records)
    delegations.link(records, own, person, "self", Basis.SELF)
    return person, own


def linked(records: Records, channel: str = "telegram") -> tuple[Person, Contact, Contact]:
    """Somebody on record with two accounts."""
    person, own = resident(records)
    other = contact(records, channel)
    links.join(records, other, links.offer(records, own))
    return person, own, other


def of(records: Records, account: Contact) -> list[tuple[int | None, str]]:
    return [(each.person.id, each.delegation.relation) for each in delegations.represented(records, account)]


def submitted(records: Records, person: Person, account: Contact) -> Enrolment:
    stated = {"category": "rural", "rules": "v", "rules_on": date(2008, 1, 1), "facts": {"age": 60}}
    return enrolments.submit(records, person, 2008, contact_id=account.whole_id, **stated)


# -- alike from then on -----------------------------------------------------------------------------------------------


def test_both_accounts_may_the_same_from_then_on_and_what_either_begins_both_have(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        assert of(records, other) == of(records, own) == [(person.id, "self")]
        delegations.require(records, other, person.id, delegations.OWN)
        for account, relation in ((own, "child"), (other, "mother")):
            delegations.link(records, account, somebody(records), relation, Basis.APPLICATION)
        assert [relation for _, relation in of(records, own)] == ["self", "child", "mother"]
        assert of(records, other) == of(records, own)
        doubts.raise_doubt(records, somebody(records), other, "father", 2008, {})
        assert len(doubts.of_contact(records, own)) == 1


def test_an_application_that_waits_is_confirmed_for_both(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own = somebody(records), contact(records)
        delegations.link(records, own, person, "self", Basis.APPLICATION)
        enrolment = submitted(records, person, own)
        other = contact(records, "telegram")
        links.join(records, other, links.offer(records, own))
        delegations.confirm(records, person.id, enrolment.contact_id, minor=False)
        delegations.require(records, other, person.id, delegations.OWN)


def test_a_helper_of_somebody_sees_them_on_both_accounts_and_no_more_than_they_may(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        gran, _ = resident(records)
        helper, other = contact(records), contact(records, "web")
        delegations.redeem(
            records, helper, delegations.offer(records, gran, (delegations.LOOK,), date(2008, 12, 31)), "x"
        )
        links.join(records, other, links.offer(records, helper))
        delegations.require(records, other, gran.id, delegations.LOOK)
        with pytest.raises(Refusal, match="not_allowed"):
            delegations.require(records, other, gran.id, delegations.ACT)


def test_three_accounts_are_one_whichever_of_them_gave_the_code(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        third = contact(records, "web")
        links.join(records, third, links.offer(records, other))
        assert of(records, third) == [(person.id, "self")]
        for each in (own, other, third):
            assert [found.id for found in links.accounts(records, each)] == [own.id, other.id, third.id]


# -- the code ---------------------------------------------------------------------------------------------------------


def test_a_code_works_once_and_a_newer_one_makes_the_older_one_void(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own = resident(records)
        old, code = links.offer(records, own), links.offer(records, own)
        other, third = contact(records, "telegram"), contact(records, "web")
        with pytest.raises(Refusal, match="wrong_code"):
            links.join(records, other, old)
        links.join(records, other, code)
        with pytest.raises(Refusal, match="wrong_code"):
            links.join(records, third, code)
        assert of(records, third) == []


def test_a_code_waits_for_a_quarter_of_an_hour(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own = resident(records)
        code, other = links.offer(records, own), contact(records, "telegram")
        keys = own.id, other.id
    with shared_store.records(now=NOW + links.CODE_LASTS) as records:
        assert links.offered(records, code).id == keys[0]
    with shared_store.records(now=NOW + links.CODE_LASTS + timedelta(seconds=1)) as records:
        assert links.offered(records, code) is None
        with pytest.raises(Refusal, match="wrong_code"):
            links.join(records, records.locked(Contact, keys[1]), code)


def test_codes_are_kept_as_keyed_hashes_of_their_own_kind(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own = resident(records)
        code = links.offer(records, own)
        assert code not in (own.code or "")
        # A code of one kind is none of another.
        with pytest.raises(Refusal, match="wrong_code"):
            delegations.redeem(records, contact(records), code, "mother")
        with pytest.raises(Refusal, match="wrong_code"):
            staff.bind(records, contact(records), code)
        other = delegations.offer(records, person, (delegations.LOOK,), date(2008, 12, 31))
        assert links.offered(records, other) is None


def test_whoever_serves_nobody_has_nothing_to_link(shared_store: Store):
    with shared_store.records(now=NOW) as records, pytest.raises(Refusal, match="not_allowed"):
        links.offer(records, contact(records))


@pytest.fixture
def stores(url: str, key: str) -> Iterator[list[Store]]:
    """Two, so that nothing in the program's memory may be what keeps them apart."""
    opened = [Store.open(url, key) for _ in range(2)]
    yield opened
    for each in opened:
        each.close()


def test_a_code_typed_in_two_accounts_at_the_same_moment_links_one_of_them(stores: list[Store]):
    for attempt in range(5):
        with stores[0].records() as records:
            _, own = resident(records)
            code, key = links.offer(records, own), own.id
            others = [contact(records, channel).id for channel in ("telegram", "web")]
        together = threading.Barrier(2)

        def type_it(store: Store, account: int, code: str = code, together: threading.Barrier = together) -> str:
            together.wait()
            try:
                with store.records() as records:
                    links.join(records, records.session.get(Contact, account), code)
            except Refusal as refusal:
                return refusal.code
            return "linked"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(type_it, stores, others)) == ["linked", "wrong_code"], attempt
        with stores[0].reading_records() as records:
            assert len(links.accounts(records, records.session.get(Contact, key))) == 2
            assert list(audit.broken(records.connection)) == []


def test_two_accounts_that_link_each_other_at_the_same_moment_end_as_one_person(stores: list[Store]):
    with stores[0].records() as records:
        person = somebody(records)
        pair = [contact(records, "telegram"), contact(records, "web")]
        for each in pair:
            delegations.link(records, each, person, "self", Basis.SELF)
        given = [links.offer(records, each) for each in pair]
        keys = [each.id for each in pair]
    together = threading.Barrier(2)

    def type_it(store: Store, account: int, code: str) -> str:
        together.wait()
        try:
            with store.records() as records:
                links.join(records, records.session.get(Contact, account), code)
        except Refusal as refusal:
            return refusal.code
        return "linked"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(type_it, stores, keys, reversed(given)))
    assert done in (["linked", "own_link"], ["linked", "wrong_code"])
    with stores[0].reading_records() as records:
        for key in keys:
            assert of(records, records.session.get(Contact, key)) == [(person.id, "self")]


# -- guessing ---------------------------------------------------------------------------------------------------------


def test_who_guesses_with_a_new_account_each_time_is_stopped_on_that_channel_and_there_alone(shared_store: Store):
    channel = f"api{next(numbers) % 10**6}"
    with shared_store.records(now=NOW) as records:
        for _ in range(codes.MOST_ON_CHANNEL):
            guesser = contact(records, channel)
            codes.may_try(records, guesser)
            codes.was_wrong(records, guesser)
        with pytest.raises(Refusal, match="codes_closed: minutes 56"):
            codes.may_try(records, contact(records, channel))
        _, own = resident(records)
        code = links.offer(records, own)
        with pytest.raises(Refusal, match="codes_closed"):
            links.join(records, contact(records, channel), code)
        links.join(records, contact(records, "wechat"), code)
    with shared_store.records(now=NOW.replace(minute=0) + timedelta(hours=1)) as records:
        late = contact(records, channel)
        codes.may_try(records, late)
        codes.was_wrong(records, late)
        kept = records.session.exec(select(CodeGuesses).where(CodeGuesses.channel == channel)).all()
        assert [each.wrong for each in kept] == [1]


def test_wrong_codes_at_the_same_moment_are_all_counted(stores: list[Store]):
    with stores[0].records(now=NOW) as records:
        keys = [contact(records, "api").id for _ in stores]
    together = threading.Barrier(2)

    def guess(store: Store, account: int) -> None:
        together.wait()
        for _ in range(10):
            with store.records(now=NOW) as records:
                codes.was_wrong(records, records.session.get(Contact, account))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(guess, stores, keys))
    with stores[0].reading_records() as records:
        assert [each.wrong for each in records.session.exec(select(CodeGuesses))] == [20]


# -- whose it is ------------------------------------------------------------------------------------------------------


def test_an_account_of_somebody_else_is_never_moved(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, mine = resident(records)
        hers, her_account = resident(records)
        code = links.offer(records, mine)
        with pytest.raises(Refusal, match="account_anothers"):
            links.join(records, her_account, code)
        assert of(records, her_account) == [(hers.id, "self")]
        # Nor one that does something for somebody of whom mine knows nothing.
        helper = contact(records, "telegram")
        given = delegations.offer(records, hers, (delegations.LOOK,), date(2008, 12, 31))
        delegations.redeem(records, helper, given, "mother")
        with pytest.raises(Refusal, match="account_acts"):
            links.join(records, helper, code)
        # Nor one whose application the office has still to decide.
        applicant = contact(records, "telegram")
        doubts.raise_doubt(records, hers, applicant, "self", 2008, {})
        with pytest.raises(Refusal, match="account_anothers"):
            links.join(records, applicant, code)


def test_nobody_gets_more_than_they_had_by_linking_somebody_who_may_more(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own = resident(records)
        helper = contact(records, "web")
        given = delegations.offer(records, person, (delegations.LOOK,), date(2008, 12, 31))
        delegations.redeem(records, helper, given, "mother")
        with pytest.raises(Refusal, match="account_anothers"):
            links.join(records, own, links.offer(records, helper))


def test_a_second_account_of_the_same_person_brings_along_what_it_handed_in(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own = resident(records)
        other = contact(records, "telegram")
        delegations.link(records, other, person, "self", Basis.APPLICATION)
        enrolment = submitted(records, person, other)
        doubt = doubts.raise_doubt(records, person, other, "self", 2009, {})
        links.join(records, other, links.offer(records, own))
        assert of(records, other) == of(records, own) == [(person.id, "self")]
        delegations.require(records, other, person.id, delegations.OWN)
        assert records.session.get(Enrolment, enrolment.id).contact_id == own.id
        assert records.session.get(Doubt, doubt.id).contact_id == own.id


def test_an_account_that_is_linked_already_has_to_be_parted_first(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own, other = linked(records)
        _, stranger = resident(records)
        for each in (own, other):
            with pytest.raises(Refusal, match="own_link"):
                links.join(records, each, links.offer(records, own))
            with pytest.raises(Refusal, match="linked_already"):
                links.join(records, each, links.offer(records, stranger))
        links.part(records, own, other.id)
        links.join(records, other, links.offer(records, stranger))


def test_nobody_has_more_than_a_few_accounts(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own = resident(records)
        for _ in range(links.MOST - 1):
            links.join(records, contact(records, "web"), links.offer(records, own))
        with pytest.raises(Refusal, match=f"too_many_accounts: most {links.MOST}"):
            links.offer(records, own)


# -- taken apart ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["joined", "first"])
@pytest.mark.parametrize("by", ["joined", "first"])
def test_either_account_can_be_taken_away_by_either_and_is_nobodys_then(shared_store: Store, which: str, by: str):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        enrolment = submitted(records, person, own)
        named = {"first": own, "joined": other}
        waiting = deliveries.leave(
            records, named[which].channel, records.unseal(named[which].account, ""), deliveries.TEXT, {"body": "…"}
        )
        gone = links.part(records, named[by], named[which].id)
        stays = other if which == "first" else own
        assert gone.id == named[which].id
        assert of(records, gone) == []
        assert of(records, stays) == [(person.id, "self")]
        delegations.require(records, stays, person.id, delegations.OWN)
        assert records.session.get(Enrolment, enrolment.id).contact_id == stays.id
        assert [each.id for each in links.accounts(records, stays)] == [stays.id]
        assert waiting not in [
            each.id for each in deliveries.waiting(records, gone.channel, records.unseal(gone.account, ""))
        ]


def test_of_three_accounts_the_two_that_stay_are_still_one(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        third = contact(records, "web")
        links.join(records, third, links.offer(records, own))
        links.part(records, third, own.id)
        assert of(records, other) == of(records, third) == [(person.id, "self")]
        assert of(records, own) == []
        assert {each.id for each in links.accounts(records, other)} == {other.id, third.id}


def test_nobody_takes_away_what_is_not_theirs(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own, _ = linked(records)
        _, stranger, strangers = linked(records)
        for wrong in (strangers.id, stranger.id, 10**6):
            with pytest.raises(Refusal, match="not_linked"):
                links.part(records, own, wrong)
        _, alone = resident(records)
        with pytest.raises(Refusal, match="not_linked"):
            links.part(records, alone, alone.id)


def test_the_audit_of_the_person_has_the_code_the_link_and_its_end(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        links.part(records, own, other.id)
        key = person.id
    with shared_store.reading_records() as records:
        found = records.session.exec(select(Audit.action).where(Audit.person_id == key).order_by(Audit.id)).all()
        assert found[-4:] == ["link_offered", "link_code_used", "account_linked", "account_unlinked"]


# -- erased -----------------------------------------------------------------------------------------------------------


def test_erasure_by_one_account_forgets_them_all_with_what_was_said_there(store: Store):
    with store.records(now=NOW) as records:
        person, own = resident(records)
        other = delegations.contact_of(records, "telegram", "t-1", "zh_Hans")
        links.join(records, other, links.offer(records, own))
        keys = person.id, own.id, other.id
        account = records.unseal(own.account, "")
        deliveries.leave(records, "telegram", "t-1", deliveries.TEXT, {"body": "…"})
    store.turn("telegram", "t-1", "1", "我是张秀英", lambda *_: Reduced({"said": 1}, [], {}), now=NOW)
    with store.records(now=NOW) as records:
        erasure.erase(records, records.locked(Person, keys[0]), "asked")
        erasure.erase_contact(records, "wechat", account, "asked")
    with store.reading_records() as records:
        for key in keys[1:]:
            found = records.session.get(Contact, key)
            assert (found.account, found.joined_id, of(records, found)) == (None, None, [])
        assert deliveries.waiting(records, "telegram", "t-1") == []
    assert store.conversation("telegram", "t-1") is None


def test_accounts_whose_person_was_erased_can_be_linked_anew(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, own, other = linked(records)
        erasure.erase(records, person, "retention")
        assert (own.account, other.account) == (None, None)
        again, mine = resident(records)
        for each in (own, other):
            links.join(records, each, links.offer(records, mine))
        assert of(records, own) == of(records, other) == [(again.id, "self")]


def test_a_member_of_staff_who_is_bound_stays_who_they_are(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        _, own, other = linked(records)
        login = f"l{secrets.token_hex(6)}"
        member = staff.add(records, login, "王", Role.OFFICE, county="jiashan")
        staff.bind(records, other, staff.new_code(records, member))
        assert staff.of_contact(records, other).login == login
        assert staff.of_contact(records, own) is None
