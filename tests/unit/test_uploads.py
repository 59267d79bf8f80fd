"""What a form hands in: files bounded and not empty, months in one writing."""

import asyncio
import io

import pytest
from fastapi import UploadFile

from services.web.request import fields, uploads
from services.web.request.fields import NotUnderstood
from services.web.request.uploads import Upload, read_upload, read_upload_if_any


def handed_in(content: bytes, name: str = "8月.csv") -> UploadFile:
    return UploadFile(io.BytesIO(content), filename=name)


def test_a_file_is_read_whole_and_its_name_is_bounded() -> None:
    read = asyncio.run(read_upload(handed_in(b"a,b", "x" * 300)))
    assert read == Upload("x" * 200, b"a,b")


def test_a_file_too_large_or_empty_is_refused_by_the_name_of_its_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 3)
    assert asyncio.run(read_upload(handed_in(b"abc"))).content == b"abc"
    for content, needs in ((b"abcd", "太大"), (b"", "是空的")):
        with pytest.raises(NotUnderstood) as refused:
            asyncio.run(read_upload(handed_in(content), "evidence"))
        assert (refused.value.field, refused.value.needs) == ("evidence", needs)


def test_a_file_that_may_be_left_out_is_none_where_it_is_empty() -> None:
    assert asyncio.run(read_upload_if_any(None)) is None
    assert asyncio.run(read_upload_if_any(handed_in(b"", ""))) is None


def test_a_month_has_one_writing_within_the_bounds_of_days() -> None:
    assert [fields.month("month", text) for text in ("1900-01", "2099-12")] == [
        "1900-01",
        "2099-12",
    ]
    for text in ("1899-12", "2100-01", "2022-13", "2022-8", "２０２２-08", "2022-08-01", ""):
        with pytest.raises(NotUnderstood, match="month"):
            fields.month("month", text)
