"""Reading: a folder of one city, or a folder with a folder a city.

Out:    Cities
Holds:  nothing is left out in silence: what cannot be read names its file and line
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from policies.cities.accounts import BankAccount, both_pay
from policies.cities.model import Cities, City, CityFile
from policies.reference_data.targets import Targets
from policies.vocabulary.files import (
    FileProblem,
    FileProblems,
    Parsed,
    each_problem,
    parsed,
    unread,
)
from policies.vocabulary.places import FUNDS
from policies.vocabulary.schema_words import file_problems

ABOUT, ACCOUNTS, TARGETS = "city.yaml", "accounts.yaml", "targets.yaml"
READ = (
    ABOUT,
    ACCOUNTS,
    TARGETS,
    "figures/*/*.yaml",
    "layouts/*.yaml",
    "profiles/*.yaml",
    "notices/*.yaml",
    "programmes/*/*.yaml",
    "cases/*.yaml",
    "cases/*/*.yaml",
    "cases/*/*/*.yaml",
    "duties/*.yaml",
)
"""The files of a city's folder."""
UNFILLED = "未填"
"""What a skeleton writes where the city must say something, and how such a remark begins."""

ROLES = ("财务 · 制单", "复核员 · 放行", "审核员", "审计员")
"""The roles that the workplace knows."""

_Model = TypeVar("_Model", bound=BaseModel)


def city_folders(folder: Path) -> tuple[Path, ...]:
    """The folders of the cities: the one that is named, or every one in it.

    Raises: FileProblem where there is none
    """
    if (folder / ABOUT).is_file():
        return (folder,)
    found = tuple(path.parent for path in sorted(folder.glob(f"*/{ABOUT}")))
    if not found:
        what = "不存在" if not folder.is_dir() else f"里没有 {ABOUT}，其下各目录里也没有"
        raise FileProblem(
            folder,
            1,
            f"本市的目录{what}：用 benefit-ledger city new 建一个，或改正 BENEFIT_LEDGER_CITY",
        )
    return found


def left_out(folder: Path) -> Iterator[FileProblem]:
    """The folders beside those of cities that hold files as a city does, without the one that says which.

    Holds: a city whose `city.yaml` is misspelt is not passed over in silence
    """
    if (folder / ABOUT).is_file() or not folder.is_dir():
        return
    for inner in sorted(folder.iterdir()):
        if not inner.is_dir() or inner.name.startswith(".") or (inner / ABOUT).is_file():
            continue
        for file in islice(unread(inner, ()), 1):
            wrong = f"{inner.name} 里没有 {ABOUT}，整个目录没有人读：补上，或把它移到别处"
            yield FileProblem(file, 1, wrong)


class CityRead(NamedTuple):
    """A city as far as it can be read, and everything wrong with its folder."""

    city: City | None
    problems: tuple[FileProblem, ...]


def read_cities(folder: Path) -> Cities:
    """Read every city under a folder.

    Raises: FileProblems, with everything that is wrong in any folder
    """
    read = tuple(map(city_read, city_folders(folder)))
    cities = tuple(one.city for one in read if one.city is not None)
    problems = [problem for one in read for problem in one.problems]
    problems += [*apart(cities), *left_out(folder)]
    if problems:
        raise FileProblems(problems)
    return Cities(cities, digest_of(cities))


def city_read(folder: Path) -> CityRead:
    """Read one city's own words and accounts, as far as they can be read."""
    problems = list(_misplaced(folder))
    about_file = _parsed(folder / ABOUT, problems)
    about = about_file and _valid(CityFile, about_file, about_file.data, problems)
    if about_file is None or about is None:
        return CityRead(None, tuple(problems))
    city = City(folder, about, ())
    problems += _about(city, about_file)
    if (folder / ACCOUNTS).is_file():
        file = _parsed(folder / ACCOUNTS, problems)
        city = city._replace(accounts=tuple(_accounts(city, file, problems)) if file else ())
        if city.accounts and about.payer == UNFILLED:
            wrong = f"payer 还没有填：付款文件会以“{UNFILLED}”的名义送到银行"
            problems.append(FileProblem(about_file.path, about_file.line(("payer",)), wrong))
    if (folder / TARGETS).is_file():
        file = _parsed(folder / TARGETS, problems)
        city = city._replace(targets=file and _valid(Targets, file, file.data, problems))
    return CityRead(city, tuple(problems))


def _about(city: City, file: Parsed) -> Iterator[FileProblem]:
    """Whether districts, sources and figures are the city's own."""
    about = city.about
    for code in about.districts:
        if not code.startswith(about.code[:4]) or code == about.code:
            wrong = f"{code} 不是 {about.code} 的区划：前四位应相同"
            yield FileProblem(file.path, file.line(("districts", code)), wrong)
    for source, regions in about.sources.items():
        for index, region in enumerate(regions):
            if not city.has(region):
                wrong = f"来源 {source} 的 {region} 不在 districts 里，这个来源报的件都收不了"
                yield FileProblem(file.path, file.line(("sources", source, index)), wrong)
    for fund in about.treasury:
        if fund not in FUNDS.values():
            wrong = f"没有名为 {fund} 的资金，只有 {'、'.join(FUNDS.values())}"
            yield FileProblem(file.path, file.line(("treasury", fund)), wrong)
    for index, member in enumerate(about.staff):
        if member.id in [one.id for one in about.staff[:index]]:
            wrong = f"经办人员 {member.id} 写了两次"
            yield FileProblem(file.path, file.line(("staff", index)), wrong)
        if member.role not in ROLES:
            wrong = f"{member.name} 的角色“{member.role}”没有人认得，只有 {'、'.join(ROLES)}"
            yield FileProblem(file.path, file.line(("staff", index)), wrong)
    for path in city.parts("figures", "*/*.yaml"):
        if not city.has(path.stem):
            wrong = f"{path.stem} 不是{about.name}或其区划，本市的目录只写本市的数字"
            yield FileProblem(path, 1, wrong)


def _accounts(city: City, file: Parsed, problems: list[FileProblem]) -> Iterator[BankAccount]:
    """The accounts that can be read, each by itself; alias, districts and days apart."""
    if not isinstance(file.data, dict) or not isinstance(file.data.get("accounts"), list):
        problems.append(FileProblem(file.path, 1, "应为 accounts: 和一个列表，没有账户写 []"))
        return
    for word in file.data:
        if word != "accounts":
            wrong = f"{word}：没有这个词，请核对拼写"
            problems.append(FileProblem(file.path, file.line((word,)), wrong))
    known = list[tuple[BankAccount, int]]()
    for index, text in enumerate(file.data["accounts"]):
        where = ("accounts", index)
        account = _valid(BankAccount, file, text, problems, where)
        if account is None:
            continue
        line = file.line(where)
        if any(one.alias == account.alias for one, _ in known):
            problems.append(FileProblem(file.path, line, f"账户 {account.alias} 写了两次"))
        if account.fund not in FUNDS.values():
            wrong = f"没有名为 {account.fund} 的资金，只有 {'、'.join(FUNDS.values())}"
            problems.append(FileProblem(file.path, file.line((*where, "fund")), wrong))
        for district in account.districts:
            if not city.has(district):
                wrong = f"{district} 不在 {ABOUT} 的 districts 里"
                problems.append(FileProblem(file.path, file.line((*where, "districts")), wrong))
        for other, other_line in known:
            if found := both_pay((other, account)):
                wrong = (
                    f"{other.alias}（第 {other_line} 行）与 {account.alias} 同时支付 {found[2]} 的 "
                    f"{account.fund}：请用 from、to 分开"
                )
                problems.append(FileProblem(file.path, line, wrong))
        known.append((account, line))
        yield account


def _misplaced(folder: Path) -> Iterator[FileProblem]:
    """The YAML files that nobody reads; what lies in `figures` is looked at where figures are read."""
    read = {path for form in READ for path in folder.glob(form)}
    for path in unread(folder, read):
        inner = path.relative_to(folder)
        if inner.parts[0] not in ("figures", "demo"):
            yield FileProblem(path, 1, f"没有人读这个文件；一个市的目录里只读 {'、'.join(READ)}")


def digest_of(cities: Iterable[City]) -> str:
    """SHA-256 over every file of the cities' folders, by its name within them: where a folder lies makes
    no difference."""
    found = hashlib.sha256()
    for city in cities:
        for path in sorted(city.folder.rglob("*.yaml")):
            content = path.read_bytes()
            name = f"{city.code}/{path.relative_to(city.folder).as_posix()}"
            found.update(f"{name}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def _parsed(path: Path, problems: list[FileProblem]) -> Parsed | None:
    try:
        return parsed(path)
    except FileProblem as error:
        problems += each_problem(error)
        return None


def _valid(
    model: type[_Model],
    file: Parsed,
    data: object,
    problems: list[FileProblem],
    where: tuple[str | int, ...] = (),
) -> _Model | None:
    """Read a part of a file by its model; what is wrong is said part by part."""
    try:
        return model.model_validate(data)
    except ValueError as error:
        problems += file_problems(file, error, where)
        return None


def apart(cities: tuple[City, ...]) -> Iterator[FileProblem]:
    """Two cities with one code, one alias or one member of staff cannot share a ledger."""
    seen: dict[tuple[str, str], City] = {}
    for city in cities:
        named = [("城市", city.code)]
        named += [("账户", account.alias) for account in city.accounts]
        named += [("经办人员", member.id) for member in city.about.staff]
        for kind, name in named:
            other = seen.setdefault((kind, name), city)
            if other is not city:
                wrong = f"{kind} {name} 在 {other.folder} 里也有，同一台账内不得重复"
                file = ACCOUNTS if kind == "账户" else ABOUT
                yield FileProblem(city.folder / file, 1, wrong)
