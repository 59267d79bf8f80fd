"""An MT940 is a statement like any other, or is refused by line and field; nothing of it is lost."""

from datetime import date

import pytest

from services.banking.statements.mt940_fields import messages_of
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from tests.bank_layouts import statement_layout

LAYOUT = statement_layout("city-csv")
HEAD = (":20:M1", ":25:9900000000001234", ":28C:1/1")
OPENING, CLOSING = ":60F:C220828CNY1000000,00", ":62F:C220830CNY998495,00"
PAYMENT = (":61:2208290829D1500,00NTRFB220831000100001//BK0001", ":86:就业补贴")
FEE = (":61:2208300830D5,NCHGNONREF//BK0002", ":86:账户手续费")


def message(*lines: str, opening: str = OPENING, closing: str = CLOSING) -> str:
    return "\r\n".join((*HEAD, opening, *lines, closing, "-", ""))


def read(text: str, last_four: str = "1234", encoding: str = "utf-8") -> Statement:
    return read_statement("8月", text.encode(encoding), "icbc-1234", LAYOUT, None, last_four)


def one(line: str, *words: str, closing: str = "998500,00") -> Statement:
    return read(message(line, *words, closing=f":62F:C220830CNY{closing}"))


def found(statement: Statement) -> list[tuple[str, int, str]]:
    return [(one.code, one.line, one.column) for one in statement.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_lines_balances_and_days_are_read_in_any_encoding(encoding: str) -> None:
    statement = read(message(*PAYMENT, *FEE), encoding=encoding)
    assert statement.problems == ()
    assert [
        (line.file_line, line.booked_on, line.amount, line.reference, line.purpose, line.kind)
        for line in statement.lines
    ] == [
        (5, date(2022, 8, 29), -150_000, "B220831000100001 BK0001", "就业补贴", "payment"),
        (7, date(2022, 8, 30), -500, "BK0002", "账户手续费", "fee"),
    ]
    assert (statement.first, statement.last) == (date(2022, 8, 29), date(2022, 8, 30))
    assert (statement.opening_balance, statement.closing_balance) == (100_000_000, 99_849_500)


@pytest.mark.parametrize(
    ("mark", "fen", "kind"),
    [
        ("C", 150_000, "refund"),
        ("D", -150_000, "payment"),
        ("RD", 150_000, "refund"),
        ("RC", -150_000, "payment"),
    ],
)
def test_what_the_bank_takes_back_has_the_sign_of_its_own_line(
    mark: str, fen: int, kind: str
) -> None:
    closing = "1001500,00" if fen > 0 else "998500,00"
    (line,) = one(PAYMENT[0].replace("D1500", f"{mark}1500"), PAYMENT[1], closing=closing).lines
    assert (line.amount, line.kind) == (fen, kind)
    assert line.purpose.startswith("冲正") == mark.startswith("R")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (":61:2208290829X1500,00NTRF1", "NOT_A_LINE"),
        (":61:2208290829D1500,001NTRF1", "NOT_AN_AMOUNT"),
        (":61:2208290829D1,500,00NTRF1", "NOT_AN_AMOUNT"),
        (":61:2208290829D1500", "NOT_AN_AMOUNT"),
        (":61:22082929D1500,00NTRF1", "NOT_A_LINE"),
        (":61:2202300230D1500,00NTRF1", "NOT_A_DAY"),
        (":61:2208290829D1500,00NTRF1\r\na\r\nb", "NOT_A_LINE"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, code: str) -> None:
    assert found(one(line)) == [(code, 5, ":61:")]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("220829", date(2022, 8, 29)),
        ("2208290830", date(2022, 8, 30)),
        ("2212310102", date(2023, 1, 2)),
        ("2301021231", date(2022, 12, 31)),
    ],
)
def test_the_day_of_entry_counts_in_the_year_that_is_nearest(dates: str, day: date) -> None:
    raw = message(
        f":61:{dates}D1500,00NTRF1",
        opening=":60F:C220101CNY1000000,00",
        closing=":62F:C230105CNY998500,00",
    )
    assert [line.booked_on for line in read(raw).lines] == [day]


def test_a_balance_that_cannot_be_read_or_is_of_another_currency_is_named() -> None:
    for closing, code in (
        (":62F:C220830CNY998500.00", "NOT_A_BALANCE"),
        (":62F:C220830USD998500,00", "OTHER_CURRENCY"),
        (":62F:C220231CNY998500,00", "NOT_A_DAY"),
    ):
        assert found(read(message(*PAYMENT, closing=closing))) == [(code, 7, ":62F:")]


def test_lines_that_do_not_lead_to_the_closing_balance_are_refused() -> None:
    assert found(one(*PAYMENT, closing="998500,01")) == [("CLOSING_DIFFERS", 7, ":62F:")]


def test_a_file_cut_short_has_no_closing_balance() -> None:
    text = message(*PAYMENT, *FEE)
    assert found(read(text[: text.index(":62F:")])) == [("NO_CLOSING", 8, "")]


def test_the_account_is_compared_whatever_stands_around_it() -> None:
    text = message(*PAYMENT, *FEE)
    for written in (
        "102/9900 0000 0000 1234",
        "9900000000001234CNY",
        "9900000000001234\r\nICBKCNBJ",
    ):
        assert found(read(text.replace("9900000000001234", written))) == []
    assert found(read(text, last_four="9999")) == [("OTHER_ACCOUNT", 1, "")]
    assert found(read(text.replace(":25:9900000000001234\r\n", ""))) == [("NO_ACCOUNT", 1, "")]


def test_two_accounts_in_one_message_are_refused() -> None:
    twice = message(*PAYMENT, *FEE).replace(":25:", ":25:9900000000009999\r\n:25:")
    assert ("TWO_ACCOUNTS", 3, ":25:") in found(read(twice))


def test_words_in_codes_are_put_together_and_the_other_side_is_left_out() -> None:
    words = (":86:166?00代发?10 77?20就业补?21贴", "八月?3099?31622?32张三?60，第二批")
    (line,) = one(PAYMENT[0], *words).lines
    assert line.purpose == "代发 就业补贴八月，第二批"


def test_a_full_line_of_words_goes_on_without_a_blank() -> None:
    full = "技能提升补贴 " + "x" * 47 + "B2208310001"
    assert len(full) == 65
    (line,) = one(":61:2208290829D1500,00NTRFNONREF", f":86:{full}", "00001", "八月").lines
    assert line.purpose.endswith("B220831000100001 八月")
    assert line.kind == "payment"


def test_pages_and_days_follow_each_other() -> None:
    first = message(*PAYMENT, closing=":62M:C220829CNY998500,00")
    second = message(*FEE, opening=":60M:C220829CNY998500,00").replace("1/1", "1/2")
    statement = read(first + second)
    assert statement.problems == ()
    assert [line.amount for line in statement.lines] == [-150_000, -500]
    assert [one.text for one in statement.left_out] == ["1/1 的其余各页", "1/2 的其余各页"]
    gap = second.replace("998500,00", "998505,00").replace("998495,00", "998500,00")
    assert found(read(first + gap)) == [("BALANCE_BREAKS", 12, ":60M:")]
    assert ("SAID_TWICE", 9, "") in found(read(first + first))


def test_two_accounts_in_a_file_are_told_apart() -> None:
    both = message(*PAYMENT, *FEE) + message(*PAYMENT, *FEE).replace("1234", "9999")
    statement = read(both)
    assert len(statement.lines) == 2
    assert [one.why for one in statement.left_out] == ["是另一账户（末四位 9999）的流水"]
    assert found(read(both, last_four="")) == [("TWO_ACCOUNTS", 0, "")]


def test_the_blocks_of_swift_are_no_text_and_all_else_outside_is_named() -> None:
    text = message(*PAYMENT, *FEE).removesuffix("-\r\n")
    blocks = "{1:F01BANK}{2:I940BANKN}{3:{108:1}}{4:\r\n"
    wrapped = f"\x01{blocks}{text}-}}{{5:{{CHK:123}}}}\x03"
    assert read(wrapped).left_out == ()
    assert read(wrapped).closing_balance == 99_849_500
    (outside,) = read(f"ICBKCNBJ 940\r\n{text}").left_out
    assert (outside.line, outside.text) == (1, "ICBKCNBJ 940")


def test_a_field_that_nobody_knows_and_words_of_the_whole_are_left_out_by_name() -> None:
    statement = read(message(*PAYMENT, ":99Z:x", *FEE, closing=f"{CLOSING}\r\n:86:谢谢"))
    assert statement.problems == ()
    assert [(one.line, one.text) for one in statement.left_out] == [(7, ":99Z:x"), (11, "谢谢")]


@pytest.mark.parametrize(
    ("total", "codes"),
    [
        (":90D:2CNY1505,00", []),
        (":90D:2CNY1500,00", ["TOTALS_DIFFER"]),
        (":90C:1CNY0,", ["TOTALS_DIFFER"]),
    ],
)
def test_the_bank_s_own_totals_are_reckoned_again(total: str, codes: list[str]) -> None:
    statement = read(message(*PAYMENT, *FEE, total))
    assert [one.code for one in statement.problems] == codes


def test_a_line_of_nothing_is_left_out() -> None:
    statement = read(message(*PAYMENT, ":61:2208300830D0,00NMSCNONREF", *FEE))
    assert len(statement.lines) == 2
    assert [one.why for one in statement.left_out] == ["发生额为 0.00"]


def test_every_line_of_a_file_is_somewhere() -> None:
    text = "x\n{1:F01A}{4:\n:20:1\n:86:a\nb\n-\ny\n:20:2\n"
    messages, outside = messages_of(text)
    assert [[(one.line, one.tag, one.value) for one in fields] for fields in messages] == [
        [(3, "20", "1"), (4, "86", "a\nb")],
        [(8, "20", "2")],
    ]
    assert [(one.line, one.text) for one in outside] == [(1, "x"), (7, "y")]
