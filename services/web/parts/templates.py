"""templates: a template and its figures become a page; strict, so that a missing figure is an error.

Holds: everything is escaped; nothing in a page is script or style
"""

import json
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from services.documents.card_pages import TEMPLATES as CARDS
from services.spreadsheets.page_table import PageTable
from services.web.parts import navigation
from services.web.request.scope import segment
from services.wording import figures
from services.wording.languages import LANGUAGES, chosen, translate
from services.wording.states import MARKS


def _gettext(text: str, **values: object) -> str:
    return translate(text, **values)


@cache
def environment() -> jinja2.Environment:
    """Make the template environment of these pages, once a process: its templates compile slowly."""
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("services.web", "templates"), CARDS]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        _=_gettext,
        groups_for=navigation.groups_for,
        group_of=navigation.group_of,
        page_of=navigation.page_of,
        languages=LANGUAGES,
        language=chosen,
        marks=MARKS,
        is_table=lambda value: isinstance(value, PageTable),
    )
    templates.filters.update(
        yuan=figures.yuan,
        wan=figures.wan,
        count=figures.count,
        day=figures.day,
        moment=figures.moment,
        clock=figures.clock,
        in_words=figures.in_words,
        pretty=pretty,
        segment=segment,
    )
    return templates


def pretty(value: Any) -> str:
    """Write a fact's body as people read JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def escaped(text: str) -> Markup:
    """Escape a text for a page."""
    return Markup.escape(text)
