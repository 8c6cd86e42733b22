"""Workers on one PostgreSQL share the work: everything is sent once, one that is told to stop ends well."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from bot.listening import listen
from bot.metrics import WorkerMetrics
from bot.outreach.watched import Watched
from member_store.encryption import generate_key
from member_store.members import collection, delegations, notice_consents, reminder_choices
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.sending import deliveries as table
from tests.member_store.members.money import keep, somebody, verified
from tests.servers import HEBAO, environment
from tests.standins.wechat import RunningWeChat

pytestmark = pytest.mark.server
TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"
MAPPING = f"contribution_due:\n  template: {TEMPLATE}\n  fields: {{thing1: '{{what}}', time2: '{{time}}'}}\n"
PEOPLE = 60


def waits_for(what: str, happened: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.2)


def states(store: Store) -> Counter[str]:
    with store.reading_records() as records:
        return Counter(row.state.value for row in records.connection.execute(table.select()))


@pytest.mark.long
def test_two_workers_send_every_reminder_once_although_one_of_them_is_killed(
    postgresql_url: str, tmp_path: Path
) -> None:
    key, clock, notices = generate_key(), tmp_path / "clock", tmp_path / "notices.yaml"
    notices.write_text(MAPPING, "utf-8")
    clock.write_text(datetime(2008, 3, 3, 2, tzinfo=UTC).isoformat(), "ascii")
    with RunningWeChat() as wechat, Store.open(postgresql_url, key) as store:
        with store.records() as records:
            collection.set_window(records, "demo", 2008, Days(date(2008, 3, 3), date(2008, 4, 30)))
            openids = []
            for number in range(PEOPLE):
                person = somebody(records, number=f"{number:018d}")
                keep(records, verified(records, person), Part("own_part", "individual", 6000))
                openids.append(wechat.user().openid)
                contact = delegations.contact_of(records, "wechat", openids[-1], "zh_Hans")
                delegations.link(records, contact, person, "self", Basis.SELF)
                reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")
                notice_consents.agreed(records, "wechat", openids[-1], TEMPLATE)
                wechat.consents(openids[-1], TEMPLATE, 5)
        known = environment(
            HEBAO_DATABASE_URL=postgresql_url,
            HEBAO_KEYS=key,
            HEBAO_WECHAT_TOKEN="seasontoken",
            HEBAO_WECHAT_APP_ID=wechat.app_id,
            HEBAO_WECHAT_APP_SECRET=wechat.secret,
            HEBAO_WECHAT_API_BASE=wechat.url,
            HEBAO_WECHAT_NOTICES=str(notices),
            HEBAO_WECHAT_PER_SECOND="20",
        )
        command = [sys.executable, "-m", "benchmarks.season.process", "worker", str(clock), "0"]
        workers = [subprocess.Popen(command, env=known) for _ in range(2)]
        try:
            waits_for("nothing is sent", lambda: states(store)["sent"] > 0)
            workers[0].kill()
            workers[0].wait()
            waits_for("not all was taken", lambda: states(store)["waiting"] == 0, 90)
            time.sleep(1)
            clock.write_text((datetime(2008, 3, 3, 2, tzinfo=UTC) + timedelta(minutes=5)).isoformat(), "ascii")
            waits_for("something is still in hand", lambda: states(store)["sending"] == 0, 90)
        finally:
            workers[1].send_signal(signal.SIGTERM)
            assert workers[1].wait(30) == 0
        found = states(store)
        assert found["sent"] + found["in_doubt"] == PEOPLE
        seen = Counter(len(wechat.seen(each)) for each in openids)
        assert set(seen) <= {0, 1}, "nobody twice"
        assert found["sent"] <= seen[1] <= found["sent"] + found["in_doubt"]


def test_the_command_works_until_it_is_told_to_stop_and_makes_its_tables_once(postgresql_url: str) -> None:
    known = environment(HEBAO_DATABASE_URL=postgresql_url, HEBAO_KEYS=generate_key(), LANG="en_GB.UTF-8")
    both = [
        subprocess.Popen([*HEBAO, "worker"], env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline().startswith("At work.")
    with psycopg.connect(postgresql_url) as connection:
        waits_for(
            "no worker reports",
            lambda: connection.execute("SELECT count(*) FROM jobs.procrastinate_workers").fetchone() == (2,),
        )
    for each in both:
        each.send_signal(signal.SIGTERM)
    for each in both:
        _, told = each.communicate(timeout=30)
        assert (each.returncode, told) == (0, "")


def test_a_worker_says_how_it_is_and_how_its_work_goes(postgresql_url: str) -> None:
    known = environment(
        HEBAO_DATABASE_URL=postgresql_url, HEBAO_KEYS=generate_key(), LANG="en_GB.UTF-8", HEBAO_WORKER_PORT="0"
    )
    worker = subprocess.Popen(
        [*HEBAO, "worker"], env=known, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert worker.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", worker.stdout.readline())
        assert found is not None
        with httpx.Client(base_url=found[0], timeout=10) as monitor:
            assert monitor.get("/healthz").json() == {"status": "ok"}
            assert monitor.get("/readyz").status_code == 200
            assert monitor.get("/").status_code == 404
            waits_for(
                "no work is counted",
                lambda: 'hebao_work_seconds_count{piece="rescue"}' in monitor.get("/metrics").text,
                30,
            )
            assert "process_resident_memory_bytes" in monitor.get("/metrics").text
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        if worker.stdout is not None:
            worker.stdout.close()


async def test_a_worker_whose_database_is_away_or_that_is_not_at_work_says_so(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as store:
        works = [False]
        watched = Watched(store, lambda: works[0], WorkerMetrics())
        transport = httpx.ASGITransport(watched.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://worker") as monitor:
            assert (await monitor.get("/healthz")).status_code == 200
            assert (await monitor.get("/readyz")).status_code == 503
            works[0] = True
            assert (await monitor.get("/readyz")).status_code == 200
            store.close()
            (tmp_path / "hebao.db").rename(tmp_path / "away.db")
            (tmp_path / "hebao.db").mkdir()
            assert (await monitor.get("/healthz")).status_code == 503
            assert (await monitor.get("/readyz")).json() == {"status": "no database"}


def test_a_port_that_is_taken_is_told_with_the_setting_that_changes_it(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0, "X") as taken:
        port = str(taken.getsockname()[1])
        known = environment(HEBAO_DATABASE_URL="postgresql://nowhere/none", HEBAO_WORKER_PORT=port)
        told = subprocess.run([*HEBAO, "worker"], env=known, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "HEBAO_WORKER_PORT" in told.stderr


def test_on_sqlite_there_is_no_worker_to_start(tmp_path: Path) -> None:
    known = environment(HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db", LANG="en_GB.UTF-8")
    told = subprocess.run([*HEBAO, "worker"], env=known, capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stdout) == (2, "")
    assert "hebao serve  does this work itself" in told.stderr
    assert not (tmp_path / "hebao.db").exists()
