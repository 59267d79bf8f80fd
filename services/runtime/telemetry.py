"""Telemetry: how a process speaks to its operator: one JSON line an event, and metrics if wanted.

Holds: what is logged carries tokens and positions, never a name, an id or an account number
"""

import logging
import sys

import structlog
from prometheus_client import start_http_server

from services.flow import BY_NAME
from services.runtime.errors import NotConfigured
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
        _serve_metrics(settings.metrics_host, metrics_port(settings, process))


def metrics_port(settings: Settings, process: str) -> int:
    """The port of one process: they follow each other as in `services.flow`."""
    return settings.metrics_port + list(BY_NAME).index(process)


def _serve_metrics(host: str, port: int) -> None:
    try:
        start_http_server(port, addr=host)
    except OSError as error:
        raise NotConfigured(
            f"运行指标要用的 {host}:{port} 不能监听：{error.strerror}。",
            "请把 BENEFIT_LEDGER_METRICS_PORT 改为别的端口（每个进程依次用下一个），0 为不提供。",
        ) from error
