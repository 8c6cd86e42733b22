"""An account in safe mode as WeChat sees it: requests whole, as they go onto the wire, and answers."""

from __future__ import annotations

import base64
import hashlib
import itertools
import time

import xmltodict
from wechatpy.crypto import PrpCrypto

TOKEN = "hebaobench"
APP_ID = "wxbench"
AES_KEY = "A" * 43

PATH = "/wechat"
_NONCE = "1514711492"
_numbers = itertools.count(time.time_ns())
_cipher = PrpCrypto(base64.b64decode(AES_KEY + "="))


def request(openid: str, text: str) -> bytes:
    """A text message of a person, encrypted and signed, as an HTTP request."""
    seconds = str(int(time.time()))
    xml = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{next(_numbers)}</MsgId></xml>"
    )
    encrypted = _cipher.encrypt(xml, APP_ID).decode()
    body = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    query = (
        f"signature={_signature(seconds)}&timestamp={seconds}&nonce={_NONCE}&openid={openid}"
        f"&encrypt_type=aes&msg_signature={_signature(seconds, encrypted)}"
    )
    head = f"POST {PATH}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n{body}".encode()


def answer(response: bytes, openid: str) -> str:
    """The text in a response. Empty for a response that is none to this person, or is not signed."""
    head, _, body = response.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 ") or not body.startswith(b"<xml>"):
        return ""
    frame = xmltodict.parse(body)["xml"]
    if frame["MsgSignature"] != _signature(frame["TimeStamp"], frame["Encrypt"], nonce=frame["Nonce"]):
        return ""
    message = xmltodict.parse(_cipher.decrypt(frame["Encrypt"], APP_ID))["xml"]
    return str(message["Content"]) if message["ToUserName"] == openid else ""


def _signature(seconds: str, *encrypted: str, nonce: str = _NONCE) -> str:
    signed = "".join(sorted((TOKEN, seconds, nonce, *encrypted)))
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
