"""Plays a season: days pass, people pay, die, leave and come back, processes are killed, and reminders go out."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as moment
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from benchmarks.season.accounting import Account, account_of_season
from benchmarks.season.platform import Script
from benchmarks.season.population import COUNTY, YEAR, populate
from bot.outreach.moments import occasions
from bot.outreach.planning import due_occasions
from bot.outreach.workdays import is_workday
from bot.settings import Settings
from member_store.members import collection
from member_store.members.bulk import Bulk
from member_store.members.collection import Days
from member_store.members.records import OFFICE_TIME
from member_store.store import Store
from member_store.tables.access import Contact
from member_store.tables.money import Account as Ledger
from member_store.tables.money import EntryKind, LedgerEntry, LedgerPosting
from member_store.tables.people import Enrolment, EnrolmentState, Person
from member_store.tables.reminders import reminder_plans
from member_store.tables.sending import DeliveryState, deliveries

TOKEN = "seasontoken"
TEMPLATE = "season-template-of-contributions"
FIRST, LAST = date(2008, 3, 3), date(2008, 4, 30)
_BETWEEN_KILLS = (1.0, 8.0)
_HOURS = ((9, 0), (9, 5), (9, 30), (10, 30), (14, 0), (19, 50))
_ACCOUNTS = Contact.__table__.c  # type: ignore[attr-defined]
_NOTICES = f"""
contribution_due:
  template: {TEMPLATE}
  standing: true
  fields: {{thing1: '{{what}}', time2: '{{time}}', thing3: '{{next}}'}}
"""


@dataclass
class Season:
    """One season on one database. `kills` is how often a process is killed; `workers` run beside `webs` servers."""

    folder: Path
    url: str
    keys: str
    people: int
    kills: int = 0
    workers: int = 0
    webs: int = 1
    say: Callable[[str], None] = print
    draw: random.Random = field(default_factory=lambda: random.Random(11))
    killed: int = 0
    visits: int = 0
    told_at_visits: int = 0
    sending_seconds: float = 0.0
    _next_kill: float = 0.0
    _kills_by_now: int = 0

    def play(self) -> Account:
        """Play it, and account for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clock = self.folder / "clock"
        self._notices = self.folder / "notices.yaml"
        self._notices.write_text(_NOTICES, "utf-8")
        self._platform_port, *self._ports = [free_port() for _ in range(1 + self.webs)]
        self._env = {
            **os.environ,
            "HEBAO_DATABASE_URL": self.url,
            "HEBAO_KEYS": self.keys,
            "HEBAO_COUNTY": COUNTY,
            "HEBAO_WECHAT_TOKEN": TOKEN,
            "HEBAO_WECHAT_APP_ID": "wx-season",
            "HEBAO_WECHAT_APP_SECRET": "season-secret",
            "HEBAO_WECHAT_NOTICES": str(self._notices),
            "HEBAO_WECHAT_API_BASE": f"http://127.0.0.1:{self._platform_port}",
            "HEBAO_WECHAT_PER_SECOND": "2000",
            "HEBAO_WECHAT_CLOCK_MINUTES": "100000000",
            "HEBAO_TELEGRAM_TOKEN": "1234567:season-telegram-token-season-tele",
            "HEBAO_TELEGRAM_API_BASE": f"http://127.0.0.1:{self._platform_port}",
            "HEBAO_TELEGRAM_PER_SECOND": "2000",
            "HEBAO_TELEGRAM_CHAT_SECONDS": "0.001",
        }
        self._turn(FIRST - timedelta(days=1), 9, 0)
        begun = time.monotonic()
        settings = Settings(_env_file=None, county=COUNTY, database_url=self.url)  # type: ignore[call-arg]
        with Store.open(self.url, self.keys) as self._store:
            populate(self._store, settings, self.people, Days(FIRST, LAST), self._now, TEMPLATE)
            self.say(f"{self.people:,} people after {time.monotonic() - begun:.0f} s")
            self._read_accounts()
            self._running: dict[str, subprocess.Popen[bytes]] = {}
            try:
                self._start("platform")
                for number in range(self.webs):
                    self._start(f"web {number}")
                for number in range(self.workers):
                    self._start(f"worker {number}")
                self._wait_for_webs()
                self._days()
                return self._accounted()
            finally:
                for each in self._running.values():
                    each.terminate()
                for each in self._running.values():
                    each.wait()

    # -- the days -----------------------------------------------------------------------------------------------------

    def _days(self) -> None:
        with self._store.reading_records() as records:
            window = collection.window_of(records, COUNTY, YEAR)
            assert window is not None
            moments = {each.due_on: each.moment.value for each in occasions(window, is_workday)}
        day, occasion = FIRST, ""
        scripts = self._scripts()
        while day <= max(moments) + timedelta(days=32):
            if day in moments:
                occasion = moments[day]
                # Some at every moment, and not all at the first.
                begun_moments = sorted(moments).index(day) + 1
                self._kills_by_now = -(-self.kills * begun_moments // len(moments))
                self._script(Script(**{**asdict(scripts[occasion]), "occasion": occasion}))
            busy = day in moments or day - timedelta(days=1) in moments or day == max(moments) + timedelta(days=32)
            if busy or day.weekday() == 2:
                self._turn(day, 8, 0)
                self._life(day)
                begun = time.monotonic()
                for hour, minute in _HOURS:
                    self._turn(day, hour, minute)
                    self._until_idle(day, hour, minute)
                    if scripts[occasion].down and hour == 9:
                        # It is down for the first hour of that day.
                        self._script(Script(**{**asdict(scripts[occasion]), "occasion": occasion, "down": False}))
                    self._visit(30)
                self.sending_seconds += time.monotonic() - begun
                if day in moments:
                    self.say(f"{day} {occasion}: {self._counts()}, killed {self.killed}")
            day += timedelta(days=1)

    def _scripts(self) -> dict[str, Script]:
        """What the platforms do on the day of each moment."""
        some = max(50, self.people // 40)
        return {
            "opening": Script(),
            "halfway": Script(wechat_quota=some),
            "seven_days": Script(down=True),
            "one_day": Script(slow_seconds=0.03),
            "last_day": Script(busy=0.1),
            "late": Script(lost=0.01),
        }

    def _life(self, day: date) -> None:
        """What happens to people between two mornings."""
        draw = self.draw
        with self._store.records(now=self._now) as records:
            enrolment: Any = Enrolment.__table__  # type: ignore[attr-defined]
            person: Any = Person.__table__  # type: ignore[attr-defined]
            unpaid = [
                (row.id, row.person_id)
                for row in records.connection.execute(
                    select(enrolment.c.id, enrolment.c.person_id).where(
                        enrolment.c.year == YEAR, enrolment.c.state == EnrolmentState.AWAITING_PAYMENT
                    )
                )
            ]
            owed = dict(
                records.connection.execute(
                    select(LedgerPosting.person_id, func.sum(LedgerPosting.amount_fen))  # type: ignore[call-overload]
                    .where(LedgerPosting.account == Ledger.INDIVIDUAL, LedgerPosting.year == YEAR)
                    .group_by(LedgerPosting.person_id)
                ).all()
            )
            draw.shuffle(unpaid)
            pays = unpaid[: len(unpaid) // 7]
            bulk = Bulk(records, [LedgerEntry, LedgerPosting])
            for _, who in pays:
                entry = {
                    "kind": EntryKind.PAYMENT,
                    "person_id": who,
                    "effective_on": day,
                    "booked_at": self._now,
                    "contribution_id": None,
                    "reverses_id": None,
                    "reference": None,
                    "file_id": None,
                    "row": None,
                }
                key = bulk.add(LedgerEntry, entry)
                for account, amount in ((Ledger.BANK, owed[who]), (Ledger.INDIVIDUAL, -owed[who])):
                    line = {"entry_id": key, "account": account, "person_id": who, "year": YEAR}
                    bulk.add(LedgerPosting, {**line, "amount_fen": amount})
            bulk.finish()

            def change(table: Any, ids: list[int], **to: Any) -> None:
                for place in range(0, len(ids), 5000):
                    some = ids[place : place + 5000]
                    records.connection.execute(update(table).where(table.c.id.in_(some)).values(**to))

            change(enrolment, [key for key, _ in pays], state=EnrolmentState.ACTIVE)
            rest = unpaid[len(pays) :]
            few = max(1, len(rest) // 500)
            change(person, [who for _, who in rest[:few]], died_on=day)
            change(enrolment, [key for key, _ in rest[few : 2 * few]], state=EnrolmentState.WITHDRAWN, ended_on=day)
            change(person, [who for _, who in rest[2 * few : 3 * few]], county="haiyan")
        some = draw.sample(self._accounts, max(1, len(self._accounts) // 200))
        self._order({"block": [account for channel, account in some if channel in ("wechat", "telegram")]})
        refusing = draw.sample(self._accounts, max(1, len(self._accounts) // 200))
        self._order({"refuse": [account for channel, account in refusing if channel == "wechat"]})

    def _until_idle(self, day: date, hour: int, minute: int) -> None:
        """Wait until nothing is due any more; kill somebody now and then."""
        still, before, quiet = 0, None, 0
        deadline = time.monotonic() + 600
        while still < 2 and time.monotonic() < deadline:
            time.sleep(0.3)
            self._perhaps_kill()
            due, sending, unplanned = self._open()
            now = (due, sending, unplanned)
            quiet = quiet + 1 if now == before else 0
            before = now
            # What somebody killed had in hand is in doubt only once the clock has gone on.
            idle = due == 0 and unplanned == 0 and (sending == 0 or quiet > 12)
            still = still + 1 if idle else 0
        if time.monotonic() >= deadline:
            self.say(f"{day} {hour}:{minute:02}: not idle after ten minutes: {before}")

    def _perhaps_kill(self) -> None:
        if self.killed < self._kills_by_now and time.monotonic() > self._next_kill:
            self._kill()
            # A worker takes some seconds to start; one that is killed before it works is no test.
            self._next_kill = time.monotonic() + self.draw.uniform(*_BETWEEN_KILLS)

    def _open(self) -> tuple[int, int, int]:
        """How many messages are due now, are being sent, and how many occasions are not planned yet."""
        columns = deliveries.c
        with self._store.reading_records(now=self._now) as records:
            run = records.connection.execute
            due = run(
                select(func.count()).where(columns.state == DeliveryState.WAITING, columns.try_at <= records.now)
            ).scalar_one()
            sending = run(select(func.count()).where(columns.state == DeliveryState.SENDING)).scalar_one()
            wanted = due_occasions(records, records.today)
            done = {
                (row.moment.value, row.due_on)
                for row in run(select(reminder_plans).where(reminder_plans.c.finished_at.is_not(None)))
            }
        return due, sending, sum((each.moment.value, each.due_on) not in done for each in wanted)

    def _counts(self) -> str:
        with self._store.reading_records() as records:
            rows = records.connection.execute(
                select(deliveries.c.state, func.count()).group_by(deliveries.c.state).order_by(deliveries.c.state)
            ).all()
        return ", ".join(f"{state.value} {count:,}" for state, count in rows)

    # -- people who come by -------------------------------------------------------------------------------------------

    def _read_accounts(self) -> None:
        with self._store.reading_records() as records:
            rows = records.connection.execute(select(_ACCOUNTS.id, _ACCOUNTS.channel, _ACCOUNTS.account)).all()
            self._accounts = [(row.channel, str(records.unseal(row.account, f"contact {row.id}"))) for row in rows]

    def _visit(self, count: int) -> None:
        """Some people say something, by the API or on WeChat; whoever is not answered says it again."""
        for channel, account in self.draw.sample(self._accounts, min(count, len(self._accounts))):
            if channel in ("api", "wechat"):
                self.visits += 1
                said = self._says(channel, account, f"visit-{self.visits}")
                self.told_at_visits += "提醒我" in said or "stop reminding me" in said

    def _says(self, channel: str, account: str, message: str) -> str:
        for _ in range(60):
            port = self.draw.choice(self._ports)
            try:
                if channel == "api":
                    body = json.dumps({"text": "你好", "message_id": message, "locale": "zh-CN"}).encode()
                    path = f"/api/v1/conversations/{account}/messages"
                    return post(f"http://127.0.0.1:{port}{path}", body, "application/json")
                return post(f"http://127.0.0.1:{port}/wechat?{_signed()}", _xml(account, message), "text/xml")
            except OSError:
                self._perhaps_kill()
                time.sleep(0.5)
        raise RuntimeError("nobody answers")

    # -- the clock, the platforms and the processes -------------------------------------------------------------------

    def _turn(self, day: date, hour: int, minute: int) -> None:
        self._now = datetime.combine(day, moment(hour, minute), OFFICE_TIME).astimezone(UTC)
        draft = self._clock.with_suffix(".new")
        draft.write_text(self._now.isoformat(), "ascii")
        draft.replace(self._clock)

    def _script(self, script: Script) -> None:
        self._order({"script": asdict(script)})

    def _order(self, orders: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            post(f"http://127.0.0.1:{self._platform_port}/season", json.dumps(orders).encode(), "application/json")
        )
        return found

    def _start(self, name: str) -> None:
        kind, _, number = name.partition(" ")
        if kind == "platform":
            command = ["-m", "benchmarks.season.platform", str(self._platform_port)]
        else:
            port = str(self._ports[int(number)]) if kind == "web" else "0"
            command = ["-m", "benchmarks.season.process", kind, str(self._clock), port]
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self._running[name] = subprocess.Popen([sys.executable, *command], env=self._env, stdout=log, stderr=log)

    def _kill(self) -> None:
        """Kill a server or a worker at any moment, and start it again."""
        name = self.draw.choice([each for each in self._running if each != "platform"])
        running = self._running[name]
        running.send_signal(signal.SIGKILL)
        running.wait()
        self.killed += 1
        self._start(name)

    def _wait_for_webs(self) -> None:
        for port in (self._platform_port, *self._ports):
            end = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.1)

    def _accounted(self) -> Account:
        report = self._order({"report": True})
        taken = {(channel, account, occasion): count for channel, account, occasion, count in report["taken"]}
        with self._store.reading_records(now=self._now) as records:
            return account_of_season(records, COUNTY, YEAR, taken)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(address: str, body: bytes, kind: str) -> str:
    """What comes back. Raises OSError where nobody answers, or with an error."""
    request = urllib.request.Request(address, body, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read()).decode()


def _signed() -> str:
    stamp, nonce = str(int(time.time())), "season"
    signature = hashlib.sha1("".join(sorted((TOKEN, stamp, nonce))).encode()).hexdigest()
    return f"signature={signature}&timestamp={stamp}&nonce={nonce}"


def _xml(account: str, message: str) -> bytes:
    number = int(hashlib.sha256(message.encode()).hexdigest()[:12], 16)
    return (
        f"<xml><ToUserName>gh_season</ToUserName><FromUserName>{account}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType><Content>你好</Content>"
        f"<MsgId>{number}</MsgId></xml>"
    ).encode()
