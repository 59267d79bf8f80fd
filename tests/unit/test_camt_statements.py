"""A bank's camt message is a statement like any other, in every version, or is refused by line and field."""

from dataclasses import replace
from datetime import date

import pytest

from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.banking.statements.trying import try_layouts
from tests.bank_layouts import statement_layout
from tests.camt_messages import AUGUST, FEE, PAYMENT, CamtEntry, CamtMessage, CamtStatement

LAYOUT = statement_layout("city-csv")


def read(raw: bytes, opening: int | None = None, last_four: str = "1234") -> Statement:
    return read_statement("8月.dat", raw, "icbc-1234", LAYOUT, opening, last_four)


def message(*statements: CamtStatement, kind: str = "camt.053", version: int = 8) -> bytes:
    return CamtMessage(statements, kind, version).xml()


def entries(*given: CamtEntry, closing: str = "998500.00") -> bytes:
    """August with these entries, from 1 000 000.00 to `closing`."""
    balances = (("OPBD", "1000000.00", "2022-08-01"), ("CLBD", closing, "2022-08-31"))
    return message(replace(AUGUST, entries=given, balances=balances))


def found(statement: Statement) -> list[tuple[str, int, str, str]]:
    return [(one.code, one.line, one.column, one.value) for one in statement.problems]


def codes(raw: bytes) -> list[str]:
    return [one.code for one in read(raw).problems]


@pytest.mark.parametrize("version", range(2, 15))
@pytest.mark.parametrize("kind", ["camt.052", "camt.053", "camt.054"])
def test_every_version_says_the_same(kind: str, version: int) -> None:
    opening = 100_000_000 if kind == "camt.054" else None
    statement = read(message(AUGUST, kind=kind, version=version), opening)
    assert statement.problems == ()
    assert [(line.booked_on, line.amount, line.reference) for line in statement.lines] == [
        (date(2022, 8, 29), -150_000, "B220831000100001 BK0001"),
        (date(2022, 8, 30), -500, "BK0002"),
    ]
    assert [line.purpose for line in statement.lines] == ["就业补贴", "账户手续费"]
    assert [line.kind for line in statement.lines] == ["payment", "fee"]
    assert (statement.first, statement.last) == (date(2022, 8, 1), date(2022, 8, 31))
    assert (statement.opening_balance, statement.closing_balance) == (100_000_000, 99_849_500)


def test_the_first_version_and_one_that_nobody_published_are_named() -> None:
    for version, wrong in ((1, "太旧"), (99, "没有随附的标准模式")):
        (problem,) = read(message(AUGUST, version=version)).problems
        assert problem.code == "NOT_THE_MESSAGE"
        assert wrong in problem.text


def test_a_message_in_an_envelope_is_found_and_two_are_refused() -> None:
    inner = message(AUGUST).partition(b"\n")[2]
    envelope = b"<Envelope><Body>" + inner + b"</Body></Envelope>"
    assert read(envelope).closing_balance == 99_849_500
    assert codes(b"<Envelope>" + inner + inner + b"</Envelope>") == ["NOT_THE_MESSAGE"]


def test_another_message_and_a_page_named_like_a_table_are_refused() -> None:
    pain = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'
    assert codes(pain) == ["NOT_THE_MESSAGE"]
    assert codes(b"<html><body><table></table></body></html>") == ["UNREADABLE_FILE"]


def test_a_message_cut_short_names_the_line() -> None:
    (problem,) = read(message(AUGUST)[:-40]).problems
    assert (problem.code, problem.wrong) == ("NOT_THE_MESSAGE", "：不是完整的 XML")
    assert problem.line > 5


def test_what_breaks_the_schema_names_line_and_field() -> None:
    raw = message(AUGUST).replace(b"<CdtDbtInd>DBIT</CdtDbtInd><Sts>", b"<Sts>", 1)
    ((code, line, field, _),) = found(read(raw))
    assert (code, field) == ("NOT_THE_SCHEMA", "Sts")
    assert b"1500.00" in raw.splitlines()[line - 1]


def test_a_value_that_the_schema_does_not_know_is_told() -> None:
    raw = message(AUGUST).replace(b">1500.00<", b">15x0.00<", 1)
    assert found(read(raw)) == [("NOT_THE_SCHEMA", 7, "Amt", "15x0.00")]


def test_a_text_that_is_only_too_long_is_read_and_named() -> None:
    long = replace(FEE, words="账户手续费" * 101)
    statement = read(entries(long, closing="999995.00"))
    assert statement.problems == ()
    assert len(statement.lines[0].purpose) == 505
    assert [one.text for one in statement.left_out] == ["AddtlNtryInf"]
    broken = entries(long, closing="999995.00").replace(b"<Cd>BOOK</Cd>", b"<X/>")
    assert codes(broken) == ["NOT_THE_SCHEMA"]


def test_a_document_type_is_refused_before_anything_of_it_is_followed() -> None:
    raw = message(AUGUST).replace(b"<Document", b'<!DOCTYPE a [<!ENTITY b "c">]><Document', 1)
    assert codes(raw) == ["NOT_THE_MESSAGE"]


def test_a_comment_within_an_amount_does_not_cut_it() -> None:
    raw = message(AUGUST).replace(b">1500.00<", b">15<!-- -->00.00<")
    assert read(raw).lines[0].amount == -150_000


@pytest.mark.parametrize(
    ("amount", "code"),
    [("1500", ""), ("1500.000", ""), ("01500.0", ""), ("1499.999", "NOT_AN_AMOUNT")],
)
def test_a_third_decimal_is_taken_only_where_it_says_nothing(amount: str, code: str) -> None:
    statement = read(entries(replace(PAYMENT, amount=amount)))
    assert [one.code for one in statement.problems] == ([code] if code else [])
    if code:
        assert found(statement)[0][2:] == ("Ntry[1]/Amt", amount)


def test_another_currency_is_named_on_the_account_and_in_an_entry() -> None:
    assert codes(message(replace(AUGUST, currency="USD"))) == ["OTHER_CURRENCY"]
    statement = read(entries(PAYMENT, replace(FEE, currency="HKD")))
    assert found(statement) == [("OTHER_CURRENCY", 8, "Ntry[2]/Amt/@Ccy", "HKD")]


@pytest.mark.parametrize("account", ["CNY", "—", "X9999CNY"])
def test_an_account_that_is_no_number_is_not_taken_for_ours(account: str) -> None:
    other = replace(AUGUST, account=account)
    assert codes(message(other)) == ["OTHER_ACCOUNT"]
    assert len(read(message(AUGUST, other)).left_out) == 1


def test_a_statement_that_does_not_say_whose_it_is_is_refused() -> None:
    raw = message(DAY_ONE, DAY_TWO, version=13)
    owner = b"<Id><Othr><Id>9900000000001234</Id></Othr></Id>"
    first, _, rest = raw.rpartition(owner)
    assert found(read(first + rest)) == [("NO_ACCOUNT", 9, "", "")]


def test_another_account_is_refused_and_beside_ours_left_out_by_name() -> None:
    other = replace(AUGUST, account="9900000000009999", name="other")
    assert codes(message(other)) == ["OTHER_ACCOUNT"]
    statement = read(message(AUGUST, other))
    assert len(statement.lines) == 2
    (left_out,) = statement.left_out
    assert (left_out.text, left_out.why) == ("other，2 笔", "是另一账户（末四位 9999）的流水")
    assert [one.code for one in read(message(AUGUST, other), last_four="").problems] == [
        "TWO_ACCOUNTS"
    ]


@pytest.mark.parametrize("status", ["PDNG", "INFO"])
def test_what_is_not_booked_is_left_out_and_named(status: str) -> None:
    statement = read(entries(PAYMENT, replace(FEE, status=status)))
    assert statement.problems == ()
    assert len(statement.lines) == 1
    (left_out,) = statement.left_out
    assert left_out.text == f"Ntry[2] {status} DBIT 5.00"


def test_the_bank_takes_back_with_the_sign_of_the_entry_itself() -> None:
    back = replace(PAYMENT, side="CRDT", reversal=True, reference="BK0009")
    statement = read(entries(PAYMENT, back, closing="1000000.00"))
    assert [line.amount for line in statement.lines] == [-150_000, 150_000]
    assert statement.lines[1].purpose.startswith("冲正 就业补贴")
    assert statement.lines[1].kind == "refund"


def test_a_returned_payment_says_why_and_from_where() -> None:
    back = replace(PAYMENT, side="CRDT", returned="AC04")
    line = read(entries(back, closing="1001500.00")).lines[0]
    assert line.purpose == "就业补贴 退回 AC04 付款行 示例银行"
    assert line.kind == "refund"


def test_an_entry_of_many_payments_is_one_line_with_the_number_of_their_batch() -> None:
    both = ("B220831000100001", "B220831000100002")
    line = read(entries(replace(PAYMENT, instructions=both))).lines[0]
    assert line.reference == "B2208310001 BK0001"
    assert line.purpose == "就业补贴 共 2 笔"
    assert line.kind == "other"  # its amount is that of none of them
    named = replace(PAYMENT, instructions=("X1", "X2"), batch="B2208310001")
    assert read(entries(named)).lines[0].reference == "B2208310001 BK0001"


@pytest.mark.parametrize(
    ("family", "side", "kind"),
    [("INTR", "CRDT", "interest"), ("INTR", "DBIT", "other"), ("CHRG", "DBIT", "fee")],
)
def test_the_published_code_tells_interest_and_fees(family: str, side: str, kind: str) -> None:
    code = FEE.code.replace("OTHR", family)
    closing = "1000005.00" if side == "CRDT" else "999995.00"
    line = read(entries(replace(FEE, side=side, code=code, words=""), closing=closing)).lines[0]
    assert (line.kind, line.purpose) == (kind, f"PMNT/ICDT/{family}")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("<DtTm>2022-08-29T23:30:00+08:00</DtTm>", 29),
        ("<DtTm>2022-08-29T17:30:00Z</DtTm>", 30),
        ("<DtTm>2022-08-29T23:30:00</DtTm>", 29),
        ("<Dt>2022-08-29+08:00</Dt>", 29),
    ],
)
def test_a_moment_falls_on_its_legal_day(at: str, day: int) -> None:
    assert read(entries(replace(PAYMENT, day=at))).lines[0].booked_on == date(2022, 8, day)


def test_a_day_that_is_none_or_lies_outside_the_period_is_named() -> None:
    for at, code in (
        ("<Dt>0022-08-29</Dt>", "NOT_A_DAY"),
        ("<DtTm>2022-08-29T24:00:00</DtTm>", "NOT_A_DAY"),
        ("<Dt>2022-09-01</Dt>", "OTHER_PERIOD"),
    ):
        assert codes(entries(replace(PAYMENT, day=at))) == [code]


def test_entries_that_do_not_lead_to_the_closing_balance_are_refused() -> None:
    assert found(read(entries(PAYMENT, closing="998500.01"))) == [
        ("CLOSING_DIFFERS", 6, "Bal[CLBD]", "998,500.01")
    ]


def test_two_opening_balances_must_be_one() -> None:
    previous = (("PRCD", "1000000.00", "2022-07-31"), *AUGUST.balances)
    assert codes(message(replace(AUGUST, balances=previous))) == []
    other = (("PRCD", "999.00", "2022-07-31"), *AUGUST.balances)
    assert codes(message(replace(AUGUST, balances=other))) == ["TWO_BALANCES"]


def test_without_an_opening_or_a_closing_balance_nothing_is_proved() -> None:
    assert codes(message(replace(AUGUST, balances=AUGUST.balances[1:]))) == ["NO_OPENING"]
    assert codes(message(replace(AUGUST, balances=AUGUST.balances[:1]))) == ["NO_CLOSING"]


def test_a_report_of_the_day_closes_with_what_is_booked_so_far() -> None:
    now = (AUGUST.balances[0], ("ITBD", "998495.00", "2022-08-31"))
    statement = read(message(replace(AUGUST, balances=now), kind="camt.052"))
    assert statement.problems == ()
    assert [one.text for one in statement.left_out] == ["当日此后的流水"]
    wrong = (AUGUST.balances[0], ("ITBD", "998490.00", "2022-08-31"))
    assert codes(message(replace(AUGUST, balances=wrong), kind="camt.052")) == ["CLOSING_DIFFERS"]


DAY_ONE = CamtStatement(
    (PAYMENT,),
    (("OPBD", "1000000.00", "2022-08-29"), ("CLBD", "998500.00", "2022-08-29")),
    "1",
    period=None,
)
DAY_TWO = CamtStatement(
    (FEE,),
    (("OPBD", "998500.00", "2022-08-30"), ("CLBD", "998495.00", "2022-08-30")),
    "2",
    period=None,
)


def test_statements_of_several_days_follow_in_any_order_of_the_file() -> None:
    for days in ((DAY_ONE, DAY_TWO), (DAY_TWO, DAY_ONE)):
        statement = read(message(*days))
        assert statement.problems == ()
        assert [line.amount for line in statement.lines] == [-150_000, -500]
        assert (statement.first, statement.last) == (date(2022, 8, 29), date(2022, 8, 30))
        assert (statement.opening_balance, statement.closing_balance) == (100_000_000, 99_849_500)


def test_a_statement_that_is_missing_between_two_is_seen() -> None:
    later = replace(
        DAY_TWO, balances=(("OPBD", "5.00", "2022-08-30"), ("CLBD", "0.00", "2022-08-30"))
    )
    assert found(read(message(DAY_ONE, later))) == [("BALANCE_BREAKS", 10, "Bal[OPBD]", "5.00")]


def test_the_same_statement_twice_is_refused() -> None:
    assert "SAID_TWICE" in codes(message(DAY_ONE, DAY_ONE))


def test_a_day_without_entries_is_a_statement_too() -> None:
    quiet = replace(
        AUGUST,
        entries=(),
        balances=(("OPBD", "-5.00", "2022-08-30"), ("CLBD", "-5.00", "2022-08-30")),
        period=None,
    )
    statement = read(message(quiet))
    assert statement.problems == ()
    assert (statement.first, statement.last) == (date(2022, 8, 30), date(2022, 8, 30))
    assert (statement.opening_balance, statement.closing_balance) == (-500, -500)


@pytest.mark.parametrize(
    ("totals", "wrong"),
    [
        ("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>1505.00</Sum></TtlNtries>", []),
        ("<TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries>", ["TxsSummry/TtlNtries/NbOfNtries"]),
        ("<TtlDbtNtries><Sum>1504.99</Sum></TtlDbtNtries>", ["TxsSummry/TtlDbtNtries/Sum"]),
        ("<TtlCdtNtries><NbOfNtries>0</NbOfNtries><Sum>0</Sum></TtlCdtNtries>", []),
    ],
)
def test_the_totals_of_the_message_are_reckoned_again(totals: str, wrong: list[str]) -> None:
    raw = message(replace(AUGUST, totals=f"<TxsSummry>{totals}</TxsSummry>"))
    assert [one.column for one in read(raw).problems] == wrong


def test_a_page_of_several_says_so() -> None:
    pages = "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>"
    statement = read(CamtMessage((AUGUST,), pages=pages).xml())
    assert statement.problems == ()
    assert [one.why for one in statement.left_out] == ["这是第 1 页，后面还有页，各页都要导入"]


def test_a_message_is_tried_once_whatever_the_layouts() -> None:
    layouts = {"city-csv": LAYOUT, "signed": statement_layout("signed")}
    (trial,) = try_layouts("8月.xml", message(AUGUST), "icbc-1234", layouts)
    assert trial.fits
    assert len(trial.statement.lines) == 2
