"""Requests to a WeChat account's server that hold no message: signed, and encrypted, as only WeChat or a thief can."""

from __future__ import annotations

import base64
import os
import struct

from tests.standins.wechat.phone import Account, Push

HEAD = "<ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>1</CreateTime>"
BOMB = """<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>"""

HOSTILE: dict[str, bytes | str] = {
    "nothing": "",
    "blanks": "  \n ",
    "no XML": "hello",
    "half": "<xml><ToUserName>a</ToUserName",
    "an empty element": "<xml/>",
    "an empty pair": "<xml></xml>",
    "another root": "<html><MsgType>text</MsgType></html>",
    "JSON": '{"MsgType": "text", "Content": "a"}',
    "only text": "<xml>text</xml>",
    "a bomb of entities": BOMB + "<xml>" + HEAD + "<MsgType>text</MsgType><Content>&c;</Content></xml>",
    "a document type": "<!DOCTYPE xml><xml>" + HEAD + "</xml>",
    "a foreign entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml>' + HEAD + "<C>&e;</C></xml>",
    "a foreign document type": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml>' + HEAD + "</xml>",
    "no UTF-8": b"<xml><MsgType>text</MsgType><Content>\xff\xfe\xfa</Content></xml>",
    "half a character": "<xml><Content>参".encode()[:-1],
    "UTF-16": "<xml><MsgType>text</MsgType></xml>".encode("utf-16"),
    "zero bytes": b"\0" * 100,
    "a zero inside": "<xml>" + HEAD + "<MsgType>text</MsgType><Content>a\0b</Content></xml>",
    "no type": "<xml>" + HEAD + "</xml>",
    "an event without a name": "<xml>" + HEAD + "<MsgType>event</MsgType><Event></Event></xml>",
    "two types": "<xml>" + HEAD + "<MsgType>text</MsgType><MsgType>text</MsgType></xml>",
    "two senders": "<xml>" + HEAD + "<FromUserName>o2</FromUserName><MsgType>text</MsgType></xml>",
    "two texts": "<xml>" + HEAD + "<MsgType>text</MsgType><Content>a</Content><Content>b</Content></xml>",
    "a nested sender": "<xml><ToUserName>g</ToUserName><FromUserName><a>1</a></FromUserName>"
    "<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>a</Content></xml>",
    "a nested text": "<xml>" + HEAD + "<MsgType>text</MsgType><Content><a>b</a></Content></xml>",
    "a nested type": "<xml>" + HEAD + "<MsgType><a>text</a></MsgType></xml>",
    "a type with attributes": "<xml>" + HEAD + '<MsgType a="1">text</MsgType></xml>',
    "no sender": "<xml><ToUserName>g</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    "an odd sender": "<xml><ToUserName>g</ToUserName><FromUserName>a'; DROP</FromUserName>"
    "<CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    "a long sender": "<xml><ToUserName>g</ToUserName><FromUserName>" + 65 * "o" + "</FromUserName>"
    "<CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    "no time": "<xml><ToUserName>g</ToUserName><FromUserName>o</FromUserName><MsgType>text</MsgType></xml>",
    "a time in words": "<xml><ToUserName>g</ToUserName><FromUserName>o</FromUserName>"
    "<CreateTime>now</CreateTime><MsgType>text</MsgType></xml>",
    "very deep": "<xml>" + "<a>" * 4000 + "</a>" * 4000 + "</xml>",
    "another encoding": '<?xml version="1.0" encoding="gb2312"?><xml>' + HEAD + "</xml>",
    "an unknown encoding": '<?xml version="1.0" encoding="x-none"?><xml>' + HEAD + "</xml>",
    "an encoding that is none": '<?xml version="1.0" encoding="rot13"?><xml>' + HEAD + "</xml>",
    "a name space": '<x:xml xmlns:x="urn:x">' + HEAD + "</x:xml>",
    "a program": "<?php phpinfo(); ?>",
}


def body_for(openid: str, body: bytes | str) -> bytes:
    return body if isinstance(body, bytes) else body.replace("{openid}", openid).encode()


def unencrypted(account: Account, body: bytes) -> Push:
    query = {key: value for key, value in account.asks_echo("").items() if key != "echostr"}
    return Push(query, body, "")


def encrypted(account: Account, inside: bytes, *, raw: bool = False) -> Push:
    """A message of any bytes, encrypted and signed as it should be; `raw`: its frame is in the bytes already."""
    push = unencrypted(account, b"")
    whole = inside
    if not raw:
        whole = os.urandom(16) + struct.pack(">I", len(inside)) + inside + account.app_id.encode()
    missing = 32 - len(whole) % 32
    cipher = account._cipher().encryptor()
    cipher_text = base64.b64encode(cipher.update(whole + bytes([missing]) * missing) + cipher.finalize()).decode()
    query = {
        **push.query,
        "encrypt_type": "aes",
        "msg_signature": account.signs(push.query["timestamp"], push.query["nonce"], cipher_text),
    }
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{cipher_text}]]></Encrypt></xml>"
    return Push(query, body.encode(), "")
