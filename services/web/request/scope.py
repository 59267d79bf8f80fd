"""scope: what a page counts: as of which legal day, known by when, which district, which fund.

In:   the query of an address
Out:  a PageScope, and addresses that carry it on
Holds: the same address shows the same view; defaults are left out, the order is canonical
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl, quote, urlencode

from projections.queries.scope import History, Scope
from services.web.request import fields
from services.wording.city_names import region_name
from services.wording.figures import SHANGHAI
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import LANGUAGES

CARRIED = ("as_of", "known", "district", "fund", "lang")


_ADDRESS = re.compile(r"/(?!/)[^\s\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*")


def inside(address: str) -> bool:
    """Whether an address leads into the workplace: a path of ours, with or without a query."""
    return len(address) <= 2000 and bool(_ADDRESS.fullmatch(address))


def today() -> date:
    """The day on the clock in Shanghai."""
    return datetime.now(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class PageScope(Scope):
    """The frame of every figure of a page, and what addresses and headings say of it."""

    language: str = "zh"

    @property
    def historical(self) -> bool:
        """Whether this is a look back: then nothing can be done from here."""
        return self.as_of_set is not None or self.known_set is not None

    @property
    def is_whole(self) -> bool:
        """Whether the page shows all of the look back that was asked for."""
        if self.known_set is not None:
            return self.history is History.BOTH
        return self.as_of_set is None or self.history is not History.NONE

    @property
    def district_name(self) -> str | None:
        """The district as people call it, or None for all."""
        return None if self.district is None else region_name(self.district)

    @property
    def fund_name(self) -> str | None:
        """The fund as clauses call it, or None for all."""
        return None if self.fund is None else FUND_NAMES.get(self.fund, self.fund)

    def query(self) -> dict[str, str]:
        """What of this scope an address has to say."""
        given = {
            "as_of": self.as_of_set and self.as_of_set.isoformat(),
            "known": self.known_set and self.known_set.isoformat(),
            "district": self.district,
            "fund": self.fund,
            "lang": None if self.language == "zh" else self.language,
        }
        return {name: value for name, value in given.items() if value}

    def link(self, path: str, /, **parameters: object) -> str:
        """Make an address inside the workplace that carries this scope on; None leaves one out.

        A path may have parameters of its own, as a way back has.
        """
        path, _mark, own = path.partition("?")
        query: dict[str, object] = {
            **dict(parse_qsl(own) if own else ()),
            **self.query(),
            **parameters,
        }
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{path}?{urlencode(given, doseq=True, safe=',:')}" if given else path


def segment(text: str) -> str:
    """Write an id as one segment of a path."""
    return quote(text, safe=":@$,")


def read_scope(
    query: Mapping[str, str],
    language: str,
    regions: Collection[str],
    history: History = History.BOTH,
) -> PageScope:
    """Read the scope of an address; `regions` are those that this ledger serves.

    Raises: NotUnderstood with the field that means nothing
    """
    fields.one_of("lang", query.get("lang", ""), LANGUAGES)
    now = today()
    as_of, known = _day(query, "as_of"), _day(query, "known")
    return PageScope(
        now,
        None if as_of == now else as_of,
        None if known == now else known,
        fields.one_of("district", query.get("district", ""), regions) or None,
        fields.one_of("fund", query.get("fund", ""), FUND_NAMES) or None,
        history,
        language,
    )


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    return fields.day(name, text) if text else None
