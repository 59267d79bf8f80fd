"""Overlay: the policies as they would be with some files of a directory in their place.

In:    a directory: a whole set of policies, or only `programmes/`, `parameters/` … with the files
       that change, figures as ``<group>/<jurisdiction>.yaml``, or a city's whole folder
Out:   a whole set of policies, loaded
Holds: the shipped files are never written to.
"""

import shutil
import tempfile
from pathlib import Path

from policies.cities import NO_CITY, Cities, read_cities
from policies.cities.reading import ABOUT
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from services.runtime.errors import OperatingFailure

_PARTS = ("programmes", "parameters", "catalogues", "notices")


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
            return Policies.load(cities=read_cities(folder))
        parts = [part for part in _PARTS if (folder / part).is_dir()]
        if not parts:
            if not list(folder.glob("*/*.yaml")):
                raise NoPolicies(folder, "没有找到政策文件")
            return Policies.load(overrides=folder, cities=cities)
        with tempfile.TemporaryDirectory(prefix="benefit-ledger-policies-") as made:
            root = Path(made)
            for part in _PARTS:
                shutil.copytree(ROOT / part, root / part)
            for part in parts:
                shutil.copytree(folder / part, root / part, dirs_exist_ok=True)
            return Policies.load(root, cities=cities)
    except ValueError as error:
        raise NoPolicies(folder, str(error)) from error
