"""Skeleton: the folder of a new city, with everything that it must still say written beside its place.

In:    the city's published code; the policies with what they leave open for it
Out:   the files by name: what is known is written, what is not stands as a comment to be filled in
Holds: nothing is invented: an example value is a comment, and the folder checks without an error
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import orjson

from policies.authoring.city_needs import Need, funds_paid, needs
from policies.cities.reading import ABOUT, ACCOUNTS, ROLES, UNFILLED
from policies.engine.registry import Policies
from policies.reference_data.regions import published_regions
from policies.reference_data.standards import Value
from policies.vocabulary.dated import joined
from policies.vocabulary.places import FUNDS, lies_in
from services.runtime.errors import OperatingFailure

_FUND_NAMES = {fund: name for name, fund in FUNDS.items()}
_REPOSITORY = Path(__file__).parents[3]
SCHEMAS = _REPOSITORY / "docs" / "reference" / "schemas" / "city"
FIRST = "first-application.json"
_UNCOMMENT = "#: "
"""What stands before lines that are to be filled in; taken away, they count."""


class NoSuchCity(OperatingFailure):
    """A code is no city of the province."""

    def __init__(self, code: str, cities: Mapping[str, str]) -> None:
        known = "、".join(f"{one} {name}" for one, name in cities.items())
        super().__init__(f"{code} 不是公布的城市代码。", f"可以写：{known}。")


class AlreadyThere(OperatingFailure):
    """The folder of a new city has something in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} 已经有文件，没有动它。", "请用 --into 另指一处，或在里面接着填写。"
        )


class NewCity(NamedTuple):
    """A city's name, and the text of each of its files by path."""

    folder: Path
    name: str
    files: Mapping[str, str]
    open_figures: int

    def write(self) -> list[Path]:
        """Write the files.

        Raises: AlreadyThere
        """
        if self.folder.exists() and any(self.folder.iterdir()):
            raise AlreadyThere(self.folder)
        written = []
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
        return written


def published_cities() -> Mapping[str, str]:
    """The cities of the province, by code."""
    return {
        code: name
        for code, name in published_regions().items()
        if code.endswith("00") and not code.endswith("0000")
    }


def new_city(code: str, into: Path) -> NewCity:
    """Make the texts of a city's folder.

    Raises: NoSuchCity
    """
    cities = published_cities()
    if code not in cities:
        raise NoSuchCity(code, cities)
    folder, name, policies = into / code, cities[code], Policies.load()
    districts = {
        one: title
        for one, title in published_regions().items()
        if one != code and lies_in(one, code)
    }
    asked = needs(code, policies)
    files = {
        "README.md": _readme(code, name, folder, asked),
        ABOUT: _about(code, name, districts, _schema(folder, "city.json")),
        ACCOUNTS: _accounts(
            funds_paid(code, policies), list(districts), _schema(folder, "accounts.json")
        ),
        FIRST: _first(next(iter(districts))),
    }
    for group, of_group in groupby(asked, key=lambda need: need.group):
        path = f"figures/{group}/{code}.yaml"
        schema = _schema((folder / path).parent, f"figures-{group}.json")
        files[path] = _figures(name, list(of_group), schema)
    path = f"figures/disclosure/{code}.yaml"
    files[path] = _disclosure(name, _schema((folder / path).parent, "figures-disclosure.json"))
    return NewCity(folder, name, files, len(asked))


def _schema(folder: Path, name: str) -> str:
    """The line by which an editor finds the schema; none where the documents are not at hand."""
    path = SCHEMAS / name
    if not path.is_file():
        return ""
    away = Path(os.path.relpath(path, folder.absolute())).as_posix()
    return f"# yaml-language-server: $schema={away}\n"


def _about(code: str, name: str, districts: Mapping[str, str], schema: str) -> str:
    lines = [
        f"{schema}# {name}：城市、区划、报送来源、人员。",
        f'code: "{code}"',
        f"name: {name}",
        f"payer: {UNFILLED}   # 付款文件上的付款单位全称",
        "",
        "# 下辖的区划：以下是公布的；本市自编的代码（市本级、开发区等）照样加一行。这里没有的地区，申请不收。",
        "districts:",
        *(f'  "{one}": {title}' for one, title in districts.items()),
        "",
        "# 哪个报送系统可以报哪些地区；一个来源报了别处的，会按名退回。只要列了，没有列的系统都不能报本市的，",
        f'# 银行、财政、民政的系统也要列，例如 bank.example: ["{code}"]；一个也不列（sources: {{}}）就都可以报。',
        "sources:",
        *(f'  district-{one}.hrss: ["{one}"]' for one in districts),
        "",
        f"# 登录启用以前的人员名单，至少两人：一人制单，另一人复核。角色只有 {'、'.join(ROLES)}。",
        "staff: []   # 去掉 []，把下面的行改成真名",
        *(
            f"{_UNCOMMENT}- {{id: {one}, name: 姓名, role: {role}}}"
            for one, role in zip(("maker", "checker", "reviewer", "auditor"), ROLES, strict=True)
        ),
        "",
        "# 公示名单上写的受理异议的单位和电话；没有写，就不能公示名单。",
        f"{_UNCOMMENT}objections: {{office: 科室, phone: 000-00000000}}",
        "",
        "# 财政（国库）按月给出数据的资金和自哪个月起；写上的资金，没有财政数据或三方不符就不能月结。",
        f"{_UNCOMMENT}treasury: {{employment_subsidy: 2022-01}}",
    ]
    return "\n".join(lines) + "\n"


def _accounts(funds: Mapping[str, Sequence[str]], districts: Sequence[str], schema: str) -> str:
    lines = [
        f"{schema}# 付款账户。账号全号不写在这里；alias 是账上用的简称，last_four 是末四位，agent 是联行号（12 位）。",
        "# 一个账户可以付几个区县（市级统筹）；同一资金、同一区县、同一天只能有一个账户。",
        "# layout 是银行的付款文件格式（city-csv、city-xlsx、iso-20022，或本目录 layouts/ 里的文件名）。",
        "accounts: []   # 去掉 []，把要用的例子改成真的",
    ]
    for number, (fund, titles) in enumerate(funds.items(), 1):
        lines += [
            "",
            f"# ── {_FUND_NAMES[fund]}：{_some(titles)} ──",
            f"{_UNCOMMENT}- alias: bank-{number}",
            f"{_UNCOMMENT}  bank: 银行名称",
            f'{_UNCOMMENT}  last_four: "0000"',
            f'{_UNCOMMENT}  agent: ""',
            f"{_UNCOMMENT}  fund: {fund}",
            f"{_UNCOMMENT}  districts: [{', '.join(f'{chr(34)}{one}{chr(34)}' for one in districts)}]",
            f"{_UNCOMMENT}  title: {_FUND_NAMES[fund]}",
            f"{_UNCOMMENT}  layout: city-csv",
            f"{_UNCOMMENT}  from: 2021-01-01",
        ]
    return "\n".join(lines) + "\n"


def _some(titles: Sequence[str]) -> str:
    return "、".join(titles[:4]) + (f"等 {len(titles)} 项" if len(titles) > 4 else "")


def _figures(city: str, open_: Sequence[Need], schema: str) -> str:
    """One group's figures: what each is, why the city sets it, which clause leaves it open, how to
    write it."""
    lines = [
        f"{schema}# {city}：文件留给市里定的数。没有写的日子和没有写的数，申请一律转人工，不作推定。",
        f"# 填法：去掉行首的“{_UNCOMMENT.strip()} ”，换成本市的数和文号。例子里的数不出自任何文件。",
        "# 数变了就再写一行，并给前一行加上 to: 前一天。",
    ]
    for need in open_:
        lines += ["", *_figure(need)]
    return "\n".join(lines) + "\n"


def _disclosure(city: str, schema: str) -> str:
    """The period of public lists: no rule asks for it, and without it no list is published."""
    lines = [
        f"{schema}# {city}：拟发放名单公示多久。文件没有列天数；没有写的日子，不能公示名单。",
        "# 填法同其他参数：期限写成 7D、1M；公布当天不算，末日是休息日的顺延。",
        "",
        f"{_UNCOMMENT}period:",
        f"{_UNCOMMENT}- {{from: 2021-01-01, value: 7D, source: 文号}}",
    ]
    return "\n".join(lines) + "\n"


def _figure(need: Need) -> Iterator[str]:
    declared = need.declared
    unit = f"，{declared.unit}" if declared.unit else ""
    yield f"# ── {declared.label}（{need.name}；{_WRITTEN[declared.type]}{unit}）──"
    yield f"# 为什么由市里定：{declared.why}"
    for cite, quote in dict.fromkeys((one.cite, one.quote) for one in need.asked):
        yield f"# 条款：{cite}" + (f"「{_one_line(quote)}」" if quote else "")
    days = "、".join(span.words() for span in joined(one.days for one in need.asked))
    titles = "、".join(dict.fromkeys(one.policy.text.title for one in need.asked))
    yield f"# 用到它：{titles}；没有数的日子：{days}"
    value = _written(declared.values[0] if declared.values else _EXAMPLES[declared.type])
    yield f"{_UNCOMMENT}{need.short}:"
    yield f"{_UNCOMMENT}- {{from: {need.first}, value: {value}, source: 文号}}"


_WRITTEN = {
    "count": "整数",
    "period": "期限，如 12M",
    "yuan": "元",
    "table": "分级的表，元",
    "month": "月份，如 2021-12",
    "fraction": "比例，如 30%、2/3",
    "list": "名单",
    "word": "选一个词",
    "rates": "职业和等级的表，元",
}
_EXAMPLES: Mapping[str, Value] = {
    "count": 12,
    "period": "12M",
    "yuan": 1000,
    "table": {"五级": 1000, "四级": 1500, "三级": 2000},
    "month": "2021-12",
    "fraction": "50%",
    "list": ["示例"],
    "rates": {"示例职业": {"五级": 1000}},
}


def _written(value: Value) -> str:
    match value:
        case list():
            return f"[{', '.join(value)}]"
        case dict():
            cells = (
                f"{key}: {_written(cell) if isinstance(cell, dict) else cell}"
                for key, cell in value.items()
            )
            return f"{{{', '.join(cells)}}}"
        case str() if len(value) == 7 and value[4] == "-":
            return f'"{value}"'
        case _:
            return str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _first(district: str) -> str:
    """An example application of the first district, for a first try of the rules."""
    message = orjson.loads(Path(__file__).with_name("first_application.json").read_bytes())
    message["source"] = f"district-{district}.hrss"
    message["data"]["region"] = district
    return orjson.dumps(message, option=orjson.OPT_INDENT_2).decode() + "\n"


def _readme(code: str, name: str, folder: Path, open_: Sequence[Need]) -> str:
    groups = list(dict.fromkeys(need.group for need in open_))
    rows = "\n".join(
        f"| `figures/{group}/{code}.yaml` | "
        f"{'、'.join(need.declared.label for need in open_ if need.group == group)} |"
        for group in groups
    )
    return f"""# {name}（{code}）的目录

本市自己定的一切都在这里，不改程序。每个文件里写好了已知的，没有人写明的作为注释留着，一项一项填。

| 文件 | 写什么 |
|---|---|
| `{ABOUT}` | 名称、付款单位、区划、报送来源、人员 |
| `{ACCOUNTS}` | 付款账户：哪项资金、哪些区县、哪家银行的格式、从哪天起 |
| `layouts/*.yaml`（需要时自建） | 本市银行的付款文件、回盘、对账单格式 |
| `notices/`、`programmes/`（需要时自建） | 本市自己的文件和补贴项目 |
| `{FIRST}` | 一份示例申请，用来试算 |
{rows}

## 步骤

1. 填 `{ABOUT}` 和 `{ACCOUNTS}`。
2. 逐个打开 `figures/` 里的文件，有文件定了数的，去掉行首的 `{_UNCOMMENT.strip()} `，写上数和文号；没有定的，留着不动，
   那些申请转人工。
3. 核对：`benefit-ledger city check {folder.as_posix()}`。“错误”必须改；“未填”的可以以后再填。
4. 试算：`benefit-ledger simulate {(folder / FIRST).as_posix()} --parameters {folder.as_posix()} --funded --decisions`。
5. 启动前设 `BENEFIT_LEDGER_CITY={folder.as_posix()}`；看现在生效的是什么：`benefit-ledger city show {folder.as_posix()}`。
"""
