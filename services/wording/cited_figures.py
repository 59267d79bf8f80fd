"""cited figures: which figures a decision went by, each with its value, its first day and its document."""

from collections.abc import Mapping
from datetime import date

from policies.reference_data.bundle_texts import cited, read_bundle
from policies.reference_data.standards import Declared
from services.wording.figure_values import UNSOURCED, said_row
from services.wording.languages import marked as _
from services.wording.languages import translate

_CITED = _("{figure}：{value}，自 {day} 起，依据 {document}")
_UNSTATED = _("{figure}：{day} 无规定")


def cited_figures(text: str, day: date, declared: Mapping[str, Declared]) -> list[str]:
    """One line a figure, as a bundle's text has it on a day."""
    lines = []
    for name, span in cited(read_bundle(text), day):
        named = declared.get(name)
        figure = named.label if named else name
        if span is None:
            lines.append(translate(_UNSTATED, figure=figure, day=day))
            continue
        value = said_row(named, span.row) if named else str(span.row.value)
        document = span.document.replace("#", " ") or translate(UNSOURCED)
        lines.append(
            translate(_CITED, figure=figure, value=value, day=span.first, document=document)
        )
    return lines
