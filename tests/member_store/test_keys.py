import os
import subprocess
import sys
import traceback

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, make_url, text

from member_store.encryption import Cipher, generate_key
from member_store.errors import StoreError
from member_store.store import Store
from member_store.turns import PastTurn, Reduced, StoredTurn

MARKER = "糖尿病-marker-511702"
ACCOUNT = "oOpenId-zhang-wei"


def take(store: Store, number: int) -> StoredTurn:
    reduced = Reduced({"n": number, "illness": MARKER}, [{"text": MARKER}, {"n": number}], {"why": MARKER})
    return store.turn("wechat", ACCOUNT, f"{ACCOUNT}-{number}", MARKER, lambda state, _records=None: reduced)


def change_database(url: str, statement: str) -> None:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_files_on_disk_hold_no_text_no_account_and_no_key(sqlite_path, key):
    with Store.open(f"sqlite:///{sqlite_path}", key) as store:
        take(store, 1)
        files = {path.name: path.read_bytes() for path in sqlite_path.parent.iterdir()}
    files["closed"] = sqlite_path.read_bytes()
    assert set(files) == {"members.db", "members.db-wal", "members.db-shm", "closed"}
    assert b"wechat" in files["members.db-wal"]
    for content in files.values():
        for secret in (MARKER, MARKER.encode("unicode_escape").decode(), ACCOUNT, "illness", "marker", key):
            assert secret.encode() not in content


def test_a_key_that_does_not_fit_is_refused_at_once_and_says_what_to_do(url, key):
    with Store.open(url, key) as store:
        take(store, 1)
    with pytest.raises(StoreError, match="HEBAO_KEYS") as refusal:
        Store.open(url, generate_key())
    assert "cannot be decrypted" in refusal.value.what
    assert key not in str(refusal.value)


def test_a_value_changed_in_the_database_is_refused_with_its_row_and_without_data(url, key):
    with Store.open(url, key) as store:
        take(store, 1)
        change_database(url, "UPDATE conversation SET state = 'A' || substr(state, 2)")
        with pytest.raises(StoreError, match="conversation 1") as refusal:
            take(store, 2)
        assert MARKER not in "".join(traceback.format_exception(refusal.value))
        assert len(store.history("wechat", ACCOUNT)) == 1


def test_a_lost_look_up_key_is_not_replaced_where_there_are_conversations(url, key):
    with Store.open(url, key) as store:
        take(store, 1)
    change_database(url, "DELETE FROM secret")
    with pytest.raises(StoreError, match="look-up key is gone"):
        Store.open(url, key)


def test_after_rotation_the_old_key_is_no_longer_needed_and_no_longer_of_use(url, key):
    new = generate_key()
    with Store.open(url, key) as store:
        first = take(store, 1)
        for number in range(2, 206):
            take(store, number)
    with Store.open(url, f"{new}, {key}") as store:
        take(store, 206)
        # The secret and the conversation (already renewed by turn 206), 205 messages, two replies each.
        assert store.rotate_keys() == 1 + 205 + 410
        assert store.rotate_keys() == 0
    with Store.open(url, new) as store:
        again = take(store, 1)
        assert again.repeated
        assert (again.replies, again.outcome) == (first.replies, first.outcome)
        assert [past.message_id for past in store.history("wechat", ACCOUNT, 500)] == [
            f"{ACCOUNT}-{number}" for number in range(1, 207)
        ]
        assert store.conversation("wechat", ACCOUNT)["n"] == 206
    with pytest.raises(StoreError, match="HEBAO_KEYS"):
        Store.open(url, key)


def test_rotation_that_met_a_damaged_row_can_be_run_again_once_it_is_put_right(url, key):
    new = generate_key()
    with Store.open(url, key) as store:
        take(store, 1)
    change_database(url, "UPDATE outbox SET payload = 'x' || payload WHERE position = 1")
    with Store.open(url, f"{new},{key}") as store:
        with pytest.raises(StoreError, match="outbox 2"):
            store.rotate_keys()
        change_database(url, "UPDATE outbox SET payload = substr(payload, 2) WHERE position = 1")
        assert store.rotate_keys() == 2
    with Store.open(url, new) as store:
        assert take(store, 1).replies == [{"text": MARKER}, {"n": 1}]


def test_two_stores_with_different_keys_live_in_one_process(tmp_path):
    with (
        Store.open(f"sqlite:///{tmp_path}/a.db", generate_key()) as one,
        Store.open(f"sqlite:///{tmp_path}/b.db", generate_key()) as other,
    ):
        take(one, 1)
        assert other.conversation("wechat", ACCOUNT) is None
        take(other, 2)
        assert one.conversation("wechat", ACCOUNT)["n"] == 1
        assert other.conversation("wechat", ACCOUNT)["n"] == 2


@pytest.mark.parametrize("keys", ["", " , ", "short", "密钥", "x" * 44, f"{'A' * 43}=,zzz"])
def test_malformed_keys_are_refused_and_not_shown(keys):
    with pytest.raises(StoreError, match="HEBAO_KEYS") as refusal:
        Cipher(keys)
    shown = "".join(traceback.format_exception_only(refusal.value))
    assert not any(key.strip() and key.strip() in shown for key in keys.split(","))
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_keys_may_have_blanks_and_a_comma_too_many_around_them():
    one, two = generate_key(), generate_key()
    token = Cipher(two).encrypt(MARKER)
    assert Cipher(f" {one} ,\n{two}, ").decrypt(token, "here") == MARKER


def test_what_earlier_versions_wrote_is_read_and_renewed_like_all_else():
    one, two = generate_key(), generate_key()
    token = Fernet(one).encrypt(MARKER.encode()).decode()
    assert Cipher(one).decrypt(token, "here") == MARKER
    assert Cipher(one).renew(token, "here") == token
    both = Cipher(f"{two},{one}")
    assert both.decrypt(token, "here") == MARKER
    renewed = both.renew(token, "here")
    assert Cipher(two).decrypt(renewed, "here") == MARKER
    assert Cipher(two).renew(renewed, "here") == renewed
    with pytest.raises(StoreError, match="here"):
        Cipher(two).decrypt(token, "here")
    with pytest.raises(StoreError, match="here"):
        Cipher(one).decrypt(renewed, "here")


@pytest.mark.parametrize("text", ["", "\0", "医", "\ud800", "x" * 5000])
def test_no_ciphertext_can_be_changed_cut_or_lengthened(text):
    cipher = Cipher(generate_key())
    token = cipher.encrypt(text)
    assert cipher.decrypt(token, "here") == text
    assert cipher.encrypt(text) != token
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token) - 4, 7)]
    for wrong in (
        *changed,
        token[:-4],
        token[3:],
        token + "AAAA",
        "h1.",
        "h1.A",
        "h1.AAAA",
        "h1.密",
        "",
        "h2." + token[3:],
    ):
        with pytest.raises(StoreError, match="cannot be decrypted"):
            cipher.decrypt(wrong, "here")


def test_nothing_personal_shows_in_a_repr(store):
    reduced = Reduced({"a": MARKER}, [{"text": MARKER}], {"b": MARKER})
    stored = store.turn("web", ACCOUNT, ACCOUNT, MARKER, lambda state, _records=None: reduced)
    (past,) = store.history("web", ACCOUNT)
    assert isinstance(past, PastTurn)
    for each in (reduced, stored, past, store):
        assert MARKER not in repr(each)
        assert ACCOUNT not in repr(each)


def test_starting_on_a_database_that_is_up_to_date_does_not_import_alembic(url, key):
    Store.open(url, key).close()
    program = (
        "import os, sys; from member_store.store import Store;"
        "Store.open(sys.argv[1], os.environ['HEBAO_KEYS']).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {**os.environ, "HEBAO_KEYS": key}
    assert subprocess.run([sys.executable, "-c", program, url], env=environment, timeout=20).returncode == 0
