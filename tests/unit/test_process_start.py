"""Starting: every process says by what it goes, and none starts on a folder that does not check."""

import shutil
from pathlib import Path

import pytest

from services.flow import BY_NAME
from services.machine import process
from services.runtime import city
from services.runtime.city import policies_of
from services.runtime.configuration import configuration_of
from services.runtime.settings import Settings
from tests.own_programme import CITY


class Stopped(Exception):
    """As far as a test goes."""


@pytest.mark.parametrize("name", list(BY_NAME))
def test_a_process_names_its_configuration_before_anything_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, said = Settings(city=CITY), list[dict[str, str]]()

    class Log:
        def info(self, event: str, **values: str) -> None:
            said.append({"event": event, **values})

    async def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(city, "log", Log())
    monkeypatch.setattr(process, "configure", lambda *_: None)
    monkeypatch.setattr(process, "require_consistent_stores", stop)
    with pytest.raises(Stopped):
        process.run_process(name, settings)
    (line,) = said
    assert line["configuration"] == configuration_of(policies_of(settings))
    assert line["cities"] == "210500"


@pytest.mark.parametrize("name", list(BY_NAME))
def test_no_process_starts_on_rules_that_do_not_check(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(process, "configure", lambda *_: None)
    folder = Path(shutil.copytree(CITY, tmp_path / "210500"))
    path = folder / "programmes/returnee-post/210500-2022-03-01.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("quote: 到行政村驻村工作", "quote: 到社区工作"), encoding="utf-8")
    assert process.run_process(name, Settings(city=folder)) == process.EXIT_FAILED
    said = capsys.readouterr().err
    assert "210500-2022-03-01.yaml:15" in said
    assert "没有这句原文：到社区工作" in said


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CITY, tmp_path / "210500"))
    settings = Settings(city=folder)
    before = policies_of(settings)
    assert policies_of(settings) is before
    path = folder / "figures/returnee/210500.yaml"
    path.write_text(path.read_text("utf-8").replace("650", "660"), encoding="utf-8")
    after = policies_of(settings)
    assert after is not before
    assert configuration_of(after) != configuration_of(before)
