"""entries: entries of the journal with one row a posting, 借 and 贷 in two columns."""

from typing import NamedTuple

from projections.definition.chart_of_accounts import BY_CODE
from projections.queries.journal import JournalEntryRow, PostingRow
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.visit import Visit
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate


class EntryPosting(NamedTuple):
    """One posting of an entry, as a row of the table of entries."""

    entry: JournalEntryRow
    posting: PostingRow


def booked(entries: list[JournalEntryRow]) -> list[EntryPosting]:
    """Entries as rows, one a posting."""
    return [EntryPosting(entry, posting) for entry in entries for posting in entry.postings]


def entries_table(
    visit: Visit, entries: list[JournalEntryRow], name: str = "entries", whole: int | None = None
) -> PageTable[EntryPosting]:
    """Entries with one row a posting: 借 and 贷 in two columns; `whole` where there are further."""

    def to_entry(row: EntryPosting) -> str:
        return visit.link(f"/journal/{row.entry.number}")

    def to_account(row: EntryPosting) -> str:
        return visit.link("/journal", code=row.posting.code, sub=row.posting.sub)

    columns: list[PageColumn[EntryPosting]] = [
        PageColumn(_("凭证"), lambda r: r.entry.number, ColumnKind.ID, to_entry),
        PageColumn(_("凭证字号"), lambda r: voucher_words(r.entry) or None, ColumnKind.ID),
        PageColumn(_("账务日"), lambda r: r.entry.value_on, ColumnKind.DAY),
        PageColumn(_("摘要"), lambda r: translate(KINDS.get(r.entry.kind, r.entry.kind))),
        PageColumn(_("科目"), lambda r: account_name(r.posting.code), ColumnKind.TEXT, to_account),
        PageColumn(_("明细"), lambda r: r.posting.sub or None, wide_only=True),
        PageColumn(
            _("基金"),
            lambda r: FUND_NAMES.get(r.posting.fund, r.posting.fund) or None,
            wide_only=True,
        ),
        PageColumn(
            _("借方（元）"),
            lambda r: max(r.posting.amount_fen, 0) or None,
            ColumnKind.AMOUNT,
            to_entry,
        ),
        PageColumn(
            _("贷方（元）"),
            lambda r: max(-r.posting.amount_fen, 0) or None,
            ColumnKind.AMOUNT,
            to_entry,
        ),
    ]
    rows = booked(entries)
    totals: dict[str, object] = {
        _("借方（元）"): whole
        if whole is not None
        else sum(max(r.posting.amount_fen, 0) for r in rows),
        _("贷方（元）"): whole
        if whole is not None
        else sum(max(-r.posting.amount_fen, 0) for r in rows),
    }
    return PageTable(name, _("分录"), columns, rows, totals, _("还没有分录：没有发生资金变动。"))


def voucher_words(entry: JournalEntryRow) -> str:
    """The month and number that an entry was closed with, marked where it came late."""
    voucher = entry.voucher
    if voucher is None or (voucher.number is None and not voucher.late):
        return ""
    late = translate("迟记")
    return f"{voucher.text}（{late}）" if voucher.late else voucher.text


KINDS = {
    "opening": _("期初余额"),
    "funds_received": _("拨款到账"),
    "interest": _("利息"),
    "fee": _("手续费"),
    "correction": _("银行更正"),
    "statement_reversed": _("撤销已登记的流水"),
    "classification_reversed": _("撤销流水的认定"),
    "ordered": _("确认应付"),
    "sent": _("发送银行"),
    "settled": _("银行已付"),
    "returned": _("银行退回"),
    "returned_late": _("付后退票"),
    "cancelled": _("撤销应付"),
    "advance_settled": _("抵减预拨"),
    "clawback": _("确认追回"),
    "offset": _("抵扣应付"),
    "recovered": _("收回现金"),
    "written_off": _("核销追回款"),
}


def account_name(code: str) -> str:
    """An account with its Chinese name."""
    known = BY_CODE.get(code)
    return f"{code} {known.name}" if known else code
