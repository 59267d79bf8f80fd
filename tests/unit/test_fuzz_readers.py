"""Mutated files of every kind that outsiders hand in: no crash, no endless reading, no row lost in silence.

The long form is `make fuzz-readers`.
"""

import pytest

from tests.fuzz_readers.counting import rows_below
from tests.fuzz_readers.kinds import Reading, kinds
from tests.fuzz_readers.run import fuzz, lost_rows
from tests.given_when_then import policies

FILES = {
    "csv": 150,
    "answers": 150,
    "prior-uses": 100,
    "applications": 100,
    "camt": 60,
    "mt940": 60,
    "xlsx": 25,
    "applications-xlsx": 10,
    "xls": 10,
}


@pytest.mark.parametrize("name", FILES)
def test_whatever_happens_to_a_file_each_of_its_rows_is_taken_or_named(name: str) -> None:
    kind = kinds(policies())[name]
    report = fuzz(kind, 7, FILES[name])
    assert report.wrong == ()
    assert report.refused < report.files
    assert (report.counted > 0) == bool(kind.headings or kind.plainly)


@pytest.mark.parametrize("name", ["csv", "answers", "prior-uses", "applications", "camt", "mt940"])
def test_the_good_files_are_read_whole(name: str) -> None:
    kind = kinds(policies())[name]
    for raw in kind.good:
        reading = kind.read(raw)
        assert reading.taken
        assert not reading.whole_refused


@pytest.mark.parametrize("name", ["camt", "mt940"])
def test_an_amount_that_a_reader_tells_otherwise_is_found(name: str) -> None:
    kind = kinds(policies())[name]
    changed = kind._replace(
        mutate=lambda raw, _: raw,
        read=lambda raw: kind.read(raw.replace(b"1500", b"1600").replace(b"D1,", b"C1,"))._replace(
            whole_refused=False
        ),
    )
    assert fuzz(changed, 7, 3).wrong != ()


def test_a_row_that_a_reader_passes_over_is_found() -> None:
    raw = "流水号,余额\n1,2\n2,3\n3,4\n".encode()
    below = rows_below(raw, ("流水号", "余额"))
    assert below == frozenset({2, 3, 4})
    silent = Reading(frozenset({2}), frozenset({4}), whole_refused=False)
    assert lost_rows(below, silent) == [3]
    assert lost_rows(below, silent._replace(unnumbered=1)) == []
