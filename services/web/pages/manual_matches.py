"""manual matches: choose what belongs together, see both sums, propose; what is matched, and undone.

In:   what is chosen, by name; books and bank say how much each is
Out:  MakeManualMatch, UndoManualMatch, each as a proposal
Holds: no amount comes from a form; a match is offered only where both sides are equal to the fen
Source: docs/adr/0051-a-match-by-hand-is-a-fact-of-two-people.md
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import orjson
from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from events import streams
from events.manual_matches import (
    MOST_MEMBERS,
    MakeManualMatch,
    MatchedLine,
    MatchedMovement,
    UndoManualMatch,
)
from projections.queries import manual_matches, statements
from projections.queries.manual_matches import MatchItem
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, propose
from services.web.parts.filters import chips, if_set, listed
from services.web.reconciliation.candidates import Candidate, candidates
from services.web.reconciliation.match_tables import (
    STATES,
    made_table,
    members_table,
    state_of_match,
    waiting_table,
)
from services.web.request.accounts_in_scope import aliases
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, each_of
from services.web.request.parameters import Since, Text, Texts, Until, read_number
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

CANDIDATE_DAYS = 30
"""How many days apart a line and a movement are proposed, unless asked otherwise."""

Days = Annotated[int | None, BeforeValidator(read_number(range(367))), Query()]


class Chosen(NamedTuple):
    """What is chosen of an account, and what each side comes to."""

    movements: list[MatchItem]
    lines: list[MatchItem]
    gone: list[str]

    @property
    def books(self) -> int:
        """Sum of the books' side."""
        return sum(one.amount_fen for one in self.movements)

    @property
    def bank(self) -> int:
        """Sum of the bank's side."""
        return sum(one.amount_fen for one in self.lines)

    @property
    def any(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.movements or self.lines or self.gone)

    @property
    def matches(self) -> bool:
        """Whether a match can be made of it."""
        both = self.movements and self.lines
        return bool(both) and self.books == self.bank and not self.gone

    @property
    def names(self) -> list[str]:
        """The members' names, the books first."""
        return [one.name for one in (*self.movements, *self.lines)]


def _page(account: str) -> str:
    return f"/matches/{segment(account)}"


async def _in_scope(visit: Visit, account: str) -> None:
    """Refuse an account that there is not, or that is not of this district and fund.

    Raises: PageRefused
    """
    shown = aliases(visit.scope, visit.cities)
    known = account in visit.cities.accounts or await statements.months(visit.db, account)
    if not known or (shown is not None and account not in shown):
        raise PageRefused(NOT_FOUND)


@router.get("/matches")
async def made(
    visit: Arrived,
    account: Text = "",
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List every match by hand, and what waits for a second person."""
    own = aliases(visit.scope, visit.cities)
    wanted = each_of("state", listed(state), STATES)
    rows = [
        row
        for row in await manual_matches.made(visit.db, own, account=account)
        if not wanted or state_of_match(row) in wanted
    ]
    table = made_table(visit, rows)
    if csv:
        return visit.csv(table)
    if xlsx:
        return visit.xlsx(table)
    waiting = await manual_matches.waiting(visit.db, own, account)
    known = sorted(own if own is not None else visit.cities.accounts)
    return visit.page(
        "matches.html",
        translate("手工勾对 {n} 笔", n=figures.count(len(rows))),
        table=table,
        waiting=waiting_table(visit, waiting),
        accounts=[(alias, account_title(alias), visit.link(_page(alias))) for alias in known],
        states=STATES,
        wanted=wanted,
        account=account,
        chips=chips(
            visit,
            account=if_set(account, account_title(account)),
            state=if_set(",".join(wanted), "、".join(translate(STATES[w].word) for w in wanted)),
        ),
    )


@router.get("/matches/{account}")
async def choose(
    visit: Arrived,
    account: str,
    member: Texts = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    amount: Text = "",
    matched: Text = "",
    days: Days = None,
) -> Response:
    """Choose movements and lines; both sums are shown, and what may belong together is proposed."""
    await _in_scope(visit, account)
    chosen = await _chosen(visit, account, member)
    wanted = typed_yuan("amount", amount) if amount.strip() else None
    found = await manual_matches.items(
        visit.db,
        account,
        first=since,
        last=until,
        amount_fen=wanted,
        matched=bool(matched),
    )
    picked = set(chosen.names)
    ours = [one for one in found if one.movement and one.name not in picked]
    theirs = [one for one in found if one.line and one.name not in picked]
    most = manual_matches.MOST_ITEMS
    within = CANDIDATE_DAYS if days is None else days
    proposed = await _candidates(visit, account, within)
    return visit.page(
        "match.html",
        translate("手工勾对 {account}", account=account_title(account)),
        account=account,
        account_title=account_title(account),
        chosen=chosen,
        apart=chosen.bank - chosen.books,
        ours=ours[:most],
        theirs=theirs[:most],
        more=len(ours) > most or len(theirs) > most,
        candidates=candidates_table(visit, account, proposed),
        waiting=waiting_table(visit, await manual_matches.waiting(visit.db, None, account)),
        days=within,
        since=since,
        until=until,
        amount=amount,
        matched=bool(matched),
        selection=orjson.dumps(chosen.names).decode(),
        most=MOST_MEMBERS,
        act=Act.new,
    )


@router.post("/matches/{account}")
async def propose_match(
    visit: Arrived, account: str, command: Field, selection: Field, reason: Field
) -> Response:
    """Propose that what is chosen belongs together; another person confirms it."""
    await _in_scope(visit, account)
    chosen = await _chosen(visit, account, _selected(selection))
    if chosen.gone:
        raise NotUnderstood("selection", translate("含有已不存在的，请重新选择"))
    body = MakeManualMatch(
        bank_account=account,
        movements=tuple(
            MatchedMovement(movement=one.movement or "", amount=one.amount_fen)
            for one in chosen.movements
        ),
        lines=tuple(
            MatchedLine(month=one.month or "", line=one.line or "", amount=one.amount_fen)
            for one in chosen.lines
        ),
        reason=reason,
    )
    return await propose(visit, Act(command, streams.matching(account), body), _page(account))


@router.get("/matches/{account}/{number}")
async def one(visit: Arrived, account: str, number: int) -> Response:
    """Show one match by hand: what it says, what books and bank have, and how to undo it."""
    row = await _one(visit, account, number)
    said = await manual_matches.members(visit.db, account, number)
    return visit.page(
        "manual_match.html",
        translate("手工勾对 {account} 第 {n} 号", account=account_title(account), n=number),
        row=row,
        account_title=account_title(account),
        state=STATES[state_of_match(row)],
        members=members_table(visit, account, said),
        name_of=name_of,
        page=f"{_page(account)}/{number}",
        act=Act.new,
    )


@router.post("/matches/{account}/{number}/undo")
async def undo(
    visit: Arrived, account: str, number: int, command: Field, reason: Field
) -> Response:
    """Propose to take a match back; another person confirms it."""
    await _one(visit, account, number)
    body = UndoManualMatch(bank_account=account, number=number, reason=reason)
    back = f"{_page(account)}/{number}"
    return await propose(visit, Act(command, streams.matching(account), body), back)


async def _one(visit: Visit, account: str, number: int) -> manual_matches.ManualMatch:
    await _in_scope(visit, account)
    if not 0 < number < 2**31:
        raise PageRefused(NOT_FOUND)
    rows = await manual_matches.made(visit.db, None, account=account, number=number)
    if not rows:
        raise PageRefused(NOT_FOUND)
    return rows[0]


async def _chosen(visit: Visit, account: str, names: Sequence[str]) -> Chosen:
    """What is chosen, as books and bank have it now."""
    wanted = list(dict.fromkeys(names))[: 2 * MOST_MEMBERS]
    found = await manual_matches.named(visit.db, account, wanted) if wanted else []
    there = {item.name for item in found}
    return Chosen(
        [item for item in found if item.movement],
        [item for item in found if item.line],
        [name for name in wanted if name not in there],
    )


def _selected(text: str) -> list[str]:
    """Read the names that a form carries.

    Raises: NotUnderstood
    """
    try:
        names = orjson.loads(text)
    except orjson.JSONDecodeError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise NotUnderstood("selection", translate("已失效"))
    return names


async def _candidates(visit: Visit, account: str, days: int) -> list[Candidate]:
    pairs = await manual_matches.candidates(visit.db, account, days)
    names = await visit.names(movement.payee or "" for _, movement in pairs)
    return candidates(pairs, names)


def candidates_table(visit: Visit, account: str, rows: list[Candidate]) -> PageTable[Candidate]:
    """What may belong together, each with its reasons; its link fills the form in."""

    def fill(row: Candidate) -> str:
        return visit.link(_page(account), member=[row.movement.name, row.line.name])

    def application(row: Candidate) -> str | None:
        key = row.movement.application
        return visit.link(f"/applications/{segment(key)}") if key else None

    columns: list[PageColumn[Candidate]] = [
        PageColumn(_("勾对"), lambda r: translate("选入"), ColumnKind.TEXT, fill),
        PageColumn(_("流水行"), lambda r: r.line.line, ColumnKind.ID),
        PageColumn(_("银行日"), lambda r: r.line.day, ColumnKind.DAY),
        PageColumn(_("摘要"), lambda r: r.line.words, wide_only=True),
        PageColumn(_("账面日"), lambda r: r.movement.day, ColumnKind.DAY),
        PageColumn(_("申请"), lambda r: r.movement.application, ColumnKind.ID, application),
        PageColumn(_("金额（元）"), lambda r: r.line.amount_fen, ColumnKind.AMOUNT),
        PageColumn(_("依据"), lambda r: r.reasons),
    ]
    empty = _("没有金额相同、日期相近的。")
    return PageTable("candidates", _("可能是同一笔的"), columns, rows, {}, empty)
