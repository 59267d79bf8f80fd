"""Run one process of `services.flow`, until it is asked to stop.

Holds: a failure that may pass ends with 75, a stop of the desk with 70, another failure with 1;
       the supervisor (compose, or `benefit-ledger up`) starts it again.
"""

import asyncio
import importlib
import signal
import sys
from collections.abc import Awaitable, Callable

from services.banking.banks.of_cities import city_banks
from services.flow import BY_NAME
from services.machine.current_books import require_current_books
from services.machine.store_consistency import require_consistent_stores
from services.runtime.city import rules_of_process
from services.runtime.errors import OperatingFailure
from services.runtime.health import alive
from services.runtime.settings import Settings
from services.runtime.telemetry import configure

EXIT_MAY_PASS = 75
EXIT_FAILED = 1

Run = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_process(name: str, settings: Settings) -> int:
    """Run a process in the foreground.

    Shape:  the exit code
    """
    configure(settings, name)
    # before anything is asked of anybody: a misspelt layout would show only after a release
    code = _exit_code(lambda: city_banks(rules_of_process(settings).cities))
    if code:
        return code
    code = _exit_code(lambda: asyncio.run(_require_stores(settings, name)))
    if code:
        return code
    if name == "desk":
        # Faust brings its own loop and its own signal handlers.
        from services.desk.worker import run as run_desk

        return _exit_code(lambda: run_desk(settings))
    module, _, function = BY_NAME[name].handler.partition(":")
    handler: Run = getattr(importlib.import_module(module), function)
    return _exit_code(lambda: _in_loop(handler, settings))


async def _require_stores(settings: Settings, name: str) -> None:
    await require_consistent_stores(settings, name)
    if BY_NAME[name].meets_books:
        await require_current_books(settings)


def _exit_code(action: Callable[[], object]) -> int:
    try:
        action()
    except OperatingFailure as failure:
        sys.stderr.write(f"{failure}\n")
        return EXIT_MAY_PASS if failure.may_pass else EXIT_FAILED
    return 0


def _in_loop(handler: Run, settings: Settings) -> None:
    import uvloop

    async def body() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with alive(settings):
            await handler(settings, stop)

    uvloop.run(body())
