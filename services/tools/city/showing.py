"""Showing: what is in force in a city on a day, and by which document.

In:   the policies with the cities; a city and a day
Out:  rows for a terminal: figures, accounts, districts, sources, staff, programmes of its own
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from policies.authoring.city_needs import taken
from policies.cities import BankAccount, City
from policies.engine import trace
from policies.engine.nodes import figures_used
from policies.engine.registry import Policies
from policies.reference_data.standards import NOT_STATED, FigureRow, Standards
from policies.vocabulary.places import FUNDS, jurisdictions
from services.banking.banks.of_cities import LAYOUTS, PROFILES
from services.banking.banks.registry import shipped_banks

_FUND_NAMES = {fund: name for name, fund in FUNDS.items()}
NOTHING = "没有数，转人工"


class ShownFigure(NamedTuple):
    """A figure on the day: what it is, since when, who says so, who asks for it."""

    name: str
    label: str
    value: str
    days: str
    document: str
    asked_by: str


class ShownAccount(NamedTuple):
    """Who pays out of a fund in which districts on the day."""

    fund: str
    districts: str
    account: str
    bank: str
    days: str


class ShownCity(NamedTuple):
    """Everything of one city on a day."""

    city: City
    day: date
    versions: int
    figures: list[ShownFigure]
    accounts: list[ShownAccount]
    programmes: list[str]

    def lines(self) -> Iterator[str]:
        """A sheet: who, figures, accounts, districts with their sources, staff, own programmes."""
        about = self.city.about
        yield f"{about.name} {about.code}，{self.day} 生效的（{self.city.folder}）"
        yield f"付款单位：{about.payer}；受理中的政策 {self.versions} 个版本"
        yield "参数（目录里写的；两人在台账上改的数见 benefit-ledger figures list）"
        for figure in self.figures:
            days = f"（{figure.days}）" if figure.days else ""
            yield f"  {figure.name} {figure.label}：{figure.value}{days}"
            yield f"    依据：{figure.document}"
            yield f"    用到它：{figure.asked_by}"
        yield "账户" if self.accounts else "账户：没有，什么也付不出去"
        for account in self.accounts:
            yield f"  {account.fund}，{account.districts}：{account.account}，{account.bank}，{account.days}"
        yield "区划和来源"
        for code, name in about.districts.items():
            from_ = [source for source, regions in about.sources.items() if code in regions]
            yield f"  {code} {name}：{'、'.join(from_) or '没有写明来源'}"
        yield "人员" if about.staff else "人员：没有"
        for member in about.staff:
            yield f"  {member.id} {member.name}，{member.role}"
        yield f"本市自己的项目：{'、'.join(self.programmes) or '没有'}"


def show_city(policies: Policies, city: City, day: date) -> ShownCity:
    """Put together what is in force."""
    asked: dict[str, list[str]] = {}
    here = [
        one.policy for one in taken(city.code, policies) if one.days.first <= day <= one.days.last
    ]
    for policy in here:
        for name in figures_used(policy.text):
            asked.setdefault(name, []).append(policy.text.title)
    figures = [
        _figure(name, titles, city.code, day, policies.standards)
        for name, titles in sorted(asked.items())
    ]
    own = {path.parent.name for path in city.parts("programmes", "*/*.yaml")}
    programmes = [policy.name for policy in here if policy.text.policy in own]
    return ShownCity(city, day, len(here), figures, list(_accounts(city, day)), programmes)


def _figure(
    name: str, titles: list[str], code: str, day: date, standards: Standards
) -> ShownFigure:
    declared = standards.declared[name]
    who = "、".join(dict.fromkeys(titles))
    found = _row_on(name, code, day, standards)
    if found is None:
        return ShownFigure(name, declared.label, NOTHING, "", declared.why, who)
    row, document = found
    days = trace.window(str(row.from_), str(row.to or ""))
    value = _value(row, declared.unit)
    if standards.figure(name, code).on(day.isoformat()) is None:
        value = f"{value}：{NOTHING}"
    return ShownFigure(name, declared.label, value, days, document, who)


def _row_on(name: str, code: str, day: date, standards: Standards) -> tuple[FigureRow, str] | None:
    """The row that counts on a day, and its document; what follows another figure by that one's."""
    for place in jurisdictions(code):
        for row in standards.stated.get((name, place), ()):
            if row.from_ <= day and (row.to is None or day <= row.to):
                if row.same_as is not None:
                    other = _row_on(row.same_as, code, day, standards)
                    same = f"同 {row.same_as}"
                    return (other[0], f"{same}：{other[1]}") if other else (row, same)
                return row, _document(row)
    return None


def _document(row: FigureRow) -> str:
    if row.cite is not None:
        return f"{row.cite}「{row.quote}」"
    return "系统默认，没有文件写明" if row.source == NOT_STATED else row.source or ""


def _value(row: FigureRow, unit: str) -> str:
    match row.value:
        case None:
            return f"同 {row.same_as}"
        case list(names):
            return "、".join(names)
        case dict(cells) if all(isinstance(cell, int) for cell in cells.values()):
            return "、".join(f"{key} {cell}" for key, cell in cells.items())
        case dict(cells):
            return f"表，共 {len(cells)} 行"
        case value:
            return f"{value}{f' {unit}' if unit else ''}"


def _accounts(city: City, day: date) -> Iterator[ShownAccount]:
    for account in city.accounts:
        if account.pays_on(day):
            until = "" if account.to == date.max else str(account.to)
            since = "" if account.from_ == date.min else str(account.from_)
            everywhere = set(account.districts) == set(city.about.districts)
            yield ShownAccount(
                _FUND_NAMES[account.fund],
                "全市" if everywhere else "、".join(_named(city, account.districts)),
                f"{account.alias} {account.title}（末四位 {account.last_four}）",
                f"{account.bank}，{_formats(city, account)}",
                trace.window(since, until) if since or until else "一直",
            )


def _formats(city: City, account: BankAccount) -> str:
    """How its bank is spoken to, and whether the city says so itself."""
    said = f"格式 {account.layout}{_whose(city, LAYOUTS, account.layout)}"
    if account.profile:
        said += f"，对账单 {account.profile}{_whose(city, PROFILES, account.profile)}"
    return said


def _whose(city: City, part: str, name: str) -> str:
    if name not in {path.stem for path in city.parts(part, "*.yaml")}:
        return ""
    return "（本市自有，先于随附的同名格式）" if name in shipped_banks() else "（本市自有）"


def _named(city: City, codes: tuple[str, ...]) -> Iterator[str]:
    for code in codes:
        yield f"{city.about.districts.get(code, '')} {code}".strip()
