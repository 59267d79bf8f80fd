"""Overlay: the policies as they would be with some files of a directory in their place.

In:    a directory: a whole set of policies, or only `programmes/`, `parameters/` … with the files
       that change, figures as ``<group>/<jurisdiction>.yaml``, or a city's whole folder
Out:   a whole set of policies, loaded
Holds: neither the shipped files nor a city's are ever written to; a file goes in the place of the
       one of its name, whether that ships or is a city's own.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from policies.cities import NO_CITY, Cities, City, read_cities
from policies.cities.reading import ABOUT
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from services.runtime.errors import OperatingFailure

_PARTS = ("programmes", "parameters", "catalogues", "notices")
_OF_CITY = {"parameters": "figures"}
"""What a city calls its folder where it is not called as ours."""


class NoPolicies(OperatingFailure):
    """A directory holds nothing that could be a policy."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"{folder} 不能作为政策读入：{why}。",
            "目录里应有 programmes/、parameters/ 等改动后的文件，或 <组>/<地区>.yaml 形式的参数。",
        )


def overlaid(folder: Path, cities: Cities = NO_CITY) -> Policies:
    """Load the shipped policies and those of the cities, with a directory's files in their place.

    Figures in `folder` go before those of the cities; a city's whole folder takes their place.

    Raises: NoPolicies
    """
    if not folder.is_dir():
        raise NoPolicies(folder, "没有这个目录")
    try:
        if (folder / ABOUT).is_file():
            return Policies.load(cities=cities.with_those_of(read_cities(folder)))
        parts = [part for part in _PARTS if (folder / part).is_dir()]
        if not parts:
            if not list(folder.glob("*/*.yaml")):
                raise NoPolicies(folder, "没有找到政策文件")
            return Policies.load(overrides=folder, cities=cities)
        with tempfile.TemporaryDirectory(prefix="benefit-ledger-policies-") as made:
            root = Path(made)
            for part in _PARTS:
                shutil.copytree(ROOT / part, root / part)
            own = [_copied(city, root / city.code) for city in cities]
            for part in parts:
                _lay_over(folder / part, part, root, own)
            return Policies.load(root, cities=Cities(tuple(own), cities.digest))
    except ValueError as error:
        raise NoPolicies(folder, str(error)) from error


def _copied(city: City, folder: Path) -> City:
    """A city whose rules lie in another folder."""
    shutil.copytree(city.folder, folder)
    return city._replace(folder=folder)


def _lay_over(changed: Path, part: str, root: Path, cities: Iterable[City]) -> None:
    """Put files in the places of those of their names; what is new goes to what ships."""
    for path in sorted(one for one in changed.rglob("*") if one.is_file()):
        inner = path.relative_to(changed)
        whole = [(one.folder / _OF_CITY.get(part, part) / inner) for one in cities]
        place = next((one for one in whole if one.is_file()), root / part / inner)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
