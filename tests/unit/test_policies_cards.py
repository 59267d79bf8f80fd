"""Policy cards, on paper and as files: everything that a version says, and the same every time."""

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from policies.authoring.card import Card, policy_card
from services.cli.app import app
from services.documents.card_pages import card_html
from services.documents.card_sheets import card_pdf
from services.documents.fonts import NoFonts, fonts
from services.documents.pdf import NODE_MODULES, typeset
from services.tools.authoring.cards import (
    card_text,
    version_named,
    write_all,
)
from tests.given_when_then import policies

POLICIES = policies()
NAME = "skill-upgrade/211200-2022-01-01"


@pytest.fixture(scope="module")
def card() -> Card:
    return policy_card(version_named(POLICIES, NAME), POLICIES.standards, POLICIES.duties)


def words_of(pdf: bytes) -> str:
    """The text of a PDF without the spaces of its layout."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_card_on_paper_says_every_row_with_its_quote(card: Card) -> None:
    text = words_of(card_pdf(card))
    assert "".join(card.title.split()) in text
    for _, row in card.rows():
        assert "".join(row.quote.split()) in text, row
        assert "".join(row.note.split()) in text, row
    assert "▲" in text
    assert "负责人" in text


def test_paper_is_a4_numbered_and_carries_its_own_fonts(card: Card) -> None:
    pages = PdfReader(io.BytesIO(card_pdf(card))).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {
        (595, 842)
    }
    count = len(pages)
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{count}页" in "".join(page.extract_text().split())
        named = page["/Resources"]["/Font"].values()  # type: ignore[index]
        assert all("NotoSansSC" in str(font.get_object()["/BaseFont"]) for font in named)


def test_the_same_card_gives_the_same_bytes(card: Card) -> None:
    assert card_pdf(card) == card_pdf(card)


def test_a_character_without_a_glyph_is_spelled_out() -> None:
    known = fonts(NODE_MODULES)
    assert known.drawable("政策卡 2022 ≥") == "政策卡 2022 ≥"
    assert known.drawable("姓\U0002a3b5") == "姓[U+2A3B5]"


def test_what_a_card_says_never_becomes_markup(card: Card) -> None:
    evil = "#panic() *粗* $x$ [括号] <label> @cite \\ // ~"
    text = words_of(card_pdf(card._replace(title=evil)))
    assert "".join(evil.split()) in text
    assert "<script>" not in card_html(card._replace(title="<script>alert(1)</script>"))


def test_without_fonts_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoFonts, match="make setup"):
        typeset("card.typ", {}, tmp_path)


def test_a_card_as_a_file_needs_nothing_beside_it(card: Card) -> None:
    html = card_html(card)
    assert "src=" not in html
    assert "<link" not in html
    for _, row in card.rows():
        assert row.words in html
        assert row.quote in html


def test_every_version_has_a_card_in_both_forms(tmp_path: Path) -> None:
    moved: list[int] = []
    written = write_all(POLICIES, tmp_path, moved.append)
    count = len(list(POLICIES))
    assert moved[-1] == count
    assert len(written) == 2 * count + 1
    index = (tmp_path / "index.html").read_text("utf-8")
    for policy in POLICIES:
        assert (tmp_path / f"{policy.name}.pdf").read_bytes().startswith(b"%PDF")
        assert f'href="{policy.name}.html"' in index


def test_a_terminal_shows_the_card_too(card: Card) -> None:
    text = "\n".join(card_text(card))
    assert "每人每公历年不超过3次 —— 铁市就组发〔2022〕1号#八「" in text


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["policies", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_write_files(tmp_path: Path) -> None:
    run("card", NAME, "--pdf", "-o", str(tmp_path / "a.pdf"))
    run("card", NAME, "--html", "-o", str(tmp_path / "a.html"))
    run("questions", "-o", str(tmp_path / "q.xlsx"))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "q.xlsx").read_bytes().startswith(b"PK")
    assert "政策卡" in run("card", NAME)


def test_every_version_is_listed_with_its_window_and_state() -> None:
    listed = json.loads(run("list", "--json"))
    assert len(listed) == len(list(POLICIES))
    (row,) = [
        one
        for one in listed
        if (one["programme"], one["version"]) == ("skill-upgrade", "2022-01-01")
    ]
    assert row["jurisdiction"] == "铁岭市 211200"
    assert (row["window"], row["state"]) == ("2022-01-01起", "受理中")
