"""Logs: one JSON object a line on stderr, and never a word that a person wrote."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog


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
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format='{"level": "%(levelname)s", "logger": "%(name)s"}'
    )


def log_failure(event: str, error: BaseException) -> None:
    """Record an error by kind and place. Not its message: that may hold what somebody wrote."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    structlog.get_logger().error(event, error=type(error).__name__, at=frames[-8:])
