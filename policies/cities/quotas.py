"""Quotas: how much one upstream system may send over HTTP within a minute.

Holds: nothing is decided by it; what is over is to be sent again later
"""

from typing import Annotated

from pydantic import Field

from events.values import Document

_Some = Annotated[int, Field(ge=1, le=1_000_000_000_000)]


class SourceQuota(Document):
    """What one source may send in a minute, and how many of its requests are served at once."""

    requests: _Some = 120
    events: _Some = 12_000
    bytes: _Some = 64 * 1024 * 1024
    at_once: Annotated[int, Field(ge=1, le=64)] = 16


USUAL = SourceQuota()
"""What holds for a source of which no city says otherwise."""
