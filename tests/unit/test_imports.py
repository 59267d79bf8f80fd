"""Names of ours collide with packages on the registry: ours must be the ones that are imported."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["events", "policies", "projections", "services"])
def test_the_package_that_is_imported_is_ours(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__file__ is not None
    assert Path(package.__file__).parent == ROOT / name


def test_every_handler_of_the_flow_is_there() -> None:
    from services.flow import PROCESSES

    for process in PROCESSES:
        module, _, function = process.handler.partition(":")
        assert callable(getattr(importlib.import_module(module), function)), process.handler
