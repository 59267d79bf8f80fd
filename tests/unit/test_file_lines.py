"""A file that somebody hands in is read whole, strictly, and within bounds, whatever program wrote it."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.spreadsheets import workbook_reader
from services.spreadsheets.file_lines import MOST_BYTES, FileLine, UnreadableFile, file_lines
from services.spreadsheets.reading import read_table
from tests.fuzz_readers.kinds import XLS

HEADING = "指令号,金额,说明"


def lines(text: str, encoding: str = "utf-8") -> list[FileLine]:
    (sheet,) = file_lines(text.encode(encoding))
    return sheet.lines


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(held)
    return held.getvalue()


def with_part(raw: bytes, part: str, before: bytes, after: bytes) -> bytes:
    """The same book with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                assert before in content
                content = content.replace(before, after)
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return changed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_each_encoding(encoding: str) -> None:
    assert lines("甲,1\n\n乙,2\n", encoding) == [FileLine(1, ["甲", "1"]), FileLine(3, ["乙", "2"])]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a,b\n"c,d\ne,f\ng,h\n', 2),  # never closed
        ('a,b\nc,d\n"e,f\ng,h"\n', 3),  # closed by another row's
        ('a,b\n"c"d,e\n', 2),
    ],
)
def test_a_stray_quote_names_the_row_in_which_it_stands(text: str, row: int) -> None:
    with pytest.raises(UnreadableFile, match=f"第 {row} 行"):
        file_lines(text.encode())


def test_a_cut_character_names_its_row() -> None:
    raw = "指令号,金额\n甲,1\n乙".encode("gb18030")[:-1]
    with pytest.raises(UnreadableFile, match="第 3 行"):
        file_lines(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<html><table><tr><td>a</td></tr></table></html>", "网页"),
        (b"  \n", "空的"),
        (b"PK\x03\x04 and nothing", "不是完整的 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不是完整的 Excel 文件"),
    ],
)
def test_what_is_no_table_is_said_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        file_lines(raw)


def test_a_cell_beyond_the_headings_is_refused_with_row_and_column() -> None:
    raw = f"{HEADING}\nB1,1,500.00,补贴\n".encode()
    with pytest.raises(UnreadableFile, match="第 2 行第 4 列的“补贴”"):
        read_table(raw, {"指令号", "金额"}, str.strip)


def test_commas_after_the_last_heading_are_nothing() -> None:
    sheet = read_table(f"{HEADING},,\nB1,1,补贴,,\n".encode(), {"指令号", "金额"}, str.strip)
    assert [row.cells for row in sheet.rows] == [{"指令号": "B1", "金额": "1", "说明": "补贴"}]


def test_rows_below_a_stale_dimension_are_read() -> None:
    raw = workbook(("一", [["指令号", "金额"], ["B1", 1], ["B2", 2.5]]))
    stale = with_part(raw, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1:B2"')
    (sheet,) = file_lines(stale)
    assert [line.cells for line in sheet.lines] == [["指令号", "金额"], ["B1", "1"], ["B2", "2.5"]]


def test_a_style_that_the_library_does_not_know_hides_no_row() -> None:
    raw = workbook(("一", [["指令号", "金额"], ["B1", 1]]))
    odd = with_part(raw, "xl/styles.xml", b"<patternFill/>", b"")
    (sheet,) = file_lines(odd)
    assert len(sheet.lines) == 2


def test_of_several_sheets_the_one_with_the_headings_is_read() -> None:
    raw = workbook(("说明", [["请勿改名"], ["指令号"]]), ("流水", [["指令号", "金额"], ["B1", 1]]))
    sheet = read_table(raw, {"指令号", "金额"}, str.strip)
    assert [row.no for row in sheet.rows] == [2]


def test_two_sheets_with_the_headings_are_refused_by_name() -> None:
    rows: list[list[object]] = [["指令号", "金额"], ["B1", 1]]
    with pytest.raises(UnreadableFile, match="工作表七月、八月都有表头"):
        read_table(workbook(("七月", rows), ("八月", rows)), {"指令号", "金额"}, str.strip)


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", b"</row>", b"</rwo>"),
        ("xl/workbook.xml", b"</sheets>", b""),
    ],
)
def test_a_part_with_cells_that_is_not_whole_is_refused(
    part: str, before: bytes, after: bytes
) -> None:
    raw = workbook(("一", [["指令号", "金额"], ["B1", 1]]))
    with pytest.raises(UnreadableFile, match="不是完整的 Excel 文件"):
        file_lines(with_part(raw, part, before, after))


def test_a_small_file_that_spans_a_huge_range_is_refused_at_once() -> None:
    raw = workbook(("一", [["指令号", "金额"], ["B1", 1]]))
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    huge = with_part(raw, "xl/worksheets/sheet1.xml", b"</sheetData>", far)
    assert len(huge) < 10_000
    with pytest.raises(UnreadableFile, match="范围过大"):
        file_lines(huge)


def test_a_reader_that_the_system_ends_says_that_the_file_is_not_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = workbook(("一", [["指令号", "金额"], ["B1", 1]]))
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr("services.spreadsheets.file_lines._READER", "no.such.module")
    with pytest.raises(UnreadableFile, match="不是完整的 Excel 文件"):
        file_lines(raw)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (202207180000123456, "2.022072E+17"),
        (True, "是"),
        (12.0, "12"),
        (0.1, "0.1"),
        (None, ""),
        (" 甲 ", "甲"),
    ],
)
def test_a_cell_is_said_as_its_reader_would(value: object, text: str) -> None:
    assert workbook_reader.text_of(value) == text


@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=8
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=6,
    )
)
def test_every_cell_of_a_text_comes_out_again(rows: list[list[str]]) -> None:
    quoted = "\n".join(",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) for r in rows)
    wanted = [cells for r in rows if any(cells := [c.strip() for c in r])]
    assume(rows)
    sheets = file_lines(quoted.encode("utf-8"))
    assert [line.cells for sheet in sheets for line in sheet.lines] == wanted


def test_a_small_broken_file_is_ended_before_it_takes_much_memory() -> None:
    assert workbook_reader.memory_for(5_000) < 500_000_000
    assert workbook_reader.memory_for(MOST_BYTES) == 1_500_000_000
    raw = bytearray(XLS)
    raw[512 : 512 + 4 * 128] = (0).to_bytes(
        4, "little"
    ) * 128  # every sector is followed by the first
    with pytest.raises(UnreadableFile, match=r"已损坏|不是完整"):
        file_lines(bytes(raw))
