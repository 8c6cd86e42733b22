"""Logs: one JSON object a line on stderr, and never a word that a person wrote."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from types import TracebackType

import structlog

_FRAMES = 8


class _WithoutWords(logging.Formatter):
    """What a library logs, by level, logger, and kind and place of an error.

    Neither the message nor the traceback as Python writes it: both quote what the error was about.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {"level": record.levelname, "logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            told |= {"error": record.exc_info[0].__name__, "at": _places(record.exc_info[2])}
        return json.dumps(told, ensure_ascii=False)


def set_up_logs() -> None:
    """Send structured logs, and what libraries log from warnings up, to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutWords())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def log_failure(event: str, error: BaseException) -> None:
    """Record an error by kind and place. Not its message: that may hold what somebody wrote."""
    structlog.get_logger().error(event, error=type(error).__name__, at=_places(error.__traceback__))


def _places(found: TracebackType | None) -> list[str]:
    """The innermost calls, each by file, line and function."""
    frames = traceback.extract_tb(found)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
