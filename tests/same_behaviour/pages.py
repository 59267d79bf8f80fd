"""Pages: the same addresses from both sides over one database, from the first page on.

In:   the addresses of two servers; where to begin
Out:  every page, file and export that links lead to, bounded, equal to the byte or not
Holds: both are asked at the same moment; what differs is asked for again, so that only what differs
       each time counts; workbooks are compared by their cells, everything else whole
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.same_behaviour.comparing import (
    Part,
    bytes_difference,
    json_difference,
    workbook_difference,
)
from tests.same_behaviour.forms import Form, forms
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.stripping import Strip

_LOOKS = 3
_SECONDS = 60.0
_HEADERS = (
    "content-type",
    "content-disposition",
    "location",
    "cache-control",
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
)
_WORKBOOK = "spreadsheetml"
_LINKS = ("href", "src", "hx-get", "action")


class Given(NamedTuple):
    """What a server has answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The type of its content."""
        return self.headers.get("content-type", "")


class Kinds:
    """Chooses what is fetched next, so that every kind of page gets its share."""

    def __init__(self, first: Iterable[str]) -> None:
        self._waiting = list(dict.fromkeys(first))
        self._known = set(self._waiting)
        self._taken: Counter[object] = Counter()

    def add(self, addresses: Iterable[str]) -> None:
        """Remember addresses that were not seen before."""
        for address in addresses:
            if address not in self._known:
                self._known.add(address)
                self._waiting.append(address)

    def next(self) -> str | None:
        """The address whose kind was fetched least so far; None when all are fetched."""
        if not self._waiting:
            return None
        place = min(range(len(self._waiting)), key=lambda at: self._turn(self._waiting[at]))
        address = self._waiting.pop(place)
        self._taken[kind_of(address)] += 1
        self._taken[_group(address)] += 1
        return address

    def _turn(self, address: str) -> tuple[int, int]:
        return self._taken[kind_of(address)], self._taken[_group(address)]

    @property
    def kinds(self) -> int:
        """How many kinds of pages were fetched."""
        return sum(1 for one in self._taken if isinstance(one, tuple))

    @property
    def left(self) -> int:
        """How many known addresses were not fetched."""
        return len(self._waiting)


def kind_of(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What kind of page an address leads to: its path without ids, and what it asks for."""
    parts = urlsplit(address)
    path = "/".join("*" if _is_id(name) else name for name in parts.path.split("/"))
    asked = sorted(
        (name, value if name in ("format", "lang") else "")
        for name, value in parse_qsl(parts.query)
    )
    return path, tuple(asked)


def links(page: bytes, address: str) -> list[str]:
    """The addresses inside the workplace that a page leads to."""
    reader = _Links()
    reader.feed(page.decode("utf-8", "replace"))
    found = []
    for link in reader.found:
        whole = urljoin(address, link).partition("#")[0]
        if whole.startswith("/") and not whole.startswith("//"):
            found.append(whole)
    return list(dict.fromkeys(found))


def given_difference(before: Given, after: Given, strip: Strip, hosts: Sequence[str]) -> str | None:
    """How two answers differ."""
    if before.status != after.status:
        return f"status {before.status} before, {after.status} after"
    if found := json_difference(before.headers, after.headers):
        return f"header {found}"
    if before.body == after.body:
        return None
    if _WORKBOOK in before.kind:
        return workbook_difference(before.body, after.body, strip.workbook)
    if "html" not in before.kind:
        return bytes_difference(before.body, after.body)
    ours, theirs = (
        strip.page(given.body.decode(), host).encode()
        for given, host in zip((before, after), hosts, strict=True)
    )
    return bytes_difference(ours, theirs)


def compare_pages(
    before: str, after: str, first: Sequence[str], most: int, strip: Strip, screen: Screen
) -> list[Part]:
    """Fetch from both servers, and compare.

    Shape:  pages, files (exports, papers, scripts, data) and answers to forms apart
    """
    asked: dict[tuple[object, ...], Form] = {}
    pages, files = Part("pages", "pages"), Part("exports and other files", "files")
    kinds, again, statuses = Kinds(first), 0, Counter[int]()
    hosts = [urlsplit(base).netloc for base in (before, after)]
    with (
        screen.bar("pages", most) as moved,
        httpx.Client(base_url=before, timeout=_SECONDS) as ours,
        httpx.Client(base_url=after, timeout=_SECONDS) as theirs,
        ThreadPoolExecutor(2) as pool,
    ):
        for number in range(1, most + 1):
            address = kinds.next()
            if address is None:
                break
            looks = 0
            while True:
                given, other = pool.map(_get, (ours, theirs), (address, address))
                where = given_difference(given, other, strip, hosts)
                looks += 1
                if where is None or looks == _LOOKS:
                    break
            again += looks > 1 and where is None
            statuses[given.status] += 1
            (pages if "html" in given.kind else files).note(address, where)
            if "html" in given.kind:
                kinds.add(links(given.body, address))
                for form in forms(given.body, address):
                    asked.setdefault((kind_of(form.action), form.names), form)
            kinds.add(_inside(given.headers.get("location"), address))
            moved(number)
    told = ", ".join(f"{count} with {status}" for status, count in sorted(statuses.items()))
    screen.tell(
        f"{kinds.kinds} kinds of addresses ({told}); {kinds.left:,} known addresses were beyond the "
        f"bound; {again} differed at first and were equal when asked again"
    )
    return [pages, files, compare_forms(before, after, list(asked.values()), strip, screen)]


def compare_forms(
    before: str, after: str, asked: Sequence[Form], strip: Strip, screen: Screen
) -> Part:
    """Send each form to both servers, with an id that none takes."""
    part = Part("forms with a wrong id, refused alike", "forms")
    bases = before, after
    hosts = [urlsplit(base).netloc for base in bases]
    with screen.bar("forms", len(asked)) as moved, ThreadPoolExecutor(2) as pool:
        for number, form in enumerate(asked, 1):
            one, other = pool.map(_post, bases, (form, form))
            named = f"{form.action} {', '.join(form.names)}"
            part.note(named, given_difference(one, other, strip, hosts))
            moved(number)
    return part


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        posts = tag == "form" and (attributes.get("method") or "get").lower() != "get"
        for name, value in attributes.items():
            is_link = name in _LINKS or name.startswith("data-")
            if value and is_link and not posts and value[0] in "/?":
                self.found.append(value)


def _get(client: httpx.Client, address: str) -> Given:
    return _given(client.get(address))


def _given(answer: httpx.Response) -> Given:
    headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    return Given(answer.status_code, headers, answer.content)


def _post(base: str, form: Form) -> Given:
    """Send a form as a browser does that has never been here."""
    files = dict.fromkeys(form.files, ("", b"")) if form.multipart else None
    answer = httpx.post(
        f"{base}{form.action}",
        data=dict(form.fields),
        files=files,
        headers={"Origin": base},
        timeout=_SECONDS,
    )
    return _given(answer)


def _inside(location: str | None, address: str) -> list[str]:
    return links(f'<a href="{location}">'.encode(), address) if location else []


def _group(address: str) -> str:
    return address.partition("?")[0].split("/")[1]


def _is_id(name: str) -> bool:
    return any(letter.isdigit() or letter.isupper() or letter in "%:" for letter in name)
