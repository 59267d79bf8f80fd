"""Overlay: the policies as they would be with some files of a directory in their place.

In:    a directory: a whole set of policies, or only `programmes/`, `parameters/` … with the files
       that change, or a city's own parameters as ``<group>/<jurisdiction>.yaml``
Out:   a whole set of policies, loaded
Holds: the shipped files are never written to.
"""

import shutil
import tempfile
from pathlib import Path

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


def overlaid(folder: Path, city: Path | None = None) -> Policies:
    """Load the shipped policies with a directory's files in their place.

    `city` is the directory of the figures that the city has set for its running ledger; a file of
    figures in `folder` takes the place of the city's file of that name.

    Raises: NoPolicies
    """
    if not folder.is_dir():
        raise NoPolicies(folder, "没有这个目录")
    try:
        parts = [part for part in _PARTS if (folder / part).is_dir()]
        if not parts:
            if not list(folder.glob("*/*.yaml")):
                raise NoPolicies(folder, "没有找到政策文件")
            if city is None:
                return Policies.load(overrides=folder)
            with tempfile.TemporaryDirectory(prefix="benefit-ledger-policies-") as made:
                for figures in (city, folder):
                    shutil.copytree(figures, made, dirs_exist_ok=True)
                return Policies.load(overrides=Path(made))
        with tempfile.TemporaryDirectory(prefix="benefit-ledger-policies-") as made:
            root = Path(made)
            for part in _PARTS:
                shutil.copytree(ROOT / part, root / part)
            for part in parts:
                shutil.copytree(folder / part, root / part, dirs_exist_ok=True)
            return Policies.load(root, overrides=city)
    except ValueError as error:
        raise NoPolicies(folder, str(error)) from error
