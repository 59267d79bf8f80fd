"""difference work: one difference with its whole story and what may be done.

In:   the matching, the notes of people
Out:  AssignDifference, ExplainDifference, ProposeDifferenceEntry; ClassifyStatementLine as a proposal
Holds: nothing done here closes a difference; whether it stands is asked of the matching each time
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
"""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from events import streams
from events.differences import (
    AssignDifference,
    ExplainDifference,
    ProposedEntry,
    ProposeDifferenceEntry,
    SeenDifference,
)
from events.statements import Classification, ClassifyStatementLine
from projections.queries import difference_notes
from projections.queries.difference_notes import DifferenceMember, DifferenceNote
from projections.queries.differences import BankDifference
from services.runtime.errors import NotConfigured
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, propose, send
from services.web.pages.reconciliation import (
    explained_on,
)
from services.web.reconciliation.difference_acts import acts_of
from services.web.reconciliation.line_address import address_of
from services.web.reconciliation.matchings import matched
from services.web.request.accounts_in_scope import in_scope
from services.web.request.actors import name_of, staff_of
from services.web.request.fields import number, one_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, MaybeDay, Note
from services.web.request.uploads import read_upload_if_any
from services.web.request.visit import Arrived, Visit
from services.wording.city_names import account_title, region_name
from services.wording.coded_words import LINE_KINDS, PROPOSED_ENTRIES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DIFFERENCE_KINDS, State

router = APIRouter()

PURPOSE = "difference evidence"
"""What the vault notes of a file of evidence."""
CLASSES: tuple[Classification, ...] = ("funds_received", "interest", "fee", "correction")
WHATS = {"assigned": _("指定核查人"), "explained": _("说明原因"), "entry": _("建议处理")}


def _page(account: str, name: str) -> str:
    return f"/differences/{segment(account)}/{segment(name)}"


def members_table(
    visit: Visit, account: str, rows: list[DifferenceMember]
) -> PageTable[DifferenceMember]:
    """Both sides of a difference, member by member."""

    def batch(row: DifferenceMember) -> str | None:
        return row.batch and visit.link(f"/batches/{segment(row.batch)}")

    def line(row: DifferenceMember) -> str | None:
        if row.line is None or row.month is None:
            return None
        return visit.link(address_of(account, row.month, row.line))

    columns: list[PageColumn[DifferenceMember]] = [
        PageColumn(_("哪一边"), lambda r: translate("账面") if r.movement else translate("银行")),
        PageColumn(_("日期"), lambda r: r.day, ColumnKind.DAY),
        PageColumn(_("流水行"), lambda r: r.line, ColumnKind.ID, line),
        PageColumn(_("指令"), lambda r: r.instruction, ColumnKind.ID, batch),
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, batch, wide_only=True),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.DIFFERENCE, batch),
        PageColumn(_("摘要"), lambda r: r.words),
    ]
    return PageTable("difference-members", _("两边的记录"), columns, rows)


def notes_table(visit: Visit, rows: list[DifferenceNote]) -> PageTable[DifferenceNote]:
    """What people have said of a difference, in its order; evidence leads to the file that is kept."""

    def evidence(row: DifferenceNote) -> str | None:
        own = f"{_page(row.bank_account, row.number)}/evidence/{row.evidence}"
        return visit.link(own) if row.evidence else None

    columns: list[PageColumn[DifferenceNote]] = [
        PageColumn(_("序号"), lambda r: r.note, ColumnKind.COUNT),
        PageColumn(_("时间"), lambda r: r.noted_at, ColumnKind.MOMENT),
        PageColumn(_("事项"), lambda r: translate(WHATS[r.what])),
        PageColumn(_("内容"), _content),
        PageColumn(_("理由"), lambda r: r.reason),
        PageColumn(_("证据"), lambda r: r.evidence[:12] or None, ColumnKind.ID, evidence),
        PageColumn(_("预计一致日"), lambda r: r.expected_on, ColumnKind.DAY),
        PageColumn(_("当时差额（元）"), lambda r: r.amount_fen, ColumnKind.DIFFERENCE),
        PageColumn(_("经办"), lambda r: name_of(r.operator)),
    ]
    empty = _("还没有人写过。")
    return PageTable("difference-notes", _("经过"), columns, rows, {}, empty)


def _content(note: DifferenceNote) -> str | None:
    if note.what == "assigned":
        return name_of(note.owner)
    if note.what == "entry":
        words = translate(PROPOSED_ENTRIES[note.entry])
        return f"{words} {region_name(note.district)}".strip() if note.district else words
    return None


@router.get("/differences/{account}/{name}")
async def one(visit: Arrived, account: str, name: str) -> Response:
    """Show one difference: both sides, what was said of it, what may be done; gone ones keep their story."""
    row = await _standing(visit, account, name)
    notes = await difference_notes.of(visit.db, name, visit.scope.known_on)
    notes = [note for note in notes if note.bank_account == account]
    if row is None and not notes:
        raise PageRefused(NOT_FOUND)
    said = difference_notes.summary(notes)
    members = await difference_notes.members(visit.db, account, row.match) if row else []
    known = visit.cities.accounts.get(account)
    kind = row.kind if row else notes[-1].kind
    advice, acts = acts_of(visit, kind)
    return visit.page(
        "difference.html",
        translate("差异 {number}", number=name),
        row=row,
        name=name,
        account=account,
        account_title=account_title(account),
        kind=State(translate(DIFFERENCE_KINDS.get(kind, kind)), "red" if row else "grey"),
        said=said,
        state=explained_on(said, visit.scope.as_of) if row else GONE,
        owner=name_of(said.owner) if said.owner else "",
        members=members_table(visit, account, members),
        choose=_choose(visit, account, members),
        notes=notes_table(visit, notes),
        seen=len(notes),
        owners=staff_of(visit.cities),
        entries=PROPOSED_ENTRIES,
        advice=advice,
        acts=acts,
        classes={code: LINE_KINDS[code] for code in CLASSES},
        districts={code: region_name(code) for code in known.districts} if known else {},
        may_classify=bool(row and known and _one_line(row)),
        act=Act.new,
    )


def _choose(visit: Visit, account: str, members: list[DifferenceMember]) -> str:
    """Where its members are matched by hand, chosen already."""
    names = [one.movement or f"{one.month}/{one.line}" for one in members]
    return visit.link(f"/matches/{segment(account)}", member=names, as_of=None, known=None)


GONE = State(_("两边已一致，不再是差异"), "green")


def _one_line(row: BankDifference) -> bool:
    """Whether a difference is one line of the bank alone, that names nothing of ours."""
    return row.kind == "unknown_at_bank" and row.lines == 1 and not row.instruction


@router.post("/differences/{account}/{name}/assign")
async def assign(
    visit: Arrived,
    account: str,
    name: str,
    command: Field,
    notes: Field,
    owner: Field,
    reason: Field,
) -> Response:
    """Say who is to find out."""
    seen = await _seen(visit, account, name)
    body = AssignDifference(
        number=name,
        seen=seen,
        after=_after(notes),
        owner=one_of("owner", owner, staff_of(visit.cities)),
        reason=reason,
        operator=visit.actor.id,
    )
    return await _send(visit, account, name, command, body)


@router.post("/differences/{account}/{name}/explain")
async def explain(
    visit: Arrived,
    account: str,
    name: str,
    command: Field,
    notes: Field,
    reason: Field,
    expected_on: MaybeDay = None,
    evidence: UploadFile | None = None,
) -> Response:
    """Say why both sides differ; a file of evidence goes to the vault, its digest into the note."""
    seen = await _seen(visit, account, name)
    digest = ""
    filed = await read_upload_if_any(evidence, "evidence")
    if filed and visit.actor.id and not visit.scope.historical:
        vault = visit.sources.vault
        if vault is None:
            raise NotConfigured("没有连接保险库，不能收下证据。", "请联系系统管理员。")
        digest = await vault.store_file(filed.name, filed.content, PURPOSE, visit.actor.id)
    body = ExplainDifference(
        number=name,
        seen=seen,
        after=_after(notes),
        reason=reason,
        evidence=digest,
        expected_on=expected_on,
        operator=visit.actor.id,
    )
    return await _send(visit, account, name, command, body)


@router.post("/differences/{account}/{name}/propose")
async def propose_entry(
    visit: Arrived,
    account: str,
    name: str,
    command: Field,
    notes: Field,
    entry: Annotated[ProposedEntry, Form()],
    reason: Field,
    district: Note = "",
) -> Response:
    """Say which entry or step would make both sides equal."""
    seen = await _seen(visit, account, name)
    classifies = entry in CLASSES
    known = visit.cities.accounts.get(account)
    body = ProposeDifferenceEntry(
        number=name,
        seen=seen,
        after=_after(notes),
        entry=entry,
        fund=known.fund if known and classifies else "",
        district=district if classifies else "",
        reason=reason,
        operator=visit.actor.id,
    )
    return await _send(visit, account, name, command, body)


@router.post("/differences/{account}/{name}/classify")
async def classify(
    visit: Arrived,
    account: str,
    name: str,
    command: Field,
    kind: Annotated[Classification, Form()],
    district: Field,
    reason: Field,
) -> Response:
    """Propose what the bank's line is; another person confirms it, and it is booked."""
    row = await _standing(visit, account, name)
    known = visit.cities.accounts.get(account)
    if row is None or row.line is None or known is None:
        raise PageRefused(NOT_FOUND)
    body = ClassifyStatementLine(
        bank_account=account,
        line=row.line,
        amount=row.difference,
        kind=kind,
        fund=known.fund,
        district=one_of("district", district, known.districts),
        reason=reason,
    )
    act = Act(command, streams.account(account, row.month), body)
    return await propose(visit, act, _page(account, name))


def _after(notes: str) -> int:
    return number("notes", notes, range(100_000))


async def _send(
    visit: Visit,
    account: str,
    name: str,
    command: str,
    body: AssignDifference | ExplainDifference | ProposeDifferenceEntry,
) -> Response:
    act = Act(command, streams.difference(account, name), body)
    return await send(visit, act, _page(account, name))


async def _standing(visit: Visit, account: str, name: str) -> BankDifference | None:
    """The difference as the matching has it, or None where it is none any more."""
    reconciled = await matched(visit)
    own = in_scope(reconciled.differences, visit.scope, visit.cities)
    return next((row for row in own if row.account == account and row.number == name), None)


async def _seen(visit: Visit, account: str, name: str) -> SeenDifference:
    """What whoever writes has before them.

    Raises: PageRefused where the difference does not stand
    """
    row = await _standing(visit, account, name)
    if row is None:
        raise PageRefused(NOT_FOUND)
    return SeenDifference(
        account=account,
        movement=row.movement or "",
        month=row.month if row.line else "",
        line=row.line or "",
        kind=row.kind,
        amount=row.difference,
        since=row.since,
    )
