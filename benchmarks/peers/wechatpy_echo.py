"""wechatpy and nothing else, on the web server that we use: `python -m benchmarks.peers.wechatpy_echo`.

Decrypts, parses, answers with the same text, encrypts. Prints its address.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

from benchmarks.wechat_account import AES_KEY, APP_ID, TOKEN

_crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer one message with its own text."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    query = {name: found[0] for name, found in parse_qs(scope["query_string"].decode()).items()}
    xml = _crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(xml)
    reply = create_reply(message.content, message).render()
    answer = _crypto.encrypt_message(reply, query["nonce"], query["timestamp"]).encode()
    headers = [(b"content-type", b"text/xml"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _serve() -> None:
    config = uvicorn.Config(echo, port=0, log_config=None, access_log=False, server_header=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", flush=True)
    await serving


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
