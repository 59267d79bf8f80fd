"""Matches: every movement of the books and every line of the bank, with the match that it stands in.

Holds: what `projections.matching.rules` says of all that is known, kept by the projector in the
       transaction of what changes it (`projections.engine.match_keeping`); a line that is taken
       back has no row.
Asked: difference_notes, manual_matches, reconciliation
"""

from projections.definition.scoping import ByAccount
from projections.definition.table import Column, Table
from projections.matching.rule_set import CURRENT

VERSION = CURRENT.version

MATCHES = Table(
    "matches",
    "Every movement and every statement line with its match",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("member", "text", "id of the movement, or month/id of the line"),
        Column("match", "text", "name of the match; of one that stands alone, its own"),
        Column("verdict", "text", "matched, amount, wrong_account, duplicate, unknown_at_bank …"),
        Column("rule", "text", "the rule that made the match; empty where none did"),
        Column("movement", "text", "id of the fact of the books; null for a line"),
        Column("month", "text", "yyyy-mm of the line; null for a movement"),
        Column("line", "text", "id of the line; null for a movement"),
        Column("day", "date", "its own day, in the books or at the bank"),
        Column("amount_fen", "bigint", "came in where positive", "fen"),
        Column("instruction", "text", "instruction id of the payment, if any"),
        Column("batch", "text", "number of the batch, if any"),
        Column("other_account", "text", "the account on which the other side stands, if another"),
        Column("first_on", "date", "first day of the members of the match"),
        Column("last_on", "date", "last day of the members of the match"),
        Column("may_return", "boolean", "it may be money back that names nothing"),
    ),
    scoping=ByAccount(),
    key=("bank_account", "member"),
    indexes=(
        "(bank_account, match)",
        "(first_on) WHERE verdict <> 'matched'",
        "(last_on) WHERE verdict = 'matched' AND first_on < last_on",
        "(bank_account, amount_fen) WHERE may_return",
    ),
)
TABLES = (MATCHES,)
