"""MT940 fields: a file as messages, and each message as fields with their lines.

In:   the text of a file, with or without SWIFT's blocks around its messages
Out:  a list of fields for each message; what stands outside every field, by line
Holds: every line of the file is in a field, part of an envelope, or named as outside
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_FIELD = re.compile(r":(?P<tag>[0-9]{2}[A-Z]?|NS):(?P<value>.*)")
_BLOCK = r"\{[1-35S]:(?:[^{}]|\{[^{}]*\})*\}"
_ENVELOPE = re.compile(rf"(?:-\}})?(?:{_BLOCK})*(?:\{{4:)?")
_CONTROLS = str.maketrans("", "", "\x00\x01\x02\x03\x04\x1a")
_FIRST = "20"


class MessageField(NamedTuple):
    """One field: the line where it begins, its tag, its value over one or several lines."""

    line: int
    tag: str
    value: str


class OutsideText(NamedTuple):
    """A line that belongs to no field."""

    line: int
    text: str


def messages_of(text: str) -> tuple[list[list[MessageField]], list[OutsideText]]:
    """Take a file apart; a message begins with its reference (`:20:`)."""
    messages: list[list[MessageField]] = []
    outside: list[OutsideText] = []
    ended = True
    for number, line in enumerate(_lines(text), start=1):
        if not (bare := _without_envelope(line)):
            ended = ended or bool(line.strip())
        elif found := _FIELD.fullmatch(bare):
            if found["tag"] == _FIRST or not messages:
                messages.append([])
            messages[-1].append(MessageField(number, found["tag"], found["value"]))
            ended = False
        elif ended:
            outside.append(OutsideText(number, bare))
        else:
            last = messages[-1][-1]
            messages[-1][-1] = last._replace(value=f"{last.value}\n{bare}")
    return messages, outside


def _lines(text: str) -> Iterable[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _without_envelope(line: str) -> str:
    """What a line says beside SWIFT's blocks; nothing where it only ends or begins a message."""
    bare = line.translate(_CONTROLS).rstrip()
    if bare.strip() == "-":
        return ""
    if bare.startswith(("-}", "{")):
        found = _ENVELOPE.match(bare)
        return bare[found.end() :] if found else bare
    return bare
