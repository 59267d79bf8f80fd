"""PDF: typeset a sheet from plain data.

In:    a template of this directory, data as JSON knows it
Out:   PDF/A bytes: the same data give the same bytes
Holds: data never become markup; a character without a glyph is spelled out, never an empty box.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from services.documents.fonts import Fonts, fonts

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
        font_paths=[str(known.folder)],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="a-2b",
    )
    assert isinstance(made, bytes)
    return made


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
