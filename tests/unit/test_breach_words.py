"""Breaches of a schema in words: what real checkers say of broken messages, and no word of English left."""

import re

import pytest

from services.banking.breach_words import BreachWords, in_words
from services.banking.iso20022 import breaches, read_message
from services.banking.statements.statement_file import read_statement
from tests.bank_layouts import statement_layout
from tests.camt_messages import AUGUST, CamtMessage

XML = CamtMessage((AUGUST,), "camt.053", 8).xml().decode()
DEBIT, ID = "<CdtDbtInd>DBIT</CdtDbtInd>", "<Stmt><Id>2022-08</Id>"

BROKEN = [
    (DEBIT, "", "Sts", "", "这里不应有 Sts（状态），应为 CdtDbtInd（借贷标志）"),
    (DEBIT, f"<Foo>1</Foo>{DEBIT}", "Foo", "", "这里不应有 Foo，应为 CdtDbtInd（借贷标志）"),
    (DEBIT, DEBIT.replace("DBIT", "XX"), "CdtDbtInd", "XX", "只能为 CRDT、DBIT"),
    (
        "</Stmt>", "<Ntry/></Stmt>", "Ntry", "",
        "Ntry（流水） 里缺少 NtryRef（流水编号） 或 Amt（金额）",
    ),
    ("</Stmt>", "</Stmt><Stmt/>", "Stmt", "", "Stmt（对账单） 里缺少 Id（编号）"),
    ("</Stmt>", "文字</Stmt>", "Stmt", "", "Stmt（对账单） 里只能有下级字段，不能直接写文字"),
    (">1500.00<", ">1,500.00<", "Amt", "1,500.00", "不是数，应只有数字和小数点，如 1500.00"),
    (">1500.00<", ">-1500.00<", "Amt", "-1500.00", "不能小于 0"),
    (">1500.00<", ">1500.123456<", "Amt", "1500.123456", "小数至多 5 位"),
    (">1500.00<", f">{'1' * 17}.12<", "Amt", f"{'1' * 17}.12", "至多 18 位数字"),
    (' Ccy="CNY"', "", "Amt", "", "Amt（金额） 缺少属性 Ccy"),
    (' Ccy="CNY"', ' Ccy="CNY" Bad="1"', "Amt/@Bad", "", "不应有属性 Bad"),
    (' Ccy="CNY"', ' Ccy="yuan"', "Amt/@Ccy", "yuan", "应为三个大写字母"),
    (
        "<Dt>2022-08-29<", "<Dt>2022-08-32<", "Dt", "2022-08-32",
        "不是日期，应如 2022-08-31",
    ),
    (
        "2022-08-31T23:59:59", "20220831", "ToDtTm", "20220831",
        "不是日期时间，应如 2022-08-31T08:00:00",
    ),
    (ID, "<Stmt><Id></Id>", "Id", "", "不能为空"),
    (ID, "<Stmt>", "CreDtTm", "", "这里不应有 CreDtTm（生成时间），应为 Id（编号）"),
    (
        "<BkToCstmrStmt>", "<BkToCstmrStmt><X/>", "X", "", "这里不应有 X，应为 GrpHdr（报文头）",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "value", "wrong"), BROKEN)
def test_the_usual_breaches_are_said_by_field_and_by_what_is_allowed(
    old: str, new: str, field: str, value: str, wrong: str
) -> None:
    assert old in XML
    root, version = read_message(XML.replace(old, new, 1).encode(), "camt.053")
    first = breaches(root, version)[0]
    assert in_words(first.text) == BreachWords(field, value, wrong)


def test_what_is_not_known_is_said_in_general_and_never_in_english() -> None:
    said = in_words("Element 'Amt': Something that no version has said before.")
    assert said == BreachWords("Amt", "", "写法不合标准")
    assert in_words("nothing like it") == BreachWords("", "", "写法不合标准")


def test_a_text_that_ends_a_level_and_a_wildcard_are_said() -> None:
    ended = in_words("Element 'Amt': This element is not expected.")
    assert ended.wrong == "这里不应有 Amt（金额），这一级已经写完"
    wild = in_words("Element 'A': Missing child element(s). Expected is ( {##other:urn}* ).")
    assert wild.wrong == "A 里缺少 其他扩展字段"


def test_people_read_words_and_operators_the_original() -> None:
    raw = XML.replace(">1500.00<", ">张三 6222020000000000121<", 1).encode()
    layout = statement_layout("city-csv")
    problem = read_statement("8月.xml", raw, "icbc-1234", layout, None, "1234").problems[0]
    assert problem.wrong == ("不合 camt.053.001.08 标准：不是数，应只有数字和小数点，如 1500.00")
    assert "not a valid value" in problem.detail
    assert not re.search("[a-z]{5,}", problem.text.replace("camt", "").replace("xml", ""))
    assert "6222020000000000121" not in problem.wrong, "what stands there is shown masked, or not"
