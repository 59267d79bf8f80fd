"""Fonts: Noto Sans SC as the npm package ships it, in the form that the typesetter reads.

In:    `node_modules/@fontsource/noto-sans-sc`: a hundred small WOFF files for each weight
Out:   a directory of TrueType files, the names under which they are asked for, and every character
       that they can draw
Holds: made once for a version of the package, whole or not at all; a machine whose cache cannot be
       written makes them anew for each process.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from services.runtime.errors import OperatingFailure

PACKAGE = Path("@fontsource", "noto-sans-sc")
_FAMILY = "Noto Sans SC"
_WEIGHTS = ("400", "600")
_FILE = re.compile(r"noto-sans-sc-(.+)-([0-9]+)-normal\.woff")
_INDEX = "fonts.json"


class NoFonts(OperatingFailure):
    """The package of fonts is not installed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"没有找到中文字体 {folder}，不能生成 PDF。",
            "请先运行 make setup（它安装网页和 PDF 用的字体），再试一次。",
        )


class Fonts(NamedTuple):
    """Where the fonts are, their names in the order of asking, the characters that they draw."""

    folder: Path
    families: tuple[str, ...]
    drawn: frozenset[str]

    def drawable(self, text: str) -> str:
        """Text in which a character without a glyph is spelled out, ``[U+2A3B5]``."""
        if all(character in self.drawn or character == "\n" for character in text):
            return text
        return "".join(c if c in self.drawn or c == "\n" else f"[U+{ord(c):04X}]" for c in text)


@cache
def fonts(node_modules: Path) -> Fonts:
    """The fonts, made if this machine has not made them yet.

    Raises: NoFonts
    """
    package = node_modules / PACKAGE
    if not (package / "package.json").is_file():
        raise NoFonts(package)
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    folder = user_cache_path("benefit-ledger") / "fonts" / f"noto-sans-sc-{version}"
    if not (folder / _INDEX).is_file():
        folder = _made(package, folder)
    index = json.loads((folder / _INDEX).read_text("utf-8"))
    return Fonts(folder, tuple(index["families"]), frozenset(index["drawn"]))


def _made(package: Path, folder: Path) -> Path:
    """Convert into a directory beside the wanted one, and rename it when it is whole."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
    except OSError:
        building = folder = Path(tempfile.mkdtemp(prefix="benefit-ledger-fonts-"))
    families: dict[str, None] = {}
    drawn: set[str] = set()
    for family, characters in _converted(package / "files", building):
        families[family] = None
        drawn |= characters
    # digits and Latin letters are in several files; the one made for them goes first
    ordered = sorted(families, key=lambda name: (not name.endswith(" latin"), name))
    index = {"families": ordered, "drawn": "".join(sorted(drawn))}
    (building / _INDEX).write_text(json.dumps(index, ensure_ascii=False), "utf-8")
    if building != folder:
        try:
            building.rename(folder)
        except OSError:  # another process has made them meanwhile
            shutil.rmtree(building)
    return folder


def _converted(files: Path, into: Path) -> Iterator[tuple[str, set[str]]]:
    """Unpack every file and name it after its part, so that each can be asked for by itself."""
    from fontTools.ttLib import TTFont

    for file in sorted(files.glob("*.woff")):
        found = _FILE.fullmatch(file.name)
        if found is None or found[2] not in _WEIGHTS:
            continue
        family = f"{_FAMILY} {found[1]}"
        with TTFont(file, recalcBBoxes=False, recalcTimestamp=False) as font:
            for name in (1, 16):
                font["name"].setName(family, name, 3, 1, 0x409)
            characters = {chr(code) for code in font.getBestCmap()}
            font.flavor = None
            font.save(into / f"{file.stem}.ttf")
        yield family, characters
