"""The addresses of WeChat Pay here: where the platform tells that somebody has paid, and the page to pay on."""

from __future__ import annotations

import asyncio
import time

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.channels.faults import DeliveryFault
from bot.channels.web.page import PaymentView, render_payment, render_told
from bot.channels.web.sessions import is_in_wechat
from bot.channels.wechat.pay.client import PayClient
from bot.channels.wechat.pay.merchant import NOTIFY, Merchant, read_merchant
from bot.channels.wechat.pay.payments import Payments
from bot.channels.wechat.pay.signing import NotSignedError, sealed, verify
from bot.channels.wechat.pay.transactions import NotOursError, paid_of_notice
from bot.logs import log_failure
from bot.members.paying import PATH, PayAddresses
from bot.members.refused import refused
from bot.problems import Problem, refuse_other_sites, words_for
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError
from member_store.members.refusals import Refusal
from policy_engine.money import exactly

LARGEST_NOTICE = 16 * 1024
"""Bytes of a notice. They have about a thousand."""

ANSWER_SECONDS = 4.0
"""The platform hangs up after five."""


def pay_routes(threads: Threads, settings: Settings) -> list[Route]:
    """The addresses, none where WeChat Pay is off. Raises SettingsError for settings that cannot be used."""
    merchant = read_merchant(settings)
    if merchant is None:
        return []
    store = threads.service.store
    payments = Payments(store, PayClient(merchant), threads.run, settings.today)
    page = PayPage(payments, PayAddresses(store, settings.public_url))
    return [
        Route(NOTIFY, Notices(merchant, payments).notify, methods=["POST"]),
        Route(PATH + "{code}", page.show, methods=["GET"]),
        Route(PATH + "{code}", page.begin, methods=["POST"]),
    ]


class Notices:
    """What the platform tells unasked. It tells it again, for a day, until it is answered that it was taken."""

    def __init__(self, merchant: Merchant, payments: Payments) -> None:
        self._merchant, self._payments = merchant, payments
        self._unknown_serial = False

    async def notify(self, request: Request) -> Response:
        """Book a payment: 204. Whatever is not the platform's, not ours or not to be booked is refused."""
        body = await _body(request)
        if body is None:
            return _failure(413, "too long")
        try:
            verify(self._merchant, sealed(request.headers.items()), body, time.time())
            paid = paid_of_notice(self._merchant, body)
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._payments.take(paid)
        except NotSignedError as error:
            self._tell(error)
            return _failure(401, error.code)
        except NotOursError as error:
            structlog.get_logger().error("wechat pay: a notice that was not booked", reason=error.code)
            return _failure(400, error.code)
        except Refusal as refusal:
            structlog.get_logger().error("wechat pay: a notice that was not booked", reason=refusal.code)
            return _failure(409, refusal.code)
        except (StoreError, TimeoutError) as error:
            log_failure("wechat pay: a notice could not be booked yet", error)
            return _failure(503, "try again")
        return Response(status_code=204)

    def _tell(self, error: NotSignedError) -> None:
        if error.code == "unknown_serial" and not self._unknown_serial:
            self._unknown_serial = True  # once: anybody can send such a request
            structlog.get_logger().error("wechat pay: signed with a key that HEBAO_WECHAT_PAY_PLATFORM_KEYS has not")


class PayPage:
    """The page that an address from the chat leads to."""

    def __init__(self, payments: Payments, addresses: PayAddresses) -> None:
        self._payments, self._addresses = payments, addresses

    async def show(self, request: Request) -> Response:
        """What is to be paid, with the button to do so inside of WeChat; or why nothing is."""
        words = words_for(request)
        wanted = self._addresses.read(request.path_params["code"])
        if wanted is None:
            return _page(render_told(words.locale, words, [words("pay.address_old")]), 404)
        try:
            bill = await self._payments.bill(wanted)
        except Refusal as refusal:
            return _page(render_told(words.locale, words, [refused(refusal, words)]))
        amount = words.money(exactly(bill.amount_fen))
        view = PaymentView(words.locale, bill.name, bill.year, amount, is_in_wechat(request))
        return _page(render_payment(view, words))

    async def begin(self, request: Request) -> Response:
        """An order, as the page's script hands it to WeChat. Raises Problem."""
        refuse_other_sites(request)
        words = words_for(request)
        wanted = self._addresses.read(request.path_params["code"])
        if wanted is None:
            raise Problem(404, "Too old", words("pay.address_old"))
        try:
            order = await self._payments.begin(wanted)
        except Refusal as refusal:
            raise Problem(409, "Not possible", refused(refusal, words)) from None
        except (DeliveryFault, NotOursError) as error:
            log_failure("wechat pay: an order was not taken", error)
            raise Problem(503, "Unavailable", words("pay.unavailable")) from None
        return JSONResponse(order, headers={"Cache-Control": "no-store"})


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def _failure(status: int, message: str) -> Response:
    """How WeChat Pay wants to hear that a notice was not taken."""
    return JSONResponse({"code": "FAIL", "message": message}, status)


async def _body(request: Request) -> bytes | None:
    """The very bytes that were sent; None where they are too many, or the sender has left."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_NOTICE:
                return None
    except ClientDisconnect:
        return None
    return body
