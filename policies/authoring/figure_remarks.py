"""Figure remarks: what is lawful in files of figures, and yet most likely not what was meant.

In:    the files of figures, what is stated in all, what ships alone; the versions and the duties
Out:   what no clean check lets pass (errors), and what a person should look at (remarks)
Holds: a gap between rows is an error only where a duty would go on without the figure. Where a
       version asks for it, its claims go to a person, as wherever no source states a figure: a
       remark that names the versions. A city's row over a cited row of the same days is a remark.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from policies.authoring.check_version import Findings, Problem, Version
from policies.duties import Duties
from policies.engine.nodes import figures_used
from policies.engine.windows import windows
from policies.reference_data.standards import FigureRow, Standards
from policies.vocabulary.dated import Days, gaps
from policies.vocabulary.files import parsed
from policies.vocabulary.places import lies_in

_ONE_DAY = timedelta(days=1)


class FileFigure(NamedTuple):
    """A figure's rows in one file, each with its days and line."""

    path: Path
    name: str
    place: str
    rows: tuple[tuple[FigureRow, Days], ...]


class Unstated(NamedTuple):
    """Days in a row on which a figure has one answer: a value, or none."""

    first: date
    last: date
    value: object


def figure_findings(
    files: Sequence[Path],
    standards: Standards,
    versions: Sequence[Version],
    duties: Duties,
) -> Findings:
    """Look for gaps between the rows of each figure of each file."""
    errors, remarks = [], list[Problem]()
    for path in files:
        for stated in figures_of(path):
            for gap in gaps([days for _, days in stated.rows]):
                for part in _answers(standards, stated, gap):
                    days = f"{stated.name}: {part.first} 至 {part.last} 没有写"
                    if part.value is not None:
                        words = f"{days}，其间用随附的或上级的数"
                        remarks.append(Problem(path, gap.line, "", words))
                    elif duty := _duty(stated.name, part, duties):
                        words = f"{days}；{duty} 要用它，其间没有数也不转人工，请补上一行"
                        errors.append(Problem(path, gap.line, "", words))
                    else:
                        using = _using(stated, part, standards, versions)
                        becomes = (
                            f"其间 {'、'.join(using)} 用到它，申请转人工"
                            if using
                            else "其间没有受理中的政策用到它"
                        )
                        remarks.append(Problem(path, gap.line, "", f"{days}；{becomes}"))
    return Findings(errors, remarks)


def covered_citations(files: Sequence[Path], shipped: Standards) -> Iterator[Problem]:
    """A city's rows that go before what a registered clause states for the same days."""
    for path in files:
        for stated in figures_of(path):
            for row in shipped.stated.get((stated.name, stated.place), ()):
                if row.cite is None:
                    continue
                last = row.to or date.max
                for _, days in stated.rows:
                    first, end = max(days.from_, row.from_), min(days.last, last)
                    if first <= end:
                        until = f" 至 {end} " if end < date.max else " 起"
                        words = (
                            f"{stated.name}: {first}{until}盖过 {row.cite} 写明的数"
                            f"（「{row.quote}」），请确认有文件改了它"
                        )
                        yield Problem(path, days.line, row.cite, words)


def figures_of(path: Path) -> Iterator[FileFigure]:
    """The rows of a file that has been read without a problem."""
    file = parsed(path)
    for short, texts in file.data.items():
        rows = tuple(map(FigureRow.model_validate, texts))
        days = (
            Days(row.from_, row.to, file.line((short, index))) for index, row in enumerate(rows)
        )
        name = f"{path.parent.name}.{short}"
        yield FileFigure(path, name, path.stem, tuple(zip(rows, days, strict=True)))


def _answers(standards: Standards, stated: FileFigure, gap: Days) -> Iterator[Unstated]:
    """The parts of a gap, by what the figure is there after all: other files may state it."""
    figure = standards.figure(stated.name, stated.place)
    edges = {gap.from_}
    for row in figure.rows:
        begins, ends = date.fromisoformat(row.from_), date.fromisoformat(row.to)
        edges.add(begins)
        if ends < date.max:
            edges.add(ends + _ONE_DAY)
    starts = sorted(edge for edge in edges if gap.from_ <= edge <= gap.last)
    for start, after in zip(starts, [*starts[1:], gap.last + _ONE_DAY], strict=True):
        yield Unstated(start, after - _ONE_DAY, figure.on(start.isoformat()))


def _duty(name: str, part: Unstated, duties: Duties) -> str | None:
    """The duty that asks for a figure on one of these days and refers nothing where it is absent."""
    for service in duties.services.services:
        if service.recovers.of == name:
            return f"services/{service.id}"
    for plan in duties.plans.plans:
        asked = plan.share is not None and plan.share.param == name
        if asked and part.first <= plan.from_ <= part.last:
            return f"plans/{plan.id}"
    return None


def _using(
    stated: FileFigure, part: Unstated, standards: Standards, versions: Sequence[Version]
) -> list[str]:
    """The versions that take applications of these days in this place and ask for the figure."""
    names = {stated.name} | {
        name
        for (name, _), rows in standards.stated.items()
        for row in rows
        if row.same_as == stated.name
    }
    found = []
    for version, window in zip(versions, windows([one.text for one in versions]), strict=True):
        text = version.text
        near = lies_in(stated.place, text.jurisdiction) or lies_in(text.jurisdiction, stated.place)
        taken = window.from_ <= part.last and (window.to is None or part.first <= window.to)
        if near and taken and names & set(figures_used(text)):
            found.append(f"{text.title}（{text.policy}/{text.jurisdiction}-{text.version}）")
    return found
