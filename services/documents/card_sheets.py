"""Cards on paper: a policy card as a PDF of A4 sheets."""

from pathlib import Path

from policies.authoring.card import Card
from services.documents.pdf import NODE_MODULES, typeset


def card_pdf(card: Card, node_modules: Path = NODE_MODULES) -> bytes:
    """Typeset a card; the same card gives the same bytes.

    Raises: NoFonts
    """
    sections = [
        {"name": section.name, "rows": [row._asdict() for row in section.rows]}
        for section in card.sections
    ]
    return typeset("card.typ", {**card._asdict(), "sections": sections}, node_modules)
