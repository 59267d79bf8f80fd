"""Submissions: what an employer's batch is as a whole, beside the claims of its lines."""

from datetime import date
from typing import NamedTuple

from events.contract.inbound.identity import Party
from events.ids import application_key


class LineRead(NamedTuple):
    """One line of a batch: its place, its number, and its digest or why it is not taken."""

    no: int
    line: str
    digest: str = ""
    code: str = ""
    field: str = ""


class Submitted(NamedTuple):
    """A batch with all its lines, those that were refused among them."""

    source: str
    application: str
    programme: str
    region: str
    applied_on: date
    channel: str
    employer: Party | None
    lines: tuple[LineRead, ...]

    @property
    def key(self) -> str:
        """The batch's name inside the ledger: what its lines' keys begin with."""
        return application_key(self.source, self.application)
