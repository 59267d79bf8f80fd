"""What the documents tell people to type works, word for word."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from typer.testing import CliRunner

from services.cli.app import app
from services.demo.cast.city import played_city
from tests.example_cities import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("[ht]*/*.md"))]
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`((?:benefit-ledger|make) [^`]+)`")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [text for kind, text in _BLOCK.findall(page.read_text("utf-8")) if kind == language]


def commands(page: Path) -> Iterator[list[str]]:
    """Every command of a page, in its blocks and in its sentences."""
    text = page.read_text("utf-8")
    lines = [*_NAMED.findall(text)]
    for block in blocks(page, ""):
        lines += block.replace("\\\n", " ").splitlines()
    for line in lines:
        for part in re.split(r"[|;&]|\s<\s|\s>\s", line.partition("  #")[0]):
            words = shlex.split(part, comments=True)
            if words[:1] in (["benefit-ledger"], ["make"]) and "…" not in words:
                yield words


WRITTEN = sorted(
    {(page.relative_to(ROOT).as_posix(), *c) for page in PAGES for c in commands(page)}
)


@pytest.mark.parametrize("written", [w for w in WRITTEN if w[1] == "benefit-ledger"], ids=" ".join)
def test_a_command_and_its_options_exist(written: tuple[str, ...]) -> None:
    words = list(written[2:])
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in command.commands, f"{written[0]}: there is no command {name}"
        command = command.commands[name]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    options = {word.partition("=")[0] for word in words if word.startswith("-") and len(word) > 1}
    assert options <= known | {"--help"}, f"{written[0]}: {sorted(options - known)}"


@pytest.mark.parametrize("written", [w for w in WRITTEN if w[1] == "make"], ids=" ".join)
def test_a_target_exists(written: tuple[str, ...]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for word in written[2:]:
        assert word in targets or re.fullmatch(r"[A-Z]+=.*", word), written


def test_a_case_is_tried_word_for_word(tmp_path: Path) -> None:
    """Sections 1, 2 and 4 of `try-a-case`: its messages as they stand there, its command."""
    page = ROOT / "docs/how-to/try-a-case.md"
    application, payment = blocks(page, "json")
    (command,) = [c for c in commands(page) if c[1:2] == ["simulate"] and len(c) > 2]
    case = tmp_path / command[2]

    case.write_text(application)
    (told,) = _simulated(case, *command[3:])
    assert (told["outcome"], told["amount_fen"]) == ("granted", 150_000)
    case.write_text(application + payment)
    (told,) = _simulated(case, *command[3:])
    assert (told["outcome"], told["amount_fen"]) == ("granted", 150_000)
    facts = _simulated(case, "--funded")
    kinds = [fact["type"] for fact in facts]
    assert "MessageRefused" not in kinds
    (settled,) = [fact for fact in facts if fact["type"] == "DisbursementSettled"]
    assert settled["body"]["value_on"] == "2022-09-06"
    assert kinds.index("BatchReleased") < kinds.index("DisbursementSettled")


def test_a_city_is_set_up_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections 1 to 6 of `set-up-your-city`, in their order: its commands, its files as they stand there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cities").symlink_to(ROOT / "cities")
    told: list[dict[str, Any]] = []
    checked = 0
    for language, text in _BLOCK.findall(
        (ROOT / "docs/how-to/set-up-your-city.md").read_text("utf-8")
    ):
        if language == "yaml":
            head, _, body = text.partition("\n")
            file = tmp_path / head.removeprefix("# ")
            file.parent.mkdir(exist_ok=True)
            file.write_text(body, "utf-8")
            continue
        for words in map(shlex.split, text.splitlines()):
            if words[:2] == ["cp", "-r"]:
                shutil.copytree(words[2], words[3], dirs_exist_ok=True)
            elif words[0] == "benefit-ledger":
                result = CliRunner().invoke(app, words[1:])
                assert result.exit_code == 0, (words, result.output)
                checked += words[2] == "check"
                if words[1] == "simulate":
                    told.append(orjson.loads(result.output))
                if words[2] == "show":
                    assert "my-4101" in result.output
                    assert "示例数字，非文件所载" in result.output
    first, second = told
    assert (first["outcome"], first["code"]) == ("referred", "NOT_STATED")
    assert (second["outcome"], second["amount_fen"]) == ("granted", 95_000)
    assert any("一次性求职创业补贴标准，950.00元" in line for line in second["trail"])
    assert checked == 2
    played = played_city(tmp_path / "my-cities", "210400")
    assert set(played.accounts) == set(played_city(EXAMPLES, "210400").accounts)


def _simulated(case: Path, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["simulate", str(case), *options])
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.output.splitlines()]
