"""budget line names: budget lines and their years, as people call them."""

from events import streams
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import translate


def year_name(year: int) -> str:
    """A year; a ceiling that holds for the whole term (全期) has none of its own."""
    return str(year) if year else translate("全期")


def line_name(line: str, between: str = " · ") -> str:
    """A line by its fund or ceiling, its district, its year."""
    _kind, name, district, year = streams.line_parts(line)
    return between.join((FUND_NAMES.get(name, name), region_name(district), year_name(year)))
