"""Checking: the rules that ship and those of the cities against their notices and golden cases.

In:   the folder of the cities, or none; a directory of figures for a try-out; the shipped rules' cases
Out:  what is wrong, what should be looked at, and how much the cases show, in words
Holds: the cases that ship are decided by what ships alone, a city's by what the ledger of that city
       goes by; a city's cases must show every node of its own versions from both sides
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from policies.authoring import check
from policies.authoring.check_version import Findings
from policies.authoring.coverage import coverage
from policies.authoring.golden import Result, load_for, run_goldens
from policies.cities import Cities, City, read_cities
from policies.engine.versions import Policy
from services.tools.city.checking import check_city


class CasesSeen(NamedTuple):
    """What the cases of one folder came to."""

    whose: str
    folder: Path
    results: list[Result]
    wanted: int
    missed: tuple[str, ...]

    @property
    def wrong(self) -> list[Result]:
        """The cases that the rules decide otherwise."""
        return [result for result in self.results if result.wrong]

    def lines(self) -> Iterator[str]:
        """What is wrong, and a summary."""
        for result in self.wrong:
            yield f"{result.file.relative_to(self.folder)}:{result.line} {result.wrong}"
        yield from self.missed
        right, total = len(self.results) - len(self.wrong), len(self.results)
        yield (
            f"{self.whose}案例 {right}/{total} 与规则一致；"
            f"节点覆盖 {self.wanted - len(self.missed)}/{self.wanted}。"
        )


class RulesChecked(NamedTuple):
    """Everything that was found."""

    findings: Findings
    cities: tuple[str, ...]
    cases: tuple[CasesSeen, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings.errors and not any(one.wrong or one.missed for one in self.cases)

    def lines(self) -> Iterator[str]:
        """Errors, remarks, then the cases."""
        yield from map(str, self.findings.errors)
        yield from (f"提示 {remark}" for remark in self.findings.remarks)
        if not self.findings.errors:
            also = f"（含{'、'.join(self.cities)}自己的）" if self.cities else ""
            yield f"政策文件{also}无误：原文、数字、事实、版本、互斥均已核对。"
        for one in self.cases:
            yield from one.lines()


def look_over(folder: Path | None, parameters: Path | None, cases: Path) -> RulesChecked:
    """Check what ships, and every city of a folder."""
    errors, remarks = check.look_over(overrides=parameters)
    if folder is not None:
        errors = [*errors, *check_city(folder).findings.errors]
    seen = [_shipped_cases(cases)] if cases.is_dir() else []
    names: tuple[str, ...] = ()
    if folder is not None and not errors:
        cities = read_cities(folder)
        own = [city for city in cities if _has(city, "programmes")]
        names = tuple(city.name for city in own)
        seen += [_cases_of(one, cities) for one in cities if one in own or _has(one, "cases")]
    return RulesChecked(Findings(errors, remarks), names, tuple(seen))


def _shipped_cases(folder: Path) -> CasesSeen:
    loaded = load_for(folder)
    return _seen("", folder, list(loaded[None]), list(run_goldens(folder, loaded)))


def _has(city: City, part: str) -> bool:
    return (city.folder / part).is_dir()


def _cases_of(city: City, all_cities: Cities) -> CasesSeen:
    cases = city.folder / "cases"
    loaded = load_for(cases, cities=all_cities)
    own = [policy for policy in loaded[None] if policy.city == city.code]
    return _seen(city.name, cases, own, list(run_goldens(cases, loaded)))


def _seen(whose: str, folder: Path, versions: list[Policy], results: list[Result]) -> CasesSeen:
    found = coverage(versions, results)
    missed = tuple(f"{one.policy} {one.node} 没有案例：{one.sight}" for one in found.missed)
    return CasesSeen(whose, folder, results, sum(found.sights.values()), missed)
