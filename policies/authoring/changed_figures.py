"""Changed figures: figures as they would be with one file of parameters or one catalogue changed.

In:    the figures as they are, the changed file
Out:   the same figures with other rows; what a city's overrides state stays in front of them
"""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import TypeAdapter

from policies.reference_data.catalogues import (
    Catalogue,
    Categories,
    Loaded,
    Rates,
    listed,
)
from policies.reference_data.standards import FigureRow, Standards
from policies.vocabulary.files import Parsed

CATALOGUE: TypeAdapter[Rates | Categories] = TypeAdapter(Catalogue)
Rows = Mapping[tuple[str, str], tuple[FigureRow, ...]]


class ChangedFigures(NamedTuple):
    """The rows of one file, by figure and jurisdiction, before and after a change."""

    before: Rows
    after: Rows

    def over(self, standards: Standards) -> Standards:
        """These figures with the file's rows exchanged, where they stand: what a try-out states goes
        before a city's, and a city's before what ships."""
        stated = dict(standards.stated)
        for key in {*self.before, *self.after}:
            known = stated.get(key, ())
            at, end = _where(known, self.before.get(key, ()))
            stated[key] = (*known[:at], *self.after.get(key, ()), *known[end:])
        return standards._replace(stated=stated)


def _where(known: tuple[FigureRow, ...], rows: tuple[FigureRow, ...]) -> tuple[int, int]:
    """Where a file's rows stand among all of a figure; the last place, where nothing else tells."""
    for at in range(len(known) - len(rows), -1, -1):
        if known[at : at + len(rows)] == rows:
            return at, at + len(rows)
    return len(known), len(known)


def of_parameters(file: Parsed) -> Rows:
    """The rows of a file of parameters.

    Raises: ValueError
    """
    group, jurisdiction = file.path.parent.name, file.path.stem
    return {
        (f"{group}.{short}", jurisdiction): tuple(map(FigureRow.model_validate, texts))
        for short, texts in file.data.items()
    }


def of_catalogue(file: Parsed) -> Rows:
    """The rows that a catalogue lists.

    Raises: ValueError
    """
    loaded = Loaded(CATALOGUE.validate_python(file.data), file)
    rows: dict[tuple[str, str], tuple[FigureRow, ...]] = {}
    for one in listed({file.path.stem: loaded}):
        for text in one.rows:
            key = (one.name, text.jurisdiction)
            rows[key] = (*rows.get(key, ()), FigureRow.model_validate(text.row))
    return rows
