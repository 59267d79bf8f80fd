"""The comparison notices a planted difference in every kind of thing, and nothing else."""

import io
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from openpyxl import Workbook
from rich.console import Console

from tests.same_behaviour.books import Verifying, compare_demos
from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import (
    Cells,
    Part,
    bytes_difference,
    cells,
    json_difference,
    text_difference,
    workbook_difference,
)
from tests.same_behaviour.facts import compare_facts, together
from tests.same_behaviour.forms import Form, forms
from tests.same_behaviour.ledgers import Played
from tests.same_behaviour.pages import Kinds, compare_pages, kind_of, links
from tests.same_behaviour.references import compare_files, compare_help
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.sides import NotRun, Side, commit_of, interpreter
from tests.same_behaviour.stripping import Strip
from tests.same_behaviour.told import tell
from tests.same_behaviour.topics import line_of


@pytest.fixture
def screen() -> Screen:
    return Screen(Console(file=io.StringIO(), width=160))


def said(screen: Screen) -> str:
    file = screen.console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


# --- values -------------------------------------------------------------------------------------


def test_equal_texts_have_no_difference_and_the_first_differing_line_is_shown() -> None:
    assert text_difference("a\nb", "a\nb") is None
    found = text_difference("fen\n100 to pay\nend", "fen\n101 to pay\nEND")
    assert found == "line 2: before “100 to pay”, after “101 to pay”"


def test_a_line_that_one_side_has_more_is_a_difference() -> None:
    assert text_difference("a", "a\nb") == "line 2: only after has “b”"
    assert text_difference("a\nb", "a") == "line 2: only before has “b”"


def test_bytes_that_are_no_text_are_compared_too() -> None:
    assert bytes_difference(b"\xff\x00\x01", b"\xff\x00\x01") is None
    assert "byte 2 of 3 and 3" in str(bytes_difference(b"\xff\x00\x01", b"\xff\x00\x02"))


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "a[1].b"),
        ({"a": 1}, {"a": 1, "b": 2}, "b: only after"),
        ({"a": [1]}, {"a": [1, 2]}, "a: 1 before, 2 after"),
        ({"a": 1}, {"a": True}, "a"),
        ({"a": 1}, {"a": "1"}, "a"),
    ],
)
def test_json_differs_where_it_differs(before: object, after: object, where: str) -> None:
    assert json_difference(before, before) is None
    assert str(json_difference(before, after)).startswith(where)


def test_only_the_fields_that_may_differ_are_ignored() -> None:
    ignoring = frozenset({"seconds"})
    assert json_difference({"seconds": 1.5}, {"seconds": 2.5}, ignoring=ignoring) is None
    assert json_difference({"seconds": 1, "n": 1}, {"seconds": 1, "n": 2}, ignoring=ignoring)


def workbook(amount: int, exported: str, form: str = "General") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"] = "金额", amount
    sheet["B1"].number_format = form
    sheet["A2"], sheet["B2"] = "导出时间", exported
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_workbooks_are_compared_by_their_cells_but_for_the_instant_of_the_export() -> None:
    strip = Strip()
    one = workbook(100, "10:00")
    assert workbook_difference(one, workbook(100, "10:01"), strip.workbook) is None
    assert strip.counts.total() == 2
    assert "B1" in str(workbook_difference(one, workbook(101, "10:00"), strip.workbook))
    assert "B1" in str(workbook_difference(one, workbook(100, "10:00", "0.00"), strip.workbook))
    assert "B2" in str(workbook_difference(one, workbook(100, "10:01")))


def test_every_cell_of_a_workbook_is_read() -> None:
    found: Cells = cells(workbook(100, "10:00"))
    assert [place for place, _ in found] == ["Sheet!A1", "Sheet!B1", "Sheet!A2", "Sheet!B2"]


# --- what is stripped ---------------------------------------------------------------------------


def test_a_forms_id_is_stripped_and_an_id_elsewhere_is_not() -> None:
    strip = Strip()
    one, other = (f'<input name="command" value="{uuid4()}">' for _ in "12")
    assert strip.page(one, "h") == strip.page(other, "h")
    one, other = (f'<a href="/proposals/{uuid4()}">' for _ in "12")
    assert strip.page(one, "h") != strip.page(other, "h")


def test_a_progress_bar_is_stripped_and_the_result_stays() -> None:
    strip = Strip()
    bar = "核对 ━━━━━━━━━━ 0:00:0{} 0:00:00\n一致：48 张表\n"
    assert strip.output(bar.format(1), {}) == strip.output(bar.format(2), {}) == "一致：48 张表\n"


def test_a_generated_page_may_name_another_module_and_say_nothing_else(tmp_path: Path) -> None:
    page = "# 代码\n\nGenerated by `python -m {}` from `{}`; do not edit. {}\n"
    for side, words in (("before", ("a.b", "c", "条")), ("after", ("x.y", "z", "条"))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "same.md").write_text(page.format(*words))
        (tmp_path / side / "other.md").write_text(page.format(*words[:2], side))
    part = Part("references", "files")
    compare_files(part, tmp_path / "before", tmp_path / "after", strip=Strip().reference)
    assert [one.what for one in part.differences] == ["other.md"]


# --- the demo -----------------------------------------------------------------------------------


def demo(token: str, granted: int, seconds: float, told: str = "核准") -> Played:
    summary = {"granted": granted, "path": f"/payees/{token}", "seconds": seconds}
    return Played(f"{told} {granted}", orjson.dumps(summary).decode())


def test_demos_may_differ_in_tokens_and_seconds_alone() -> None:
    one = demo(f"p{uuid4().hex}", 7, 30.5)
    assert compare_demos(Strip(), one, demo(f"p{uuid4().hex}", 7, 31.5)).equal
    assert not compare_demos(Strip(), one, demo(f"p{uuid4().hex}", 8, 30.5)).equal
    assert not compare_demos(Strip(), one, demo(f"p{uuid4().hex}", 7, 30.5, "不予核准")).equal


def test_facts_are_counted_by_type_but_for_those_by_order_of_arrival(
    repository: Path, screen: Screen
) -> None:
    with sides(repository, "renamed", screen) as both:
        verifying = Verifying(both)
    usual = {"ApprovalGranted": 5, "VoucherStepKept": 3}
    verifying.same_counts("equal", usual, {**usual, "VoucherStepKept": 4})
    assert verifying.counts.equal
    verifying.same_counts("fewer", usual, {**usual, "ApprovalGranted": 4})
    verifying.same_counts("none", usual, {})
    assert [(one.what, one.where) for one in verifying.counts.differences] == [
        ("fewer: ApprovalGranted", "value: before “5”, after “4”"),
        ("none: ApprovalGranted", "value: before “5”, after “0”"),
    ]


def test_a_message_in_binary_mode_becomes_a_line_and_one_without_a_value_none() -> None:
    headers = [("ce_type", b"budget.allocated"), ("content-type", b"application/json")]
    assert line_of(b'{"year":2022}', headers) == b'{"type":"budget.allocated","data":{"year":2022}}'
    assert line_of(b'{"type":"x"}', headers[1:]) == b'{"type":"x"}'
    assert line_of(None, headers) is None


# --- files and command lines --------------------------------------------------------------------


def test_files_differ_by_content_and_by_being_there(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "same.md").write_text("same")
        (folder / "changed.md").write_text(folder.name)
    (before / "gone.md").write_text("")
    part = Part("files", "files")
    compare_files(part, before, after)
    assert part.compared == 3
    assert [one.what for one in part.differences] == ["changed.md", "gone.md"]


_COMMAND = """
import sys
from pathlib import Path
def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["simulate"]:
        for line in Path(arguments[1]).read_text().splitlines():
            print(len(line) + {more})
    elif "--help" in arguments:
        print("{help}" if arguments == ["one", "--help"] else "╭─ Commands ─╮\\n│ one  does │")
    elif arguments == ["leaks"]:
        import services
    elif arguments == ["where"]:
        print(Path.cwd())
    else:
        raise SystemExit({code})
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project with one command; its commits are `right`, `renamed` and what is planted."""
    place = tmp_path / "repository"
    place.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
    usual = {"more": 0, "help": "same", "code": 3}
    for name, package, changed in (
        ("right", "old_name", {}),
        ("renamed", "new_name/deeper", {}),
        ("other-facts", "new_name", {"more": 1}),
        ("other-help", "new_name", {"help": "other"}),
        ("other-code", "new_name", {"code": 4}),
    ):
        subprocess.run(["git", "rm", "-rfq", "--ignore-unmatch", "."], cwd=place, check=True)
        module = place / "src_of_it" / package
        module.mkdir(parents=True)
        values = {**usual, **changed}
        text = _COMMAND
        for word, value in values.items():
            text = text.replace(f"{{{word}}}", str(value))
        (module / "cli.py").write_text(text)
        dotted = f"src_of_it.{package.replace('/', '.')}.cli:main"
        (place / "pyproject.toml").write_text(f'[project.scripts]\nbenefit-ledger = "{dotted}"\n')
        subprocess.run(["git", "add", "-A"], cwd=place, check=True)
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, "commit", "-qm", name], cwd=place, check=True)
        subprocess.run(["git", "tag", name], cwd=place, check=True)
    return place


@contextmanager
def sides(repository: Path, after: str, screen: Screen) -> Iterator[Both]:
    work = repository.parent / f"work-{after}"
    python = interpreter(work / "python")

    def side(name: str, commit: str) -> Side:
        return Side(name, commit_of(commit, repository), work / name, python, repository)

    yield Both(side("before", "right"), side("after", after), Strip(), screen)


def messages(folder: Path) -> Path:
    given = [folder / "1.json", folder / "2.json"]
    for number, file in enumerate(given):
        file.write_text(f'{{\n"number": {number}\n}}')
    return together(given, folder / "all.jsonl")


def test_a_renamed_project_that_behaves_the_same_is_equal(
    repository: Path, tmp_path: Path, screen: Screen
) -> None:
    with sides(repository, "renamed", screen) as both:
        assert both.before.entry != both.after.entry
        facts = compare_facts(both, [messages(tmp_path)], "planted")
        assert facts.equal
        assert facts.compared == 4  # two messages, plainly and with every line funded
        assert compare_help(both).equal
        part = Part("calls", "calls")
        both.compare(part, "calls", [["other"], ["where"]])
        assert part.equal
        assert both.strip.counts["temporary directory"] == 2


def test_a_side_sees_its_own_tree_and_not_this_checkout(repository: Path, screen: Screen) -> None:
    with sides(repository, "renamed", screen) as both:
        assert "No module named 'services'" in both.before.call("leaks").err
        (leaked,) = both.before.call_each([["leaks"]])
        assert leaked.code == "exception"
        assert "No module named 'services'" in leaked.err


def test_other_facts_are_noticed(repository: Path, tmp_path: Path, screen: Screen) -> None:
    with sides(repository, "other-facts", screen) as both:
        part = compare_facts(both, [messages(tmp_path)], "planted")
    assert part.differing == 2
    assert part.differences[0].where == "line 1: before “12”, after “13”"


def test_another_help_is_noticed(repository: Path, screen: Screen) -> None:
    with sides(repository, "other-help", screen) as both:
        part = compare_help(both)
    assert [one.what for one in part.differences] == ["one --help"]


def test_another_exit_code_is_noticed(repository: Path, screen: Screen) -> None:
    with sides(repository, "other-code", screen) as both:
        part = Part("calls", "calls")
        both.compare(part, "calls", [["other"]])
    assert part.differences[0].where.startswith("ends with 3 before, 4 after")


def test_a_commit_that_is_not_there_is_named(repository: Path) -> None:
    with pytest.raises(NotRun, match="no-such-commit"):
        commit_of("no-such-commit", repository)


# --- pages --------------------------------------------------------------------------------------


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


# --- the end ------------------------------------------------------------------------------------


def test_all_is_equal_only_when_something_was_compared_and_nothing_differs(screen: Screen) -> None:
    good, empty, bad = Part("good", "things"), Part("empty", "things"), Part("bad", "things")
    good.note("one", None)
    bad.note("two", "line 1: other")
    assert tell([good], Strip(), screen)
    assert not tell([good, empty], Strip(), screen)
    assert "NOTHING COMPARED" in said(screen)
    assert not tell([good, bad], Strip(), screen)
    assert "bad · two\n         line 1: other" in said(screen)
    assert not tell([], Strip(), screen)
