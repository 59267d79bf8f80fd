"""Forms: every kind of form of the pages, sent to both sides with a command id that no side takes.

Holds: nothing is done by it: an act is refused before it is asked for, and both must refuse alike
"""

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

_COMMAND = "command"
_NO_ID = "no-id-of-a-form"
_MULTIPART = "multipart/form-data"


class Form(NamedTuple):
    """A form that is sent with POST."""

    action: str
    multipart: bool
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What it asks for."""
        return tuple(sorted({*(name for name, _ in self.fields), *self.files}))


def forms(page: bytes, address: str) -> list[Form]:
    """The forms of a page that would do something, as they stand there, with an id that is none."""
    reader = _Forms()
    reader.feed(page.decode("utf-8", "replace"))
    return [form._replace(action=urljoin(address, form.action)) for form in reader.found]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method", "get").lower() == "post"
            if self._open:
                multipart = given.get("enctype", "") == _MULTIPART
                self.found.append(Form(given.get("action", ""), multipart, (), ()))
        elif self._open and tag == "option" and self._select:
            self._option(given)
        elif self._open and given.get("name"):
            self._select = given["name"] if tag == "select" else ""
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if tag not in ("input", "textarea", "button"):
            return
        form, name = self.found[-1], given["name"]
        if given.get("type") == "file":
            self.found[-1] = form._replace(files=(*form.files, name))
            return
        value = _NO_ID if name == _COMMAND else given.get("value", "")
        self.found[-1] = form._replace(fields=(*form.fields, (name, value)))

    def _option(self, given: dict[str, str]) -> None:
        form = self.found[-1]
        kept = dict(form.fields)
        if self._select not in kept or "selected" in given:
            others = tuple(field for field in form.fields if field[0] != self._select)
            field = (self._select, given.get("value", ""))
            self.found[-1] = form._replace(fields=(*others, field))
