"""Stated figures: what an authority stated on the running ledger, above what its folder says.

In:    the figures as files state them; `events.figures.StatedFigure`, in whatever order they come
Out:   both as one `Standards`
Holds: of two statements that cover a day the later one counts, whichever arrived first; what it does
       not cover stays as it was
"""

from collections.abc import Iterable, Mapping

from events.figures import FigureValue, StatedFigure
from policies.reference_data.standards import Declared, FigureRow, Standards, inside

Figures = Mapping[tuple[str, int], StatedFigure]
"""Statements by jurisdiction and number."""


def with_stated(written: Standards, figures: Iterable[StatedFigure]) -> Standards:
    """Put stated figures before the rows of the files; one whose name is declared no more is left out."""
    stated = dict(written.stated)
    for one in sorted(figures, key=lambda one: (one.jurisdiction, one.number)):
        if one.name in written.declared:
            key = (one.name, one.jurisdiction)
            stated[key] = (row_of(one), *stated.get(key, ()))
    return written._replace(stated=stated)


def row_of(figure: StatedFigure) -> FigureRow:
    """A statement as a row of the files.

    Raises: ValueError where it is none
    """
    until = {} if figure.to_on is None else {"to": figure.to_on}
    days = {"from": figure.from_on, **until}
    return FigureRow.model_validate({**days, "value": figure.value, "source": figure.document})


def unfit(declared: Declared, value: FigureValue) -> str:
    """Say why a value is not of the declared type; nothing when it is."""
    try:
        inside(declared, value)  # type: ignore[arg-type]
    except ValueError as error:
        return str(error)
    return "" if _has_content(declared, value) else f"{value!r} 不是 {declared.type} 类型"


def _has_content(declared: Declared, value: FigureValue) -> bool:
    """Numbers are numbers and not below zero, lists name something, tables have a sum in each cell."""
    match value:
        case bool():
            return False
        case int():
            return value >= 0
        case list():
            return bool(value) and all(value)
        case dict() if declared.type == "rates":
            rows = list(value.values())
            return bool(rows) and all(
                isinstance(row, dict) and row and all(map(_is_sum, row.values())) for row in rows
            )
        case dict():
            return bool(value) and all(map(_is_sum, value.values()))
        case _:
            return bool(value.strip())


def _is_sum(cell: object) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and cell > 0
