"""scope: what a page counts: as of which legal day, known by when, which district, which fund.

In:   the query of an address
Out:  a Scope, and addresses that carry it on
Holds: the same address shows the same view; defaults are left out, the order is canonical
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

from events.canonical import iso_day, plain
from policies.places import FUNDS, REGIONS
from services.web.figures import SHANGHAI

CARRIED = ("as_of", "known", "district", "fund", "lang")
FUND_NAMES = {code: name for name, code in FUNDS.items()}


class NotADate(ValueError):
    """A day in the query that is none."""


class Scope(NamedTuple):
    """The frame of every figure of a page; None is the default of each."""

    today: date
    as_of_set: date | None = None
    known_set: date | None = None
    district: str | None = None
    fund: str | None = None
    language: str = "zh"

    @property
    def as_of(self) -> date:
        """The last legal day counted."""
        return self.as_of_set or self.today

    @property
    def known_until(self) -> datetime:
        """The instant from which on knowledge no longer counts; far ahead by default."""
        last = self.known_set or date(9998, 12, 31)
        return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)

    @property
    def historical(self) -> bool:
        """Whether this is a look back: then nothing can be done from here."""
        return self.as_of_set is not None or self.known_set is not None

    @property
    def district_name(self) -> str | None:
        """The district as people call it, or None for all."""
        return None if self.district is None else REGIONS.get(self.district, self.district)

    @property
    def fund_name(self) -> str | None:
        """The fund as clauses call it, or None for all."""
        return None if self.fund is None else FUND_NAMES.get(self.fund, self.fund)

    def query(self) -> dict[str, str]:
        """What of this scope an address has to say."""
        said = {
            "as_of": self.as_of_set and self.as_of_set.isoformat(),
            "known": self.known_set and self.known_set.isoformat(),
            "district": self.district,
            "fund": self.fund,
            "lang": None if self.language == "zh" else self.language,
        }
        return {name: value for name, value in said.items() if value}

    def link(self, path: str, /, **parameters: object) -> str:
        """Make an address inside the workplace that carries this scope on; None leaves one out."""
        query: dict[str, object] = {**self.query(), **parameters}
        said = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{path}?{urlencode(said, doseq=True, safe=',:')}" if said else path


def segment(text: str) -> str:
    """Write an id as one segment of a path."""
    return quote(text, safe=":@$,")


def read_scope(query: Mapping[str, str], language: str) -> Scope:
    """Read the scope of an address.

    Raises: NotADate when a day is written wrongly
    """
    today = datetime.now(SHANGHAI).date()
    as_of, known = _day(query, "as_of"), _day(query, "known")
    return Scope(
        today,
        None if as_of == today else as_of,
        None if known == today else known,
        query.get("district") or None,
        query.get("fund") or None,
        language,
    )


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    if (day := iso_day(plain(text))) is None:
        raise NotADate(name)
    return day
