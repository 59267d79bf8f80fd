"""`check`: an upstream team learns line, field, reason and remedy, and the digests it will need."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from events.contract.inbound.check import check_bytes, check_file, documents
from events.contract.schemas import examples
from policies.engine.message_names import names_of_policies
from tests.given_when_then import policies

NOW = datetime(2022, 9, 1, tzinfo=UTC)
KNOWN = names_of_policies(policies())
EVENTS = examples.events()


def lines(*events: object) -> bytes:
    return b"\n".join(orjson.dumps(event) for event in events) + b"\n"


def test_all_examples_are_right(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_bytes(lines(*EVENTS.values()))
    checked = check_file(file, KNOWN, NOW)
    assert checked.findings == []
    assert len(checked.accepted) == len(EVENTS) + 1  # the batch has two lines


def test_the_digest_is_told() -> None:
    submitted, corrected = check_bytes(
        lines(EVENTS["application.submitted"], EVENTS["application.corrected"]), KNOWN, NOW
    ).accepted
    assert EVENTS["application.corrected"]["data"]["replaces"] == submitted.digest
    assert corrected.digest != submitted.digest
    assert submitted.key == f"{examples.SOURCE}:TL-2022-005120"


def test_a_finding_tells_line_field_reason_and_remedy() -> None:
    wrong = {**EVENTS["budget.allocated"]}
    wrong["data"] = {**wrong["data"], "amount_fen": 1.5, "district": "999999"}
    findings = check_bytes(lines(EVENTS["payment.settled"], wrong) + b"{\n", KNOWN, NOW).findings
    assert [(f.line, f.field, f.code) for f in findings] == [
        (2, "data.amount_fen", "WRONG_AMOUNT"),
        (3, "", "NOT_JSON"),
    ]
    assert str(findings[0]).startswith(
        "第 2 行 字段 data.amount_fen：金额不对（1.5）。金额以分为单位"
    )


def test_a_batch_line_is_named_by_its_row() -> None:
    batch = {**EVENTS["application.batch-submitted"]}
    batch["data"] = {**batch["data"], "lines": [*batch["data"]["lines"], {"line": "3"}]}
    findings = check_bytes(lines(batch), KNOWN, NOW).findings
    assert {(f.line, f.batch_line, f.code) for f in findings} == {(1, 3, "MISSING_FIELD")}
    assert "批内第 3 行" in str(findings[0])


@pytest.mark.parametrize(
    "option", [orjson.OPT_INDENT_2, orjson.OPT_SORT_KEYS], ids=["indented", "on one line"]
)
def test_one_document_or_an_array_is_read_too(option: int) -> None:
    one = orjson.dumps(EVENTS["payment.settled"], option=option)
    assert len(check_bytes(one, KNOWN, NOW).accepted) == 1
    wrong = {**EVENTS["payment.settled"], "type": "payment.guessed"}
    many = orjson.dumps([EVENTS["payment.settled"], wrong], option=option)
    checked = check_bytes(many, KNOWN, NOW)
    assert len(checked.accepted) == 1
    (finding,) = checked.findings
    assert finding.code == "UNKNOWN_TYPE"
    assert finding.line == (
        1 if b"\n" not in many else many[: many.rindex(b"\n  {")].count(b"\n") + 2
    )


def test_messages_may_stand_over_several_lines_each() -> None:
    wrong = {**EVENTS["payment.settled"], "type": "payment.guessed"}
    several = [
        orjson.dumps(event, option=orjson.OPT_INDENT_2)
        for event in (EVENTS["budget.allocated"], wrong, EVENTS["payment.settled"])
    ]
    raw = b"\n".join([several[0], b"nonsense", several[1], b"{", several[2]])
    checked = check_bytes(raw, KNOWN, NOW)
    assert [one.type for one in checked.accepted] == ["budget.allocated", "payment.settled"]
    after = several[0].count(b"\n") + 2
    then = after + 2 + several[1].count(b"\n")
    assert [(f.line, f.code) for f in checked.findings] == [
        (after, "NOT_JSON"),
        (after + 1, "UNKNOWN_TYPE"),
        (then, "NOT_JSON"),
    ]


def test_cutting_a_file_into_messages_takes_time_in_proportion_to_its_size() -> None:
    raw = b"{\n" * 200_000
    assert len(list(documents(raw))) == 200_000


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "NULL_VALUE"),
        (b"\n\n", "NULL_VALUE"),
        (b"[" * 10_000, "TOO_DEEP"),
        (b"x" * 2_000_000, "TOO_LARGE"),
        (b"not json\nnor this\n", "NOT_JSON"),
    ],
)
def test_a_file_that_holds_no_message_is_explained(raw: bytes, code: str) -> None:
    findings = check_bytes(raw, KNOWN, NOW).findings
    assert findings[0].code == code


def test_a_byte_order_mark_is_no_error() -> None:
    raw = b"\xef\xbb\xbf" + lines(EVENTS["payment.settled"])
    assert check_bytes(raw, KNOWN, NOW).findings == []


@pytest.mark.parametrize("frame", [b"%s", b"\n%s\n%s", b"[%s]", b"[\n%s,\n%s\n]"])
def test_a_name_that_stands_twice_is_found_however_the_file_is_written(frame: bytes) -> None:
    message = orjson.dumps(EVENTS["payment.settled"], option=orjson.OPT_INDENT_2)
    assert b'"amount_fen"' in message
    message = message.replace(b'"amount_fen"', b'"amount_fen": 1, "amount_fen"')
    raw = frame.replace(b"%s", message)
    findings = check_bytes(raw, KNOWN, NOW).findings
    assert {finding.code for finding in findings} == {"KEY_TWICE"}
    assert len(findings) == frame.count(b"%s")
