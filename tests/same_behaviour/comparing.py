"""Comparing: whether two sides gave the same, and where they first differ.

In:   what two commits gave for one thing: bytes, text, JSON, a workbook
Out:  None, or the first difference in words; a `Part` counts and keeps them
Holds: nothing is equal unless it was compared; a part that compared nothing is not equal
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import orjson
from openpyxl import load_workbook

T = TypeVar("T")

_AROUND = 60
"""Characters shown before and after the first one that differs."""

_KEPT = 20
"""Differences of one part that are kept whole; the others are only counted."""

ABSENT = "(nothing)"


class Difference(NamedTuple):
    """One thing that is not the same on both sides."""

    what: str
    where: str


@dataclass
class Part:
    """One kind of thing that is compared: how many there were, and which differ."""

    name: str
    unit: str
    compared: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether something was compared, and all of it was the same."""
        return self.compared > 0 and self.differing == 0

    def note(self, what: str, where: str | None, *, count: int = 1) -> bool:
        """Count something compared; `where` says how it differs, None that it does not."""
        self.compared += count
        if where is not None:
            self.differing += 1
            if len(self.differences) < _KEPT:
                self.differences.append(Difference(what, where))
        return where is None


def text_difference(before: str, after: str) -> str | None:
    """Find the first line that differs, and show both sides of it.

    Shape: `line 3: before “…”, after “…”`
    """
    if before == after:
        return None
    ours, theirs = before.split("\n"), after.split("\n")
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if one != other:
            return f"line {number}: {_both(one, other)}"
    shorter = min(len(ours), len(theirs))
    longer = (ours if len(ours) > shorter else theirs)[shorter]
    who = "before" if len(ours) > shorter else "after"
    return f"line {shorter + 1}: only {who} has “{longer[: 2 * _AROUND]}”"


def bytes_difference(before: bytes, after: bytes) -> str | None:
    """Find the first difference of two files; as text where both are text."""
    if before == after:
        return None
    if is_text(before) and is_text(after):
        return text_difference(before.decode(), after.decode())
    place = first_place(before, after)
    return (
        f"byte {place:,} of {len(before):,} and {len(after):,}: "
        f"before {before[place : place + 16].hex(' ')}, after {after[place : place + 16].hex(' ')}"
    )


def is_text(content: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def json_difference(
    before: Any, after: Any, *, ignoring: frozenset[str] = frozenset(), at: str = ""
) -> str | None:
    """Find the first difference of two JSON values; `ignoring` names fields that may differ.

    Shape: a path into the value, and both sides of it
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            place = f"{at}.{name}" if at else str(name)
            if name in ignoring:
                continue
            if name not in before or name not in after:
                return f"{place}: only {'before' if name in before else 'after'} has it"
            found = json_difference(before[name], after[name], ignoring=ignoring, at=place)
            if found:
                return found
        return None
    if isinstance(before, list) and isinstance(after, list):
        for number, (one, other) in enumerate(zip(before, after, strict=False)):
            found = json_difference(one, other, ignoring=ignoring, at=f"{at}[{number}]")
            if found:
                return found
        if len(before) != len(after):
            return f"{at}: {len(before):,} before, {len(after):,} after"
        return None
    if type(before) is type(after) and before == after:
        return None
    return f"{at or 'value'}: {_both(_json(before), _json(after))}"


Cells = list[tuple[str, str]]
"""The cells of a workbook in their order: place, and value with its format."""


def workbook_difference(
    before: bytes, after: bytes, strip: Callable[[Cells], Cells] = lambda cells: cells
) -> str | None:
    """Find the first cell that differs; the file's own bytes may (it is a ZIP with dates)."""
    ours, theirs = strip(cells(before)), strip(cells(after))
    for (place, one), (other_place, other) in zip(ours, theirs, strict=False):
        if place != other_place:
            return f"cell {_both(place, other_place)}"
        if one != other:
            return f"cell {place}: {_both(one, other)}"
    if len(ours) != len(theirs):
        return f"{len(ours):,} cells before, {len(theirs):,} after"
    return None


def cells(workbook: bytes) -> Cells:
    """Read every cell of every sheet, with its number format."""
    found = load_workbook(io.BytesIO(workbook))
    return [
        (f"{sheet.title}!{cell.coordinate}", f"{cell.value!r} as {cell.number_format}")
        for sheet in found.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def first_place(before: bytes | str, after: bytes | str) -> int:
    """Where two texts part; the length of the shorter one where it begins the other."""
    shorter = min(len(before), len(after))
    return next((place for place in range(shorter) if before[place] != after[place]), shorter)


def evenly(found: Sequence[T], most: int) -> Sequence[T]:
    """Take so many of them, spread over all."""
    step = -(-len(found) // most) or 1
    return found[::step]


def _both(before: str, after: str) -> str:
    start = max(0, first_place(before, after) - _AROUND)
    lead = "…" if start else ""
    one, other = (text[start : start + 2 * _AROUND] for text in (before, after))
    return f"before “{lead}{one}”, after “{lead}{other}”"


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
