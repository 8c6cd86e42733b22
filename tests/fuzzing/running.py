"""Sends calls to a real server, and looks at what it did: statuses, answers, turns, the log."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict

from member_store.store import Store
from tests.fuzzing.calls import ID_NUMBER, Call, Calls
from tests.standins.wechat.phone import Account

PATIENCE = 30
"""Seconds within which an answer, or the end of the connection, must come."""

STATUS, ONCE, TAKEN, LOG = "never a 5xx", "no turn twice", "every proper message is taken", "a log without persons"


class Fuzz:
    """One run: what was sent, and what was wrong with what came back."""

    def __init__(self, port: int, calls: Calls) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: dict[str, Counter[str]] = {check: Counter() for check in (STATUS, ONCE, TAKEN, LOG)}
        self._port, self._calls = port, calls
        self._proper: dict[str, set[str]] = defaultdict(set)
        self._answers: dict[str, str] = {}

    async def run(self, count: int, workers: int = 8) -> None:
        """Send so many, several at a time."""
        left = count

        async def work() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                call = self._calls.next()
                # One in ten comes three times at once.
                copies = 3 if call.proper and self._calls.draw.random() < 0.1 else 1
                await asyncio.gather(*(self._send(call) for _ in range(copies)))

        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())

    async def _send(self, call: Call) -> None:
        self.counts["calls"] += 1
        self.counts[call.kind] += 1
        try:
            status, body = await asyncio.wait_for(sent(self._port, call), PATIENCE)
        except TimeoutError:
            self.wrong[STATUS][f"{call.kind}: no answer within {PATIENCE} s"] += 1
            return
        except (OSError, EOFError):
            status, body = 0, b""  # it hung up on what is no HTTP, which is its right
        self.counts[f"answered {status or 'by hanging up'}"] += 1
        if status >= 500:
            self.wrong[STATUS][f"{call.kind}: {status}"] += 1
        if call.turn is not None:
            self._proper[call.who].add(call.turn)
            if status != 200:
                self.wrong[TAKEN][f"{call.kind}: {status}"] += 1
            elif call.target.startswith("/wechat"):
                self._same(call, body)

    def _same(self, call: Call, body: bytes) -> None:
        """Each copy of a message on WeChat has the same answer."""
        assert call.turn is not None
        answer = body.decode()
        if "<Encrypt>" in answer:
            answer = self._calls.account.opens(body)
        if self._answers.setdefault(call.turn, answer) != answer:
            self.wrong[ONCE]["another answer the second time"] += 1

    def judge_turns(self, store: Store) -> None:
        """Every resident has exactly the turns of what they sent."""
        for who, turns in self._proper.items():
            channel = next(iter(turns)).partition(" ")[0]
            kept = store.history(channel, who, len(turns) + 1000)
            self.counts["turns taken"] += len(kept)
            if len(kept) > len(turns):
                self.wrong[ONCE]["more turns than messages"] += 1
            elif len(kept) < len(turns):
                self.wrong[TAKEN]["fewer turns than messages"] += 1

    def judge_log(self, log: str, *secrets: str) -> None:
        """Nothing that was said, nobody's id, no secret."""
        self.counts["lines in the log"] = len(log.splitlines())
        for line in log.splitlines():
            hidden = (self._calls.mark, ID_NUMBER, "resident", "stranger", *secrets)
            if any(each in line for each in hidden) or re.search(r"[\u3400-\u9fff]|\\u[3-9][0-9a-f]{3}", line):
                self.wrong[LOG][f"{line[:60]!r}"] += 1

    @property
    def faults(self) -> list[str]:
        return [f"{check}: {what} ({count}×)" for check, found in self.wrong.items() for what, count in found.items()]


async def sent(port: int, call: Call) -> tuple[int, bytes]:
    """Status and body of the answer; 0 where the connection ends without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        whole = call.whole
        if whole is None:
            lines = [b"%s %s HTTP/1.1" % (call.method.encode(), call.target.encode("ascii", "replace")), b"Host: a"]
            lines += [name + b": " + value for name, value in call.headers]
            lines += [b"Connection: close", b"Content-Length: %d" % len(call.body)]
            whole = b"\r\n".join(lines) + b"\r\n\r\n" + call.body
        writer.write(whole)
        if call.whole is not None:
            writer.write_eof()
        answer = await reader.read()
    finally:
        writer.close()
    found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    if found and found[1] == b"100":
        answer = answer.partition(b"\r\n\r\n")[2]
        found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return (int(found[1]) if found else 0), answer.partition(b"\r\n\r\n")[2]


def settings_of(account: Account, secret: str, wechat: str, telegram: str, token: str) -> dict[str, str]:
    """The environment of a server that has both."""
    return {
        "HEBAO_WECHAT_TOKEN": account.token,
        "HEBAO_WECHAT_APP_ID": account.app_id,
        "HEBAO_WECHAT_AES_KEY": account.aes_key,
        "HEBAO_WECHAT_API_BASE": wechat,
        "HEBAO_TELEGRAM_TOKEN": token,
        "HEBAO_TELEGRAM_SECRET": secret,
        "HEBAO_TELEGRAM_API_BASE": telegram,
    }
