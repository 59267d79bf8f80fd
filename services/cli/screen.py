"""Screen: where the command line prints; wide where nobody watches, so that no line is broken."""

import logging

from rich.console import Console
from rich.text import Text

from services.runtime.errors import OperatingFailure

_WIDE = 240
"""Columns of a file or pipe: a program that reads it wants a record to be one line."""


def screen(*, stderr: bool = False) -> Console:
    """Make a console: a terminal as wide as it is, anything else wide."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDE, soft_wrap=True)


console = screen()
"""Where commands print what they were asked for."""

errors = screen(stderr=True)
"""Where they say what went wrong."""


def tell(failure: OperatingFailure, console: Console) -> None:
    """Say what happened and what to do, on a line each."""
    console.print(Text(failure.what, "bold red"))
    console.print(Text(failure.do))


def quiet() -> None:
    """Leave to our own words what Kafka's client would say about a broker that is away."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
