"""Other people's WeChat, in Node: it reads what we write, and we read what it writes.

Optional: `npm install wechat-crypto co-wechat` anywhere outside of this folder, and HEBAO_TEST_NODE_MODULES names the
node_modules that it made.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.standins.wechat.phone import Account, Phone, Push

NODE_MODULES = os.environ.get("HEBAO_TEST_NODE_MODULES", "")
"""Read when this file is: settings of ours are taken away before each test."""
NODE = shutil.which("node")
FOUND = [name for name in ("wechat-crypto", "co-wechat") if NODE_MODULES and (Path(NODE_MODULES) / name).is_dir()]

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="There is no node."),
    pytest.mark.skipif(len(FOUND) < 2, reason="HEBAO_TEST_NODE_MODULES has no wechat-crypto and co-wechat."),
]

BEGINS = """
const given = JSON.parse(require('fs').readFileSync(0))
const done = made => console.log(JSON.stringify(made))
"""
ENCRYPTS = """
const Crypto = require('wechat-crypto')
const {token, key, appid, xml, seconds, nonce} = given
const crypto = new Crypto(token, key, appid)
const encrypted = crypto.encrypt(xml)
done({encrypted, signature: crypto.getSignature(seconds, nonce, encrypted)})
"""
DECRYPTS = """
const Crypto = require('wechat-crypto')
const {token, key, appid, encrypted, seconds, nonce} = given
const crypto = new Crypto(token, key, appid)
done({...crypto.decrypt(encrypted), signature: crypto.getSignature(seconds, nonce, encrypted)})
"""
SERVES = """
const wechat = require('co-wechat')
const {token, key, appid, query, body} = given
const answer = async message => `${message.MsgType}: ${message.Content}`
const serve = wechat({token, encodingAESKey: key, appid}).middleware(answer)
const context = {query, method: 'POST', request: {body}}
serve(context).then(() => done({status: context.status || 200, body: context.body}))
"""


def node(script: str, account: Account, **given: Any) -> dict[str, Any]:
    """What a script in Node makes of what it is given."""
    about = {"token": account.token, "key": account.aes_key, "appid": account.app_id, **given}
    assert NODE is not None
    ran = subprocess.run(
        [NODE, "-e", BEGINS + script],
        input=json.dumps(about),
        env={"NODE_PATH": NODE_MODULES, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_w03_what_wechat_crypto_encrypts_is_answered_and_it_reads_the_answer(hebao: Hebao, account: Account) -> None:
    resident = Resident(hebao, account)
    push = resident.types("我能参保吗")
    seconds, nonce = push.query["timestamp"], push.query["nonce"]
    made = node(ENCRYPTS, account, xml=push.xml, seconds=seconds, nonce=nonce)
    body = f"<xml><Encrypt><![CDATA[{made['encrypted']}]]></Encrypt></xml>".encode()
    answer = hebao.post(Push({**push.query, "msg_signature": made["signature"]}, body, push.xml))
    assert answer.status_code == 200
    frame = {each.tag: each.text or "" for each in ElementTree.fromstring(answer.content)}
    read = node(DECRYPTS, account, encrypted=frame["Encrypt"], seconds=frame["TimeStamp"], nonce=frame["Nonce"])
    assert read["signature"] == frame["MsgSignature"]
    assert read["id"] == account.app_id
    assert "职工" in read["message"]
    assert resident.turns == 1


@pytest.mark.parametrize("mode", ["plain", "safe", "compatible"])
def test_the_stand_in_is_understood_by_co_wechat_and_understands_it(account: Account, mode: Any) -> None:
    phone = Phone(replace(account, mode=mode))
    push = phone.types("你好 ]] & <b>")
    answer = node(SERVES, phone.account, query=push.query, body=push.body.decode())
    assert answer["status"] == 200
    shown = phone.sees(answer["body"].encode())
    assert shown is not None
    assert shown.text == "text: 你好 ]] & <b>"


def test_co_wechat_refuses_what_we_would_refuse(account: Account) -> None:
    push = Phone(account).types("你好")
    query = {**push.query, "msg_signature": push.query["signature"]}
    assert node(SERVES, account, query=query, body=push.body.decode())["status"] == 401
