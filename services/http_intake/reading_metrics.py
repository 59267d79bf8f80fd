"""Reading metrics: the numbers of a running HTTP intake, asked of it by doctor and the pages.

In:   settings
Out:  numbers by source; or in words why there are none
"""

import asyncio

import httpx

from services.http_intake.metrics import SourceNumbers, numbers_of
from services.runtime.settings import Settings, only_this_machine
from services.runtime.telemetry import metrics_port

PROCESS = "http-intake"
_SECONDS = 1.0


class NoNumbers(Exception):
    """Nothing is known of HTTP intake: its metrics are off, or it does not answer where it was asked."""

    def __init__(self, where: str = "") -> None:
        super().__init__(
            f"没有应答（{where}）" if where else "没有开运行指标：请设 BENEFIT_LEDGER_METRICS_PORT"
        )
        self.where = where


def is_run(settings: Settings) -> bool:
    """Whether this ledger is to have an HTTP intake."""
    return bool(settings.http_intake_port or settings.http_intake_metrics_host)


async def source_numbers(settings: Settings) -> list[SourceNumbers]:
    """Ask a running HTTP intake.

    Raises: NoNumbers
    """
    if not settings.metrics_port:
        raise NoNumbers
    host = settings.http_intake_metrics_host or (
        settings.metrics_host if only_this_machine(settings.metrics_host, False) else "127.0.0.1"
    )
    address = f"{f'[{host}]' if ':' in host else host}:{metrics_port(settings, PROCESS)}"
    try:
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"http://{address}/metrics")
            answer.raise_for_status()
            return numbers_of(answer.text)
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        raise NoNumbers(address) from error
