"""Mutations of files that outsiders hand in: small and large accidents, each from a seed.

In:   the bytes of a good file, a source of chance
Out:  the bytes of a file in which something is wrong, or nothing is
"""

import io
import zipfile
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]

_ODD_CELLS = (
    "", '"', "'", ",", ";", "\t", "=1+1", '="0012"', "-", "--", "0", "0.00", "1,500.00", "(1.00)", "1e9",
    "1E+17", "NaN", "１２３", "٣", "99999999999999999999", "0.001", "2022-02-30", "2202-01-01", "20220",
    "合计", "总计", "冲正", "\u202e12", "\u0000", "\ufeff", "🀄", "甲" * 3_000, "B220831000100001", " ", "\u3000",
    "<a>", "]]>", "&amp;", "&x;", "USD", "9" * 500,
)  # fmt: skip


def _place(raw: bytes, chance: Random) -> int:
    return chance.randrange(len(raw) + 1)


def cut(raw: bytes, chance: Random) -> bytes:
    """The end is missing."""
    return raw[: _place(raw, chance)]


def beheaded(raw: bytes, chance: Random) -> bytes:
    """The beginning is missing."""
    return raw[_place(raw, chance) :]


def flipped(raw: bytes, chance: Random) -> bytes:
    """A few bits are turned."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def inserted(raw: bytes, chance: Random) -> bytes:
    """Some bytes are there that do not belong."""
    at = _place(raw, chance)
    return raw[:at] + chance.randbytes(chance.choice((1, 2, 40))) + raw[at:]


def repeated(raw: bytes, chance: Random) -> bytes:
    """A piece stands twice."""
    first, last = sorted((_place(raw, chance), _place(raw, chance)))
    return raw[:last] + raw[first:last] + raw[last:]


def removed(raw: bytes, chance: Random) -> bytes:
    """A piece is missing in the middle."""
    first = _place(raw, chance)
    return raw[:first] + raw[first + chance.randrange(1, 60) :]


def lines_moved(raw: bytes, chance: Random) -> bytes:
    """Lines are missing, twice there, or in another order."""
    lines = raw.splitlines(keepends=True)
    if not lines:
        return raw
    at = chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at])
        case _:
            chance.shuffle(lines)
    return b"".join(lines)


def cell_changed(raw: bytes, chance: Random) -> bytes:
    """A cell, or what stands between two tags, says something odd."""
    encoding = chance.choice(("utf-8", "utf-8", "gb18030"))
    odd = chance.choice(_ODD_CELLS).encode(encoding, "surrogatepass")
    stops = [at for at, byte in enumerate(raw) if byte in b",<>\n|;"]
    if len(stops) < 2:
        return raw + odd
    at = chance.randrange(len(stops) - 1)
    return raw[: stops[at] + 1] + odd + raw[stops[at + 1] :]


def encoded_otherwise(raw: bytes, chance: Random) -> bytes:
    """The same text in another encoding, with or without its mark."""
    text = raw.decode("utf-8-sig", "ignore")
    return text.encode(
        chance.choice(("gb18030", "utf-16", "utf-16-le", "utf-8-sig", "big5")), "ignore"
    )


TEXT_MUTATIONS: tuple[Mutation, ...] = (
    cut,
    beheaded,
    flipped,
    inserted,
    repeated,
    removed,
    lines_moved,
    cell_changed,
    cell_changed,
    encoded_otherwise,
)
BYTE_MUTATIONS: tuple[Mutation, ...] = (
    cut,
    beheaded,
    flipped,
    flipped,
    inserted,
    repeated,
    removed,
)


def mutated_text(raw: bytes, chance: Random) -> bytes:
    """A text after one accident, or a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        raw = chance.choice(TEXT_MUTATIONS)(raw, chance)
    return raw


def mutated_bytes(raw: bytes, chance: Random) -> bytes:
    """A file of any kind after one accident, or a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        raw = chance.choice(BYTE_MUTATIONS)(raw, chance)
    return raw


def mutated_workbook(raw: bytes, chance: Random) -> bytes:
    """A workbook whose packing, or one of whose parts, had an accident."""
    if chance.random() < 0.25:
        return mutated_bytes(raw, chance)
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(held, "w") as new:
        hit = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == hit:
                match chance.randrange(6):
                    case 0:
                        continue
                    case 1:
                        content = mutated_bytes(content, chance)
                    case _:
                        content = mutated_text(content, chance)
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return held.getvalue()
