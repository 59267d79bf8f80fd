"""PDF: typeset a sheet from plain data.

In:    a template of this directory, data as JSON knows it
Out:   PDF/A bytes: the same data give the same bytes
Holds: data never become markup; a character without a glyph is spelled out, never an empty box; a
       process looks through the directory of fonts once.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from services.documents.fonts import Fonts, fonts

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"

Data = Mapping[str, object]


def typeset(template: str, data: Data, node_modules: Path = NODE_MODULES) -> bytes:
    """Typeset one sheet.

    Raises: NoFonts
    """
    import typst

    known = fonts(node_modules)
    inputs = {
        "data": json.dumps(_drawable(data, known), ensure_ascii=False),
        "fonts": json.dumps(known.families),
    }
    made = typst.compile(
        str(_HERE / template),
        format="pdf",
        root=str(_HERE),
        font_paths=_looked_through(known.folder),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="a-2b",
    )
    assert isinstance(made, bytes)
    return made


@cache
def _looked_through(folder: Path) -> "typst.Fonts":
    """What the files of a directory of fonts are called: the typesetter opens every one to know."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _drawable(value: object, known: Fonts) -> object:
    match value:
        case str():
            return known.drawable(value)
        case Mapping():
            return {key: _drawable(inner, known) for key, inner in value.items()}
        case list() | tuple():
            return [_drawable(inner, known) for inner in value]
        case _:
            return value
