"""ISO 20022: messages read and written only as their published schemas allow.

In:   XML of a bank, or a tree of ours
Out:  a checked tree; each breach of the schema with its line
Holds: no entity, document type or address of a message is ever followed
Source: docs/adr/0014-bank-files.md
"""

import re
from functools import cache
from importlib.metadata import distribution
from typing import NamedTuple

from lxml import etree

_URN = "urn:iso:std:iso:20022:tech:xsd:"
_MOST_BREACHES = 100
_CARRIERS = {
    "pain.001": "pain001",
    "pain.002": "pain001",
    "camt.052": "camt053",
    "camt.053": "camt053",
    "camt.054": "camt053",
}
"""Which distribution carries the schemas of which kind of message; none of them is imported."""

_BY_NEIGHBOURS = ("pain.002",)
"""Kinds of which a bank may send any version, and a library carries some."""


class Breach(NamedTuple):
    """Where a message is not as its schema wants it."""

    line: int
    text: str

    @property
    def is_length(self) -> bool:
        """Whether a text is only longer than the schema wants it, which changes nothing else."""
        return "[facet 'maxLength']" in self.text


class NotTheMessage(ValueError):
    """The bytes are no message of this kind and of a version whose schema is carried."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@cache
def schemas(kind: str) -> dict[str, str]:
    """Find the published schemas of a kind of message that a library carries, by version."""
    carrier = distribution(_CARRIERS[kind])
    found = {
        file.stem: str(carrier.locate_file(file))
        for file in carrier.files or ()
        if file.suffix == ".xsd" and file.stem.startswith(f"{kind}.001.")
    }
    return dict(sorted(found.items()))


@cache
def _schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schemas(version[:8])[version]))


def namespace(version: str) -> str:
    """Name the namespace of a message version."""
    return f"{_URN}{version}"


def read_message(raw: bytes, *kinds: str) -> tuple[etree._Element, str]:
    """Read a message of one of some kinds, such as `pain.002`, alone or in an envelope.

    Shape:  its root, and its version
    Raises: NotTheMessage
    """
    # huge_tree stays off and entities stay closed: the file comes from outside. Without its comments,
    # an amount that one stands in is whole again
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise NotTheMessage(error.lineno or 0, "不是完整的 XML") from error
    if root.getroottree().docinfo.doctype:
        raise NotTheMessage(1, "带有文档类型声明，不接收")
    message = _document(root)
    version = str(etree.QName(message).namespace or "").removeprefix(_URN)
    kind = next((kind for kind in kinds if version.startswith(f"{kind}.")), None)
    if kind is None:
        told = f"（是 {version[:60]}）" if version else ""
        raise NotTheMessage(message.sourceline or 1, f"不是 {'、'.join(kinds)} 报文{told}")
    if not _checkable(version, kind):
        carried = "、".join(schemas(kind))
        raise NotTheMessage(
            message.sourceline or 1, f"版本 {version} 没有随附的标准模式，可用版本：{carried}"
        )
    return message, version


def _document(root: etree._Element) -> etree._Element:
    """The message of a file, which may lie in an envelope beside its business header.

    Raises: NotTheMessage where there are several
    """
    if etree.QName(root).localname == "Document":
        return root
    found = list(root.iter("{*}Document"))
    if len(found) > 1:
        raise NotTheMessage(found[1].sourceline or 1, "一份文件只能有一个报文，这里是第二个")
    return found[0] if found else root


def _checkable(version: str, kind: str) -> bool:
    """Whether a version's schema is carried, or those of its neighbours may stand for it."""
    if kind in _BY_NEIGHBOURS:
        return re.fullmatch(rf"{re.escape(kind)}\.001\.[0-9]{{2}}", version) is not None
    return version in schemas(kind)


def breaches(root: etree._Element, version: str) -> list[Breach]:
    """Check a message against its published schema.

    Holds: a version whose schema is not carried keeps to that of the next later one that is, or to
           that of the one before; what breaks both is named by the later
    """
    if version in schemas(version[:8]):
        return _breaches(root, version)
    first: list[Breach] | None = None
    for neighbour in _neighbours(version):
        written = etree.tostring(root, encoding="utf-8", with_tail=False)
        as_neighbour = written.replace(namespace(version).encode(), namespace(neighbour).encode())
        above = (root.sourceline or 1) - 1
        found = [
            Breach(breach.line + above, breach.text)
            for breach in _breaches(etree.fromstring(as_neighbour), neighbour)
        ]
        if not found:
            return []
        first = first or found
    return first or []


def _neighbours(version: str) -> list[str]:
    """The carried versions beside one that is not: the next later, then the next earlier."""
    carried = list(schemas(version[:8]))
    later = [one for one in carried if one > version]
    earlier = [one for one in carried if one < version]
    return later[:1] + earlier[-1:]


def _breaches(root: etree._Element, version: str) -> list[Breach]:
    schema = _schema(version)
    if schema.validate(root):
        return []
    plain = f"{{{namespace(version)}}}"
    found = [Breach(error.line, error.message.replace(plain, "")) for error in schema.error_log]
    return sorted(found, key=lambda breach: breach.is_length)[:_MOST_BREACHES]
