"""Logs as JSON lines on stderr: events and counts, never what a message holds.

The library is loaded where something is logged: most commands end without a word, and it is slow.
"""

from __future__ import annotations

import logging
import sys


def warn(event: str, **fields: object) -> None:
    """Log a warning, on stderr also from a command that logs nothing else."""
    import structlog  # noqa: PLC0415

    if not structlog.is_configured():
        configure_logs("warning")
    structlog.get_logger().warning(event, **fields)


def configure_logs(level: str) -> None:
    """Set the whole process to log JSON of this level and above."""
    import structlog  # noqa: PLC0415

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
