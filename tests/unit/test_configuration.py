"""Configuration: one line for all that decides; whoever differs is named."""

import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import orjson
import pytest

from policies.cities import read_cities
from policies.engine.registry import Policies
from services.runtime.configuration import (
    PartitionConfiguration,
    configuration_of,
    differing,
    in_words,
)
from services.runtime.seals.checkpoint import decode, first_checkpoint
from tests.given_when_then import policies
from tests.own_programme import CITY


def digest(folder: Path) -> str:
    return Policies.load(cities=read_cities(folder)).digest


def test_the_same_files_in_another_place_are_the_same_configuration(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(CITY, tmp_path / "elsewhere" / "210500"))
    assert digest(copied) == digest(CITY)
    assert digest(CITY) != Policies.load().digest
    assert Policies.load().digest == Policies.load().digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("city.yaml", "payer: 本溪市人力", "payer: 本溪人力"),
        ("accounts.yaml", '"5521"', '"5522"'),
        ("figures/returnee/210500.yaml", "value: 650", "value: 651"),
        ("programmes/returnee-post/210500-2022-03-01.yaml", "max: 2Y", "max: 3Y"),
        ("duties/months.yaml", "listed: post.months,", "listed: post.months, settled: at_end,"),
    ],
)
def test_whatever_a_city_changes_is_another_configuration(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    folder = Path(shutil.copytree(CITY, tmp_path / "210500"))
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert digest(folder) != digest(CITY)


def test_a_figure_of_a_try_out_is_another_configuration(tmp_path: Path) -> None:
    figure = tmp_path / "local" / "211200.yaml"
    figure.parent.mkdir()
    figure.write_text("min_wage:\n- {from: 2022-01-01, value: 1, source: 试}\n", encoding="utf-8")
    assert Policies.load(overrides=tmp_path).digest != Policies.load().digest


def test_the_line_names_the_software_too() -> None:
    software, _, rules = configuration_of(Policies.load()).partition("/")
    assert software
    assert Policies.load().digest.startswith(rules)


A, B = "0.1.0/aaaa", "0.1.0/bbbb"


@pytest.mark.parametrize(
    ("lines", "own", "number"),
    [
        ([], A, 0),
        (["", ""], A, 0),
        ([A, A], None, 0),
        ([A, A], A, 0),
        ([A, "", A], A, 0),
        ([A, B], None, 2),
        ([A, A], B, 2),
    ],
)
def test_partitions_differ_among_each_other_or_from_us(
    lines: list[str], own: str | None, number: int
) -> None:
    seen = [PartitionConfiguration(at, line, "host:1") for at, line in enumerate(lines)]
    assert len(differing(seen, own)) == number


def test_the_words_name_desks_and_partitions() -> None:
    seen = [
        PartitionConfiguration(0, A, "east:7"),
        PartitionConfiguration(2, A, "east:7"),
        PartitionConfiguration(1, B, "west:9"),
    ]
    assert in_words(seen) == (
        "柜台 east:7 分区 0 2 按 0.1.0/aaaa；柜台 west:9 分区 1 按 0.1.0/bbbb"
    )


def test_a_checkpoint_that_says_nothing_of_it_is_still_read() -> None:
    written = orjson.loads(first_checkpoint("topic").encoded())
    for added in ("configuration", "desk"):
        del written[added]
    assert decode(orjson.dumps(written)) == first_checkpoint("topic")
    now = first_checkpoint("topic")._replace(configuration=A, desk="east:7")
    assert decode(now.encoded()) == now


def test_sources_that_are_not_installed_as_a_package_are_named_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in the image, which holds no metadata of a package."""

    def none_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("services.runtime.configuration.version", none_installed)
    assert configuration_of(policies()).startswith("sources/")
