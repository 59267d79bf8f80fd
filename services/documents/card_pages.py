"""Card pages: policy cards as HTML files that need nothing beside them, and their index."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jinja2

from policies.authoring.card import Card
from services.wording.languages import translate

TEMPLATES = jinja2.PackageLoader("services.documents", "templates")
"""The templates of cards; a page of the workplace shows a card by the same."""

STATIC = Path(__file__).parent / "static"
_STYLE = STATIC / "card.css"


def card_html(card: Card) -> str:
    """A card as one file that needs nothing beside it."""
    sheet = _environment().get_template("card_sheet.html")
    return sheet.render(card=card, css=_STYLE.read_text(encoding="utf-8"))


def card_index_html(cards: Sequence[Card]) -> str:
    """The page that leads to the files of all cards."""
    return _environment().get_template("card_index.html").render(cards=cards)


@cache
def _environment() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=TEMPLATES,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["_"] = translate
    return templates
