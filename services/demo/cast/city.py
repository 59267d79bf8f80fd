"""City: the one that is played: its names, its bank accounts, its script.

In:   the folder of a city, or a folder with a folder a city
Out:  PlayedCity
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from policies.cities import BankAccount, Cities, City, read_cities
from services.demo.cast.script import Script, scripts
from services.runtime.errors import OperatingFailure


class NothingToPlay(OperatingFailure):
    """No city of the folder has a rehearsal, or not the one that was named."""

    def __init__(self, folder: Path, named: str, known: list[str]) -> None:
        which = f"{named} 没有演示" if named else "没有一个城市带演示"
        super().__init__(
            f"{folder} 里 {which}。",
            f"可演的有 {'、'.join(known)}。"
            if known
            else "城市的目录里要有 demo/script.yaml，写法照仓库 cities 里的例子。",
        )


class PlayedCity(NamedTuple):
    """One city as the rehearsal knows it; districts and staff have names by code and id.

    Shape:  `cities` is this city alone
    """

    code: str
    name: str
    payer: str
    script: Script
    cities: Cities
    accounts: Mapping[str, BankAccount]
    staff: Mapping[str, str]
    districts: Mapping[str, str]

    def account_for(self, fund: str, district: str) -> BankAccount | None:
        """Find the account that pays out of a fund in a district."""
        return next((one for one in self.accounts.values() if one.serves(fund, district)), None)


def played_city(folder: Path, named: str = "") -> PlayedCity:
    """The city that is named, or the first of the folder.

    Raises: NothingToPlay, FileProblem
    """
    cities = read_cities(folder)
    playable = scripts({city.code: city.folder for city in cities})
    code = named or next(iter(playable), "")
    if code not in playable:
        raise NothingToPlay(folder, named, list(playable))
    own = cities.by_code[code]
    return _played(own, playable[code], Cities((own,), cities.digest))


def _played(city: City, script: Script, cities: Cities) -> PlayedCity:
    return PlayedCity(
        city.code,
        city.name,
        city.about.payer,
        script,
        cities,
        cities.accounts,
        {member.id: member.name for member in city.about.staff},
        city.about.districts,
    )
