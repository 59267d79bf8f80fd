"""difference acts: what may be done next about a difference of each kind, and where.

Out:   for a kind, the entries that would make both sides equal, each with its page
Holds: an entry that classifies is done on the difference's own page; the rest where its rules are
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
"""

from collections.abc import Sequence
from typing import NamedTuple

from events.differences import ProposedEntry
from projections.queries.differences import BankDifference, DifferenceKind
from services.web.request.visit import Visit
from services.wording.coded_words import PROPOSED_ENTRIES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DIFFERENCE_KINDS

WHERE: dict[ProposedEntry, str] = {
    "bank_result": "/results",
    "recovery": "/clawbacks",
    "reverse_statement": "/statements/import",
    "wait_for_bank": "/statements/import",
}
"""Where an entry is made that does not classify the line."""

NEXT: dict[DifferenceKind, tuple[str, tuple[ProposedEntry, ...]]] = {
    "missing_at_bank": (
        _("账上已付或已收，银行没有：等下一份流水，或核对银行结果是否登记过早"),
        ("wait_for_bank", "bank_result"),
    ),
    "unknown_at_bank": (
        _("银行有一行，账上没有：两人认定入账；是本账支付的补登银行结果，是收回的登记收回"),
        (
            "funds_received",
            "interest",
            "fee",
            "correction",
            "bank_result",
            "recovery",
            "reverse_statement",
        ),
    ),
    "amount": (
        _("同一笔两边金额不同：先向银行查询，再更正银行结果或等银行更正"),
        ("bank_result", "wait_for_bank"),
    ),
    "duplicate": (
        _("银行重复记了一笔：等银行冲正，确已多付的登记收回，文件有误的撤销"),
        ("wait_for_bank", "recovery", "reverse_statement"),
    ),
    "late": (_("两边都有，只是银行的日子在后：到那一天自行消除"), ("wait_for_bank",)),
    "wrong_account": (
        _("记在另一个账户：文件收错账户的撤销，银行串户的请银行更正"),
        ("reverse_statement", "correction"),
    ),
}


class NextAct(NamedTuple):
    """One entry that may be made, and its page; without one it is made on the page at hand."""

    entry: str
    words: str
    href: str | None


class KindToDo(NamedTuple):
    """All differences of a kind, and what may be done."""

    kind: str
    words: str
    number: int
    absolute_fen: int
    advice: str
    acts: tuple[NextAct, ...]
    href: str


def acts_of(visit: Visit, kind: str) -> tuple[str, tuple[NextAct, ...]]:
    """What is to be done about a kind, in words, and every act."""
    advice, entries = NEXT.get(kind, ("", ()))  # type: ignore[call-overload]
    return translate(advice), tuple(
        NextAct(
            entry,
            translate(PROPOSED_ENTRIES[entry]),
            visit.link(WHERE[entry]) if entry in WHERE else None,
        )
        for entry in entries
    )


def to_do(visit: Visit, rows: Sequence[BankDifference]) -> list[KindToDo]:
    """Every kind of which there is a difference, in the order of kinds."""
    found = []
    for kind, words in DIFFERENCE_KINDS.items():
        own = [row for row in rows if row.kind == kind]
        if own:
            absolute = sum(abs(row.difference) for row in own)
            advice, acts = acts_of(visit, kind)
            href = visit.link("/differences", kind=kind)
            found.append(KindToDo(kind, translate(words), len(own), absolute, advice, acts, href))
    return found
