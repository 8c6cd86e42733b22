"""What Telegram says went wrong, from either library, in the words of all channels.

Telegram's descriptions are for people and may change; they decide only where no number does
(https://core.telegram.org/bots/api#making-requests). The libraries are imported inside: no process has both.
"""

from __future__ import annotations

from datetime import timedelta

from bot.channels.faults import BadTarget, Blocked, DeliveryFault, Misconfigured, Moved, NotAccepted, Unavailable, Wait

_NO_TARGET = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated", "chat_id is empty")
_HARMLESS = ("message is not modified", "message to edit not found", "message can't be edited", "query is too old")


def aiogram_fault(error: Exception) -> DeliveryFault:
    """What an error of aiogram's means. Raises the error itself where it is none of Telegram's."""
    from aiogram import exceptions

    match error:
        case exceptions.TelegramRetryAfter():
            return Wait(float(error.retry_after), "429")
        case exceptions.TelegramMigrateToChat():
            return Moved(str(error.migrate_to_chat_id), "400")
        case exceptions.TelegramForbiddenError():
            return Blocked("403")
        case exceptions.TelegramEntityTooLarge():
            return NotAccepted("413")
        case exceptions.TelegramBadRequest():
            return _refused(error.message)
        case exceptions.TelegramUnauthorizedError() | exceptions.TelegramNotFound():
            # A token that Telegram does not know is answered with either.
            return Misconfigured("401")
        case exceptions.TelegramConflictError():
            return Misconfigured("409")
        case exceptions.TelegramServerError():
            return Unavailable("5xx", in_doubt=True)
        case exceptions.TelegramNetworkError():
            return Unavailable("network", in_doubt=not _never_left(error))
        case exceptions.ClientDecodeError():
            return Unavailable("not_json", in_doubt=True)
        case exceptions.TelegramAPIError():
            return NotAccepted("other")
    raise error


def telegram_fault(error: Exception) -> DeliveryFault:
    """What an error of python-telegram-bot's means. Raises the error itself where it is none of Telegram's."""
    from telegram import error as errors

    match error:
        case errors.RetryAfter():
            # Seconds, unless PTB_TIMEDELTA is set, as `broadcast` does.
            after = error.retry_after
            return Wait(after.total_seconds() if isinstance(after, timedelta) else float(after), "429")
        case errors.ChatMigrated():
            return Moved(str(error.new_chat_id), "400")
        case errors.Forbidden():
            return Blocked("403")
        case errors.InvalidToken() | errors.EndPointNotFound():
            return Misconfigured("401")
        case errors.Conflict():
            return Misconfigured("409")
        case errors.BadRequest():
            return _refused(error.message)
        case errors.NetworkError():
            return _of_the_way(error)
        case errors.TelegramError():
            return Unavailable("not_json", in_doubt=True) if _is_not_json(error) else NotAccepted("other")
    raise error


def _of_the_way(error: Exception) -> DeliveryFault:
    """An error that has no class of its own in python-telegram-bot: only what caused it tells it from others."""
    import httpx

    if isinstance(error.__cause__, httpx.HTTPError):
        return Unavailable("network", in_doubt=not _never_left(error))
    if _is_not_json(error.__cause__):
        return Unavailable("not_json", in_doubt=True)
    if "entity too large" in str(error).lower():
        return NotAccepted("413")
    return Unavailable("5xx", in_doubt=True)


def _never_left(error: Exception) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    names = {each.__name__ for each in type(error.__cause__).__mro__}
    return bool(names & {"ClientConnectorError", "ConnectError", "ConnectTimeout", "PoolTimeout"})


def _is_not_json(error: BaseException | None) -> bool:
    return "Invalid server response" in str(error)


def is_harmless(error: Exception) -> bool:
    """Whether what was to be changed is so already, or is not there any more."""
    told = str(error).lower()
    return any(each in told for each in _HARMLESS)


def _refused(description: str) -> DeliveryFault:
    told = description.lower()
    return BadTarget("400") if any(each in told for each in _NO_TARGET) else NotAccepted("400")
