"""The example cities as tests use them: their districts and accounts, without figures of their own."""

import shutil
from functools import cache
from pathlib import Path

from policies.cities import Cities, read_cities
from policies.engine.registry import Policies
from policies.engine.versions import ROOT, load_versions
from policies.reference_data.figure_reading import load_standards

EXAMPLES = Path(__file__).parents[1] / "cities"


@cache
def cities() -> Cities:
    """Every example city."""
    return read_cities(EXAMPLES)


def policies_with(figures: Path | None = None) -> Policies:
    """The shipped rules and the example cities; of figures that cities state only those of a directory."""
    return Policies(load_versions(ROOT), load_standards(ROOT / "parameters", figures), cities())


def city_with(figures: Path | None, folder: Path, code: str = "211200") -> Path:
    """Make a city's folder like the example, with other figures of its own or none."""
    shutil.copytree(EXAMPLES / code, folder)
    shutil.rmtree(folder / "figures", ignore_errors=True)
    if figures is not None:
        shutil.copytree(figures, folder / "figures")
    return folder
