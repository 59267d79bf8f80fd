"""Mutants, the report: what became of every mutant, for a screen and for a program."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from policies.authoring.mutation_testing import (
    BY_CASE,
    BY_CHECK,
    BY_COVERAGE,
    BY_SCHEMA,
    EQUIVALENTS,
    UNUSED,
    Equivalent,
    MutantResult,
)


class MutationReport(NamedTuple):
    """What became of every mutant."""

    files: dict[str, list[MutantResult]]
    survivors: list[MutantResult]
    excused: list[MutantResult]
    stale: list[Equivalent]
    fresh: int
    seconds: float

    @property
    def total(self) -> int:
        """How many mutants there are."""
        return sum(map(len, self.files.values()))


def _counts(results: Iterable[MutantResult]) -> list[str]:
    by = Counter(one.by for one in results)
    return [str(by[kind]) for kind in (BY_SCHEMA, BY_CHECK, BY_CASE, BY_COVERAGE, UNUSED, "")]


_HEAD = ("文件", "变异", "格式", "核对", "案例", "覆盖", "未用", "存活")


def print_report(console: Console, found: MutationReport) -> None:
    table = Table(*_HEAD, title="政策变异")
    for name, results in found.files.items():
        table.add_row(name, str(len(results)), *_counts(results))
    everything = [one for results in found.files.values() for one in results]
    table.add_row("合计", str(len(everything)), *_counts(everything), style="bold")
    console.print(table)
    for one in found.survivors:
        line = f"{one.file}:{one.line} {one.place}：{one.change}，没有任何核对或案例发现"
        console.print(line, highlight=False, markup=False)
    for note in found.stale:
        line = f"{EQUIVALENTS}：{note.file} {note.place}「{note.change}」已被发现或已不存在，请删去"
        console.print(line, highlight=False, markup=False)
    console.print(
        f"变异 {found.total} 个，等价 {len(found.excused)} 个，存活 {len(found.survivors)} 个；"
        f"新跑 {found.fresh} 个，用时 {found.seconds:.1f} 秒。"
    )


def report_as_json(found: MutationReport) -> str:
    """The whole as JSON, for whoever keeps it."""
    return json.dumps(
        {
            "mutants": found.total,
            "survivors": [one._asdict() for one in found.survivors],
            "equivalent": [one._asdict() for one in found.excused],
            "stale_equivalents": [note.model_dump() for note in found.stale],
            "seconds": round(found.seconds, 1),
            "files": {
                name: dict(zip(_HEAD[2:], _counts(c), strict=True))
                for name, c in found.files.items()
            },
        },
        ensure_ascii=False,
        indent=2,
    )
