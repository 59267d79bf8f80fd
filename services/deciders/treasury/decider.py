"""Decide whether the treasury's figures of a month may be taken over as they are stated.

In:   StateTreasuryFigures
Out:  TreasuryFiguresStated
Holds: pure; rows that are on record already are left out, and a statement of nothing else changes
       nothing
Source: docs/adr/0056-the-treasury-is-a-third-side.md
"""

from events import streams
from events.canonical import document_number, has_words, iso_month
from events.contract.inbound.fields import MAX_FEN
from events.contract.inbound.private import names_a_person
from events.days import legal_day
from events.envelope import Asked
from events.treasury import StateTreasuryFigures, TreasuryFiguresStated, TreasuryRow
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS
from services.deciders.refusal import refuse, refuse_first
from services.deciders.stream import Decider, members_of
from services.deciders.treasury.state import StatedRow, TreasuryState

Place = tuple[str, str]


def decide(
    treasury: TreasuryState, command: StateTreasuryFigures, asked: Asked, policies: Policies
) -> list[Fact]:
    """Take the figures of a month over.

    Refuses: UNKNOWN_DISTRICT (the city, or a row's), WRONG_MONTH, TREASURY_MONTH_OPEN,
             TREASURY_ROW_TWICE, UNKNOWN_FUND, AMOUNT_TOO_LARGE, IDENTITY_IN_REASON,
             TREASURY_CORRECTS_NOTHING, TREASURY_FIGURES_DIFFER  (first match wins)
    """
    city, about = policies.cities.by_code.get(command.city), f"{command.city}/{command.month}"
    if city is None or asked.stream != streams.treasury(command.city, command.month):
        return refuse(command, "UNKNOWN_DISTRICT", about, command.city)
    if iso_month(command.month) is None:
        return refuse(command, "WRONG_MONTH", about, command.month)
    places = [(row.fund, row.district) for row in command.rows]
    new = [row for row in command.rows if _is_new(treasury, row)]
    corrected = {
        treasury.stated[place].document
        for row in new
        if (place := (row.fund, row.district)) in treasury.stated
    }
    corrects = document_number(command.corrects)
    if refused := refuse_first(
        command,
        about,
        (
            command.month >= f"{legal_day(asked.sent_at):%Y-%m}",
            "TREASURY_MONTH_OPEN",
            command.month,
        ),
        (len(set(places)) < len(places), "TREASURY_ROW_TWICE", ""),
        *((fund not in FUNDS.values(), "UNKNOWN_FUND", fund) for fund, _ in places),
        *((not city.has(region), "UNKNOWN_DISTRICT", region) for _, region in places),
        (any(map(_too_large, command.rows)), "AMOUNT_TOO_LARGE", ""),
        (names_a_person(command.why), "IDENTITY_IN_REASON", ""),
    ):
        return refused
    if not new:
        return []
    if corrects and corrects not in corrected:
        return refuse(command, "TREASURY_CORRECTS_NOTHING", about, command.corrects)
    if corrected and (corrected != {corrects} or not has_words(command.why)):
        return refuse(command, "TREASURY_FIGURES_DIFFER", about, "、".join(sorted(corrected)))
    return [
        TreasuryFiguresStated(
            city=command.city,
            month=command.month,
            number=treasury.statements + 1,
            rows=tuple(new),
            document=document_number(command.document),
            corrects=corrects,
            why=command.why if corrects else "",
            evidence=command.evidence,
        )
    ]


def _is_new(treasury: TreasuryState, row: TreasuryRow) -> bool:
    known = treasury.stated.get((row.fund, row.district))
    return known is None or known.row != row


def _too_large(row: TreasuryRow) -> bool:
    return max(abs(row.appropriated), abs(row.paid), abs(row.balance)) > MAX_FEN


def evolve(treasury: TreasuryState, fact: TreasuryFiguresStated) -> None:
    """Fold one fact, in place."""
    treasury.statements = fact.number
    for row in fact.rows:
        treasury.stated[row.fund, row.district] = StatedRow(row, fact.document)


DECIDER = Decider[TreasuryState, StateTreasuryFigures, TreasuryFiguresStated](
    kind="treasury",
    initial=TreasuryState,
    decide=decide,
    evolve=lambda treasury, fact, recorded: evolve(treasury, fact),
    commands=members_of(StateTreasuryFigures),
    facts=members_of(TreasuryFiguresStated),
)
