"""Bundle texts: the figures that a decision went by, read back from the text that the ledger keeps.

In:    a bundle's text, as `Standards.bundle` writes it; the day of an application
Out:   for each figure the row that counted on the day, with its document
Holds: what a bundle says does not change with the files of today
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from policies.reference_data.figure_history import Span, span_on
from policies.reference_data.standards import FigureRow

Bundle = Mapping[str, tuple[FigureRow, ...]]
"""The rows of each figure, the first that covers a day counts."""


class CitedFigure(NamedTuple):
    """One figure and the row of it that counted; none where no document stated it for the day."""

    name: str
    span: Span | None


def read_bundle(text: str) -> Bundle:
    """Read a bundle's text.

    Raises: ValueError
    """
    return {name: tuple(_row(row) for row in rows) for name, rows in json.loads(text).items()}


def _row(stated: dict[str, object]) -> FigureRow:
    """A row as it was written down, by the model's own name of its first day."""
    return FigureRow.model_validate_json(
        json.dumps({name.rstrip("_"): value for name, value in stated.items()})
    )


def cited(bundle: Bundle, day: date) -> list[CitedFigure]:
    """What each figure was on a day; one that is the same as another is cited by that one's row."""
    return [CitedFigure(name, _span(bundle, name, day)) for name in sorted(bundle)]


def _span(bundle: Bundle, name: str, day: date) -> Span | None:
    found = span_on(bundle.get(name, ()), day)
    if found is None or found.row.same_as is None:
        return found
    other = _span(bundle, found.row.same_as, day)
    return None if other is None else other._replace(first=max(found.first, other.first))
