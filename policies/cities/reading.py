"""Reading: a folder of one city, or a folder with a folder a city.

Out:    Cities
Holds:  nothing is left out in silence: what cannot be read names its file and line
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from events.values import Document
from policies.cities.accounts import both_pay
from policies.cities.model import AccountsFile, Cities, City, CityFile
from policies.vocabulary.files import FileProblem, Parsed, parsed
from policies.vocabulary.schema_words import error_in_words

ABOUT, ACCOUNTS = "city.yaml", "accounts.yaml"
_Model = TypeVar("_Model", bound=Document)


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


def read_cities(folder: Path) -> Cities:
    """Read every city under a folder.

    Raises: FileProblem
    """
    cities = tuple(map(read_city, city_folders(folder)))
    _apart(cities)
    return Cities(cities, digest_of(city.folder for city in cities))


def read_city(folder: Path) -> City:
    """Read one city's own words and accounts.

    Raises: FileProblem
    """
    about_file = parsed(folder / ABOUT)
    about = _valid(CityFile, about_file)
    for code in about.districts:
        if not code.startswith(about.code[:4]) or code == about.code:
            wrong = f"{code} 不是 {about.code} 的区划：前四位应相同"
            raise FileProblem(about_file.path, about_file.line(("districts", code)), wrong)
    path = folder / ACCOUNTS
    if not path.is_file():
        return City(folder, about, ())
    accounts_file = parsed(path)
    accounts = _valid(AccountsFile, accounts_file).accounts
    city = City(folder, about, accounts)
    for index, account in enumerate(accounts):
        line = accounts_file.line(("accounts", index))
        if [one.alias for one in accounts].index(account.alias) < index:
            raise FileProblem(path, line, f"账户 {account.alias} 写了两次")
        for district in account.districts:
            if not city.has(district):
                raise FileProblem(path, line, f"{district} 不在 {ABOUT} 的 districts 里")
    if found := both_pay(accounts):
        one, other, district = found
        line = accounts_file.line(("accounts", accounts.index(other)))
        wrong = (
            f"{one.alias} 与 {other.alias} 同时支付 {district} 的 {other.fund}：请用 from、to 分开"
        )
        raise FileProblem(path, line, wrong)
    return city


def digest_of(folders: Iterable[Path]) -> str:
    """SHA-256 over every file of the folders, by its name within them."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            content = path.read_bytes()
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            found.update(f"{name}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def _valid(model: type[_Model], file: Parsed) -> _Model:
    data: Any = file.data
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # a misspelled word comes before what then seems to be missing
        wrong = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        where = ".".join(map(str, wrong["loc"]))
        raise FileProblem(
            file.path, file.line(wrong["loc"]), f"{where}：{error_in_words(wrong)}"
        ) from error


def _apart(cities: tuple[City, ...]) -> None:
    """Two cities with one code, one alias or one member of staff cannot share a ledger.

    Raises: FileProblem
    """
    seen: dict[tuple[str, str], City] = {}
    for city in cities:
        named = [("城市", city.code)]
        named += [("账户", account.alias) for account in city.accounts]
        named += [("经办人员", member.id) for member in city.about.staff]
        for kind, name in named:
            other = seen.setdefault((kind, name), city)
            if other is not city:
                wrong = f"{kind} {name} 在 {other.folder} 里也有，同一台账内不得重复"
                raise FileProblem(city.folder / ABOUT, 1, wrong)
