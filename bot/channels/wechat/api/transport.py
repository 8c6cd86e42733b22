"""One call of WeChat's over HTTP: JSON in raw UTF-8, answers as data, every failure as a fault with nothing secret."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.channels.faults import DeliveryFault, Unavailable, Wait
from bot.channels.wechat.api.codes import WeChatMisconfigured

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, WRITE_SECONDS, READ_SECONDS = 3.0, 5.0, 8.0
"""How long each part of a call may take; together less than the lease under which a token is fetched."""

_CONNECTIONS = 20


class Transport:
    """Calls below one address. Belongs to one event loop; close it with `aclose`."""

    def __init__(self, base: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._base = base.rstrip("/")
        self._read_seconds = read_seconds
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Ask; see `_call`."""
        return await self._call("GET", path, query, {})

    async def post(self, path: str, query: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
        """Send data as JSON; see `_call`."""
        # Raw UTF-8: WeChat shows \uXXXX in a menu as these characters. Half a character becomes a question mark.
        body = json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        sent = {"content": body, "headers": {"Content-Type": "application/json; charset=utf-8"}}
        return await self._call("POST", path, query, sent)

    async def upload(self, path: str, query: Mapping[str, str], name: str, body: bytes, kind: str) -> dict[str, Any]:
        """Send a file as the field `media` of a form; see `_call`."""
        return await self._call("POST", path, query, {"files": {"media": (name, body, kind)}})

    async def _call(self, method: str, path: str, query: Mapping[str, str], sent: dict[str, Any]) -> dict[str, Any]:
        """The answer as data, whatever its error code.

        Raises Unavailable (in doubt where the call may have arrived), Wait, Misconfigured. What is raised has no cause
        or context: httpx's own exceptions hold the address with its token.
        """
        client = await self._opened()
        import httpx

        fault: DeliveryFault
        try:
            response = await client.request(method, self._base + path, params=dict(query), **sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            fault = Unavailable(type(error).__name__)
        except httpx.InvalidURL:
            fault = WeChatMisconfigured("address")
        except httpx.HTTPError as error:
            fault = Unavailable(type(error).__name__, in_doubt=True)
        else:
            return _answer(response.status_code, response.content)
        raise fault

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                # Importing takes a tenth of a second and reading the certificates as long: not on the event loop.
                self._client = await asyncio.to_thread(self._open)
            return self._client

    def _open(self) -> httpx.AsyncClient:
        import httpx

        # It logs every address that it calls, tokens and all.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        return httpx.AsyncClient(
            timeout=httpx.Timeout(
                connect=CONNECT_SECONDS, write=WRITE_SECONDS, read=self._read_seconds, pool=CONNECT_SECONDS
            ),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
        )


def _answer(status: int, body: bytes) -> dict[str, Any]:
    if status >= 500:
        # A gateway may have given up on a call that went through.
        raise Unavailable(f"http {status}", in_doubt=True)
    if status == 429:
        raise Wait(60.0, "http 429")
    if not 200 <= status < 300:
        raise WeChatMisconfigured(f"http {status}")
    data = _read(body)
    if data is None:
        raise Unavailable("not JSON", in_doubt=True)
    return data


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
