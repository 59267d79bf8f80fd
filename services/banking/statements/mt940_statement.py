"""MT940 statement: a bank's statement as SWIFT's MT940.

In:   the bytes of a file of one or many messages, pages of one statement among them
Out:  Statement; what cannot be read, by line and field
Holds: every line of the file is read, or named as left out, or a problem; each message leads from its
       opening balance (`:60F:`, `:60M:`) to its closing balance (`:62F:`, `:62M:`)
Source: docs/adr/0042-a-banks-messages-are-statements-too.md
"""

from collections.abc import Sequence

from events.money import yuan
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.bank_message import (
    MOST_ENTRIES,
    MessageBalance,
    MessageFindings,
    MessageStatement,
    of_the_account,
    whole,
)
from services.banking.statements.mt940_fields import MessageField, messages_of
from services.banking.statements.mt940_line import check_total, read_balance, read_line
from services.banking.statements.statement import Statement
from services.spreadsheets.file_lines import UnreadableFile, decoded

_OPENING_TAGS, _CLOSING_TAGS = ("60F", "60M", "60"), ("62F", "62M", "62")
_ACCOUNT_TAGS = ("25", "25P")
_LINE, _WORDS, _TOTALS = "61", ("86", "NS"), ("90C", "90D")
_SAYS_NO_LINE = ("20", "21", "25", "25P", "28", "28C", "13", "13D", "34F", "64", "65")
_SHOWN = 40

Fields = Sequence[MessageField]


def read_mt940(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    opening: int | None = None,
    last_four: str = "",
) -> Statement:
    """Read a file whole; what keeps it from being taken stands in `problems`.

    Units: `opening` is the balance before the first line, in fen, where the file has none
    """
    findings = MessageFindings(file)
    chosen: list[MessageStatement] = []
    try:
        messages, outside = messages_of(decoded(raw, layout.encodings))
    except UnreadableFile as error:
        findings.problem("UNREADABLE_FILE", 0, f"：{str(error).rstrip('。')}")
    else:
        for one in outside:
            findings.leave_out(one.line, one.text[:_SHOWN], "不属于任何字段")
        chosen = _read(messages, last_four, findings)
    return whole(file, raw, bank_account, layout, chosen, findings, opening)


def _read(
    messages: Sequence[Fields], last_four: str, findings: MessageFindings
) -> list[MessageStatement]:
    heads = [_head(fields, findings) for fields in messages]
    if sum(head.count for head in heads) > MOST_ENTRIES:
        findings.problem("UNREADABLE_FILE", 0, f"超过 {MOST_ENTRIES:,} 笔，请分成几份导入")
        return []
    chosen = of_the_account(heads, last_four, findings)
    seen: set[tuple[tuple[str, str], ...]] = set()
    ours = {id(head) for head in chosen}
    for head, fields in zip(heads, messages, strict=True):
        if id(head) not in ours:
            continue
        said = tuple((field.tag, field.value) for field in fields)
        if said in seen:
            findings.problem("SAID_TWICE", head.line, "与前面的一份逐字相同")
        seen.add(said)
        _fill(head, fields, findings)
    return chosen


def _head(fields: Fields, findings: MessageFindings) -> MessageStatement:
    named = {field.tag: field.value for field in fields}
    accounts = [field for field in fields if field.tag in _ACCOUNT_TAGS]
    for other in accounts[1:]:
        findings.problem("TWO_ACCOUNTS", other.line, "一份里有两个账号", ":25:", other.value)
    return MessageStatement(
        line=fields[0].line,
        name=named.get("28C", named.get("28", "")),
        account=accounts[0].value.split("\n")[0] if accounts else "",
        currency="",
        count=sum(field.tag == _LINE for field in fields),
    )


def _fill(head: MessageStatement, fields: Fields, findings: MessageFindings) -> None:
    head.opening = _one(fields, _OPENING_TAGS, findings)
    head.closing = _one(fields, _CLOSING_TAGS, findings)
    if not any(field.tag in _CLOSING_TAGS for field in fields):
        findings.problem(
            "NO_CLOSING",
            fields[-1].line,
            "之后没有期末余额（:62F:）：文件被截断，或是 MT942，不是对账单",
        )
    if any(field.tag == "60M" for field in fields) or any(field.tag == "62M" for field in fields):
        findings.leave_out(head.line, f"{head.name} 的其余各页", "各页都要导入")
    for field, words in _with_words(fields):
        if field.tag == _LINE:
            entry = read_line(field, words, findings)
            if entry is not None:
                head.entries.append(entry)
            continue
        if field.tag not in (*_SAYS_NO_LINE, *_OPENING_TAGS, *_CLOSING_TAGS, *_TOTALS):
            findings.leave_out(field.line, f":{field.tag}:{field.value}"[:_SHOWN], "不是已知的字段")
        for word in words:
            text = word.value.replace("\n", " ")
            findings.leave_out(word.line, text[:_SHOWN], "整份对账单的附言，不属于哪一笔")
    if not findings.problems:
        for field in fields:
            if field.tag in _TOTALS:
                check_total(field, head.entries, findings)


def _with_words(fields: Fields) -> list[tuple[MessageField, list[MessageField]]]:
    """Each field with the words that follow it, up to the next field of another kind."""
    found: list[tuple[MessageField, list[MessageField]]] = []
    for field in fields:
        if field.tag in _WORDS and found:
            found[-1][1].append(field)
        else:
            found.append((field, []))
    return found


def _one(fields: Fields, tags: tuple[str, ...], findings: MessageFindings) -> MessageBalance | None:
    """The one balance of a meaning."""
    found = [
        balance
        for field in fields
        if field.tag in tags and (balance := read_balance(field, findings)) is not None
    ]
    for other in found[1:]:
        if other.amount != found[0].amount:
            findings.problem(
                "TWO_BALANCES",
                other.line,
                f"一份里有两个不同的余额，前一个为 {yuan(found[0].amount)}",
                other.field,
                yuan(other.amount),
            )
    return found[0] if found else None
