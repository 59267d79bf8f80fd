"""City check: everything wrong in the folders of cities, and what a city has still to fill in.

In:    the folder of one city or of several; the layouts of banks that ship
Out:   problems with file and line. Errors: what no process starts with, and what would fail a payment
       later. Remarks: what is missing or odd, and becomes of it; what is to be filled in begins 未填
Holds: an empty list of errors means that every process takes the folder
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from policies.authoring.check import (
    figure_problems,
    notice_problems,
    problems_across,
    read_versions,
)
from policies.authoring.check_version import Findings, Law, Problem, Version, version_problems
from policies.authoring.city_needs import Need, duty_needs, funds_paid, needs
from policies.authoring.figure_remarks import covered_citations, figure_findings
from policies.authoring.own_rules import own_duty_problems
from policies.authoring.quotes import Registered, joined_notices, load_notices
from policies.authoring.target_check import target_problems
from policies.cities import Cities, City
from policies.cities.reading import (
    ABOUT,
    ACCOUNTS,
    UNFILLED,
    apart,
    city_folders,
    city_read,
    left_out,
)
from policies.duties import shipped as duties
from policies.engine.nodes import figures_used
from policies.engine.registry import Policies, duties_with
from policies.engine.versions import ROOT, Policy, load_versions
from policies.reference_data.figure_reading import read_standards
from policies.reference_data.regions import published_regions
from policies.reference_data.standards import Standards
from policies.vocabulary.dated import Days, gaps, joined
from policies.vocabulary.files import FileProblem, Parsed, each_problem, parsed
from policies.vocabulary.places import FUNDS, lies_in

_FUND_NAMES = {fund: name for name, fund in FUNDS.items()}


class _Shipped(NamedTuple):
    """What ships, read once."""

    versions: tuple[Version, ...]
    policies: tuple[Policy, ...]
    notices: Mapping[str, Registered]
    standards: Standards


@cache
def _shipped() -> _Shipped:
    return _Shipped(
        tuple(read_versions(ROOT).versions),
        load_versions(ROOT),
        load_notices(ROOT / "notices"),
        read_standards(ROOT / "parameters").standards,
    )


class CitiesChecked(NamedTuple):
    """The cities as far as they could be read, with what was found."""

    cities: Cities
    findings: Findings


def check_cities(folder: Path, layouts: Collection[str], since: date = date.min) -> CitiesChecked:
    """Look over every city of a folder; of figures that nobody states only what concerns applications
    from a day on."""
    try:
        folders = city_folders(folder)
    except FileProblem as error:
        return CitiesChecked(Cities((), ""), Findings(_said(each_problem(error)), []))
    read = [city_read(one) for one in folders]
    known = tuple(one.city for one in read if one.city is not None)
    errors = _said([problem for one in read for problem in one.problems])
    errors += _said([*apart(known), *left_out(folder)])
    cities, remarks = Cities(known, ""), list[Problem]()
    own = [one / "figures" for one in folders if (one / "figures").is_dir()]
    figures = read_standards(ROOT / "parameters", *own, regions=cities.regions)
    errors += _said(figures.problems)
    refused = {problem.file for problem in errors}
    law = _law(folders, figures.standards, errors)
    versions = _versions(folders, law, errors)
    files = [path for one in own for path in sorted(one.glob("*/*.yaml")) if path not in refused]
    for path in files:
        errors += figure_problems(parsed(path), path.parent.name, law)
    found = figure_findings(files, figures.standards, versions, duties())
    errors += found.errors
    remarks += found.remarks
    remarks += covered_citations(files, _shipped().standards)
    policies = _policies(known, figures.standards, law, errors)
    errors += [one for city in known for one in target_problems(city, law.notices)]
    for city in known:
        errors += _wrong(city, layouts)
        remarks += _to_look_at(city, policies, since)
    return CitiesChecked(cities, Findings(_each_once(errors), _each_once(remarks)))


def _policies(
    known: Sequence[City], standards: Standards, law: Law, errors: list[Problem]
) -> Policies:
    """The rules with those of the cities; the rules that ship alone, where they cannot be joined."""
    cities = Cities(tuple(known), "")
    if not any(
        (city.folder / part).is_dir() for city in known for part in ("programmes", "duties")
    ):
        return Policies(_shipped().policies, standards, cities)
    try:
        versions = load_versions(ROOT, cities)
        policies = Policies(versions, standards, cities, duties_with(versions, cities))
    except FileProblem as error:
        errors += _said(each_problem(error))
        return Policies(_shipped().policies, standards, cities)
    errors += own_duty_problems(policies, law)
    if all(name in standards.declared for one in versions for name in figures_used(one.text)):
        return policies
    return Policies(_shipped().policies, standards, cities)


def _law(folders: Sequence[Path], standards: Standards, errors: list[Problem]) -> Law:
    """The notices that ship and those of the cities, with every declared figure."""
    notices = _shipped().notices
    try:
        notices = joined_notices([ROOT / "notices", *(folder / "notices" for folder in folders)])
        own = {n: one for n, one in notices.items() if n not in _shipped().notices}
        errors += notice_problems(own)
    except FileProblem as error:
        errors += _said(each_problem(error))
    return Law(notices, standards.declared)


def _versions(folders: Sequence[Path], law: Law, errors: list[Problem]) -> list[Version]:
    """The versions that ship and those of the cities, which are checked like ours."""
    versions = list(_shipped().versions)
    own = [one for folder in folders if (folder / "programmes").is_dir() for one in (folder,)]
    for folder in own:
        read = read_versions(folder)
        errors += read.problems
        for version in read.versions:
            errors += version_problems(version, law)
        versions += read.versions
    if own:
        errors += problems_across(versions)
    return versions


def _wrong(city: City, layouts: Collection[str]) -> Iterator[Problem]:
    """What would only show when somebody is to be paid, or acts."""
    if not city.accounts:
        return
    file = _file(city, ACCOUNTS)
    known = {*layouts, *(path.stem for path in city.parts("layouts", "*.yaml"))}
    profiles = {*known, *(path.stem for path in city.parts("profiles", "*.yaml"))}
    aliases = {account.alias: account for account in city.accounts}
    for index, text in enumerate(file.data["accounts"]):
        account = aliases.get(str(text.get("alias"))) if isinstance(text, dict) else None
        if account is None:
            continue
        for field, name, names in (
            ("layout", account.layout, known),
            ("profile", account.profile, profiles),
        ):
            if name and name not in names:
                near = get_close_matches(name, names, 1)
                meant = f"是不是 {near[0]}？" if near else f"只有 {'、'.join(sorted(names))}"
                wrong = f"{account.alias} 的 {field} 写的 {name} 没有这个文件，{meant}"
                line = file.line(("accounts", index, field))
                yield Problem(file.path, line, "", wrong)


def _to_look_at(city: City, policies: Policies, since: date) -> Iterator[Problem]:
    """What is not there, and what becomes of it."""
    yield from _about(city)
    yield from _accounts(city, policies)
    for need in needs(city.code, policies, since):
        yield _unstated(city, need)
    for asked in duty_needs(city.code, policies, since):
        path = city.folder / "figures" / asked.name.partition(".")[0] / f"{city.code}.yaml"
        words = (
            f"{UNFILLED}：{asked.name} {asked.declared.label}（{asked.declared.why}）；"
            f"{asked.duty} 对 {asked.policy.name} 要用它在 {asked.on} 的数，没有就{asked.instead}，不转人工"
        )
        yield Problem(path, 1, "", words)


def _about(city: City) -> Iterator[Problem]:
    about = _file(city, ABOUT)
    if not city.accounts and city.about.payer == UNFILLED:
        yield Problem(about.path, about.line(("payer",)), "", f"{UNFILLED}：payer，付款单位的名称")
    if len(city.about.staff) < 2:
        words = f"{UNFILLED}：staff 不足两人，凡要两人经手的事都办不了"
        yield Problem(about.path, about.line(("staff",)), "", words)
    left_out = [
        f"{code} {name}"
        for code, name in published_regions().items()
        if lies_in(code, city.code) and not city.has(code)
    ]
    if left_out:
        words = f"公布的区划 {'、'.join(left_out)} 没有写在 districts 里，那里的申请不收"
        yield Problem(about.path, about.line(("districts",)), "", words)


def _accounts(city: City, policies: Policies) -> Iterator[Problem]:
    """The funds of the city's programmes that no account pays from, by district and by day."""
    path = city.folder / ACCOUNTS
    lines = _account_lines(city)
    for fund, titles in funds_paid(city.code, policies).items():
        name = f"{_FUND_NAMES[fund]}（{fund}）"
        serving = {
            district: [one for one in city.accounts if one.serves(fund, district)]
            for district in city.about.districts
        }
        without = [district for district, found in serving.items() if not found]
        if without:
            where = (
                "全市"
                if len(without) == len(serving)
                else "、".join(f"{one} {city.about.districts[one]}" for one in without)
            )
            some = f"{titles[0]}等 {len(titles)} 项" if len(titles) > 1 else titles[0]
            words = f"{UNFILLED}：{name}在 {where} 没有账户，{some}到期的钱付不出去"
            yield Problem(path, 1, "", words)
        for district, found in serving.items():
            days = [
                Days(one.from_, None if one.to == date.max else one.to, lines.get(one.alias, 1))
                for one in found
            ]
            for gap in gaps(days):
                words = f"{name}在 {district} 从 {gap.from_} 到 {gap.to} 没有账户，其间付不出去"
                yield Problem(path, gap.line, "", words)
            last = max(days, key=lambda one: one.last, default=None)
            if last is not None and last.to is not None:
                words = f"{name}在 {district} 的账户到 {last.to} 为止，之后付不出去"
                yield Problem(path, last.line, "", words)


def _account_lines(city: City) -> Mapping[str, int]:
    if not city.accounts:
        return {}
    file = _file(city, ACCOUNTS)
    return {
        text["alias"]: file.line(("accounts", index))
        for index, text in enumerate(file.data["accounts"])
        if isinstance(text, dict) and "alias" in text
    }


def _unstated(city: City, need: Need) -> Problem:
    """A figure that nobody states, where it is to be written."""
    path = city.folder / "figures" / need.group / f"{city.code}.yaml"
    declared = need.declared
    days = "、".join(span.words() for span in joined(one.days for one in need.asked))
    who = "、".join(dict.fromkeys(one.policy.name for one in need.asked))
    kind = "没有写全" if need.ever_stated else UNFILLED
    words = (
        f"{kind}：{need.name} {declared.label}（{declared.why}）；没有数的日子：{days}；"
        f"用到它的 {who} 一律转人工"
    )
    return Problem(path, _line(path, need.short), need.asked[0].cite, words)


def _line(path: Path, figure: str) -> int:
    """Where a figure stands; the first line where it does not, or where nobody can read the file."""
    try:
        return parsed(path).line((figure,))
    except FileProblem:
        return 1


def _file(city: City, name: str) -> Parsed:
    return parsed(city.folder / name)


def _said(problems: Sequence[FileProblem]) -> list[Problem]:
    return [Problem(one.path, one.line, "", one.message) for one in problems]


def _each_once(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
