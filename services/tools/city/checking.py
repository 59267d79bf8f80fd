"""Checking: every problem of the cities' folders, for people and for machines.

In:   the folder that `BENEFIT_LEDGER_CITY` names, or another; the banks' layouts that ship
Out:  a sheet: errors first, then remarks, and how many of each
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from policies.authoring.check_version import Findings, Problem
from policies.authoring.city_check import check_cities
from policies.cities.reading import UNFILLED
from services.banking.banks.of_cities import bank_problems
from services.banking.banks.registry import shipped_banks

MOST_SHOWN = 100
"""How many problems are printed; whoever has more begins with these."""


class CityReport(NamedTuple):
    """What was found, and in which cities."""

    folder: Path
    names: tuple[str, ...]
    findings: Findings

    @property
    def good(self) -> bool:
        """Whether every process would take the folder."""
        return not self.findings.errors

    def lines(self) -> Iterator[str]:
        """Errors, remarks, a summary; at most a hundred."""
        errors, remarks = self.findings
        shown = [*(f"错误 {one}" for one in errors), *(f"提示 {one}" for one in remarks)]
        yield from shown[:MOST_SHOWN]
        if len(shown) > MOST_SHOWN:
            yield f"……还有 {len(shown) - MOST_SHOWN} 条未列出，--json 列出全部"
        unfilled = sum(one.message.startswith(UNFILLED) for one in remarks)
        who = "、".join(self.names) or "没有读到城市"
        state = "可以启动" if self.good else "改正错误之前不能启动"
        yield (
            f"{self.folder}（{who}）：错误 {len(errors)} 条，提示 {len(remarks)} 条"
            f"（其中未填 {unfilled} 条）。{state}。"
        )

    def as_json(self) -> str:
        """Everything, for a program."""
        errors, remarks = self.findings
        problems = [*map(_as_error, errors), *map(_as_remark, remarks)]
        told = {"folder": str(self.folder), "good": self.good, "problems": problems}
        return json.dumps(told, ensure_ascii=False, indent=2)


def _as_error(problem: Problem) -> dict[str, str | int]:
    return _as_data("error", problem)


def _as_remark(problem: Problem) -> dict[str, str | int]:
    unfilled = problem.message.startswith(UNFILLED)
    return _as_data("unfilled" if unfilled else "notice", problem)


def _as_data(level: str, problem: Problem) -> dict[str, str | int]:
    return {
        "level": level,
        "file": str(problem.file),
        "line": problem.line,
        "clause": problem.clause,
        "message": problem.message,
    }


def check_city(folder: Path, since: date = date.min) -> CityReport:
    """Check a folder of one city or of several."""
    cities, findings = check_cities(folder, frozenset(shipped_banks()), since)
    named = {(problem.file, problem.line) for problem in findings.errors}
    findings.errors.extend(
        Problem(one.path, one.line, "", one.message)
        for one in bank_problems(cities)
        if (one.path, one.line) not in named
    )
    names = tuple(f"{city.code} {city.name}" for city in cities)
    return CityReport(folder, names, findings)
