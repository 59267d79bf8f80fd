"""A planted difference of one page, export or answer to a form is noticed, and nothing else."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from tests.same_behaviour.comparing import (
    Part,
)
from tests.same_behaviour.forms import Form, forms
from tests.same_behaviour.pages import Kinds, compare_pages, kind_of, links
from tests.same_behaviour.planted import workbook
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.stripping import Strip


@contextmanager
def served(pages: Mapping[str, bytes]) -> Iterator[str]:
    """Serve these pages; a form's id is another one each time."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            kind = "text/csv" if "format=csv" in self.path else "text/html"
            if "format=xlsx" in self.path:
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write((body or b"").replace(b"RANDOM", str(uuid4()).encode()))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(422 if "command=no-id" in sent else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages.get(f"POST {self.path}", b"refused"))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SITE = {
    "/": b'<a href="/a">a</a><form action="/act" method="post">'
    b'<input name="command" value="RANDOM"></form><a href="https://elsewhere/">no</a>',
    "/a": b'<a href="?format=csv">csv</a><a href="/a?format=xlsx">xlsx</a><a href="/gone">x</a>',
    "/a?format=csv": b"1,2\n",
    "/a?format=xlsx": workbook(100, "10:00"),
}


def crawled(after: Mapping[str, bytes], screen: Screen, most: int = 50) -> list[Part]:
    with served(SITE) as one, served(after) as other:
        return compare_pages(one, other, ["/"], most, Strip(), screen)


def test_every_link_is_followed_and_equal_sites_are_equal(screen: Screen) -> None:
    later = {**SITE, "/a?format=xlsx": workbook(100, "10:01")}
    pages, files, sent = crawled(later, screen)
    assert (pages.compared, files.compared) == (3, 2)  # "/", "/a" and "/gone"; CSV and XLSX
    assert sent.compared == 1
    assert pages.equal
    assert files.equal
    assert sent.equal


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/", SITE["/"].replace(b">a<", b">b<")),
        ("/gone", b"found"),
        ("/a?format=csv", b"1,3\n"),
        ("/a?format=xlsx", workbook(101, "10:00")),
        ("POST /act", b"refused otherwise"),
    ],
)
def test_one_other_answer_is_noticed(address: str, body: bytes, screen: Screen) -> None:
    parts = crawled({**SITE, address: body}, screen)
    (found,) = [one.what for part in parts for one in part.differences]
    assert found.removesuffix(" command") == address.removeprefix("POST ")


def test_no_more_is_fetched_than_wanted(screen: Screen) -> None:
    pages, files, _ = crawled(SITE, screen, most=2)
    assert pages.compared + files.compared == 2


def test_links_are_those_inside_and_no_form_is_sent() -> None:
    page = (
        b'<a href="/x?a=1&amp;b=2#c">x</a><a href="//evil/">y</a><img src="/i.svg">'
        b'<form action="/find"><form action="/act" method="post"><div data-figures="/f.json">'
    )
    assert links(page, "/here") == ["/x?a=1&b=2", "/i.svg", "/find", "/f.json"]


def test_a_form_is_taken_as_it_stands_with_an_id_that_is_none() -> None:
    page = (
        b'<form action="/find"><input name="q"></form><form action="/act" method="post">'
        b'<input name="command" value="5"><input name="line" value="7">'
        b'<select name="why"><option value="a"><option value="b" selected></select>'
        b'<textarea name="text"></textarea></form><input name="outside">'
        b'<form action="/in" method="post" enctype="multipart/form-data">'
        b'<input type="file" name="file"></form>'
    )
    act, upload = forms(page, "/here")
    assert act.action == "/act"
    assert dict(act.fields) == {"command": "no-id-of-a-form", "line": "7", "why": "b", "text": ""}
    assert upload == Form("/in", True, (), ("file",))


def test_pages_of_one_kind_wait_for_other_kinds() -> None:
    assert kind_of("/applications/TL-1:2?lang=en") == kind_of("/applications/TL-9?lang=en")
    assert kind_of("/applications/TL-1?lang=en") != kind_of("/applications/TL-1")
    kinds = Kinds(["/a/1", "/a/2", "/a/3", "/b"])
    assert [kinds.next() for _ in range(5)] == ["/a/1", "/b", "/a/2", "/a/3", None]
