"""What a city plays stands in its folder: read strictly, refused with file and line, told when broken."""

import shutil
from pathlib import Path

import pytest

from policies.vocabulary.files import FileProblem
from services.demo.cast.city import NothingToPlay, played_city
from services.demo.cast.script import NAMED
from services.demo.checks.scene import Scene, SceneFinding
from services.demo.checks.summary import what_does_not_hold
from tests.example_cities import EXAMPLES

MONTH = "210400"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script of a city of its own, in a folder with that city alone."""
    shutil.copytree(EXAMPLES / MONTH, tmp_path / MONTH)
    return tmp_path / MONTH / "demo" / "script.yaml"


def changed(script: Path, before: str, after: str) -> FileProblem:
    """What is said of a script in which something stands otherwise."""
    text = script.read_text("utf-8")
    assert before in text
    script.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(FileProblem) as told:
        played_city(script.parents[2], MONTH)
    return told.value


def test_without_a_name_the_first_in_order_is_played_and_by_its_code_any_other() -> None:
    assert played_city(EXAMPLES).code != MONTH
    assert played_city(EXAMPLES, MONTH).code == MONTH
    with pytest.raises(NothingToPlay, match="999999") as told:
        played_city(EXAMPLES, "999999")
    assert MONTH in told.value.do


def test_a_city_without_a_script_is_left_out(script: Path) -> None:
    script.unlink()
    with pytest.raises(NothingToPlay):
        played_city(script.parents[2])


def test_a_word_that_nothing_reads_is_named_with_its_line(script: Path) -> None:
    problem = changed(script, "months_title:", "month_title:")
    assert problem.path == script
    line = script.read_text("utf-8").splitlines()[problem.line - 1]
    assert line.startswith("month_title:")


@pytest.mark.parametrize("name", NAMED)
def test_whom_the_checks_look_up_must_be_in_the_month(script: Path, name: str) -> None:
    assert name in changed(script, f"name: {name},", f"name: not-{name},").message


def test_one_person_does_not_prepare_and_release(script: Path) -> None:
    problem = changed(script, "checker: xu-lan", "checker: chen-bo")
    assert "四人" in problem.message


def test_days_out_of_order_are_refused(script: Path) -> None:
    assert "依次" in changed(script, "pays_on: 2021-11-19", "pays_on: 2021-11-29").message


def test_whatever_does_not_hold_is_said() -> None:
    sound, wrong = (SceneFinding(text=text, holds=text == "平") for text in ("平", "不平"))
    story = [
        Scene(name=title, title=title, seen=seen, when="", who="", path="/")
        for title, seen in (("如此", [sound]), ("另一件", [sound, wrong]), ("又一件", []))
    ]
    assert what_does_not_hold([sound, wrong], story) == ["不平", "另一件：不平", "又一件：没有发生"]
