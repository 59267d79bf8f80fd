"""ISO 20022: messages read and written only as their published schemas allow.

In:   XML of a bank, or a tree of ours
Out:  a checked tree; each breach of the schema with its line
Holds: no entity, document type or address of a message is ever followed
Source: docs/adr/0014-bank-files.md
"""

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


class Breach(NamedTuple):
    """Where a message is not as its schema wants it."""

    line: int
    text: str


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


def read_message(raw: bytes, kind: str) -> tuple[etree._Element, str]:
    """Read a message of a kind such as `pain.002`.

    Shape:  its root, and its version
    Raises: NotTheMessage
    """
    # huge_tree stays off and entities stay closed: the file comes from outside
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise NotTheMessage(error.lineno or 0, "不是完整的 XML") from error
    if root.getroottree().docinfo.doctype:
        raise NotTheMessage(1, "带有文档类型声明，不接收")
    version = str(etree.QName(root).namespace or "").removeprefix(_URN)
    if not version.startswith(f"{kind}."):
        raise NotTheMessage(1, f"不是 {kind} 报文")
    if version not in schemas(kind):
        carried = "、".join(schemas(kind))
        raise NotTheMessage(1, f"版本 {version} 没有随附的标准模式，可用版本：{carried}")
    return root, version


def breaches(root: etree._Element, version: str) -> list[Breach]:
    """Check a message against its published schema."""
    schema = _schema(version)
    if schema.validate(root):
        return []
    plain = f"{{{namespace(version)}}}"
    found = [Breach(error.line, error.message.replace(plain, "")) for error in schema.error_log]
    return found[:_MOST_BREACHES]
