"""A small HTTP/1.1 client on raw streams: a full client would cost more than the server that it measures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self


class Client:
    """One kept-alive connection to 127.0.0.1; it is opened again after a failure."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError or EOFError where the server goes away."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
            writer.write(head.encode() + b"\r\n\r\n" + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(answer.partition(b"content-length:")[2].partition(b"\r\n")[0])
            content = await reader.readexactly(length)
            if b"\r\nconnection: close\r\n" in answer:
                self.close()
            return int(answer.split(b" ", 2)[1]), content
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Leave the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def messages_path(conversation: str) -> str:
    """Where the messages of a conversation go."""
    return f"/api/v1/conversations/{conversation}/messages"


def as_json(data: Mapping[str, object]) -> bytes:
    """A body; what is no character at all goes as a JSON escape."""
    return json.dumps(data).encode("ascii")
