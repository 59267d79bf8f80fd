"""Telemetry: how a process speaks to its operator: one JSON line an event, and metrics if wanted.

Holds: what is logged carries tokens and positions, never a name, an id or an account number
"""

import logging
import sys

import structlog
from prometheus_client import start_http_server

from services.runtime.settings import Settings


def configure(settings: Settings, process: str) -> None:
    """Set logs up for a process: for people on a terminal, as JSON lines otherwise."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.web_host)
