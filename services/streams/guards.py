"""Guards: what no command may hold, whichever stream it is for and whoever sends it.

In:   a command on its way
Out:  a refusal, or None
Holds: pure; what the ledger asks itself by rule was guarded where it began
"""

from events import streams
from events.canonical import has_words
from events.contract.inbound.fields import MAX_FEN
from events.control import CommandRefused
from events.envelope import Asked
from events.hands import BY_RULE, NOBODY_ALONE, RULE_ALONE
from events.ids import is_staff
from events.people import same_person
from events.proposals import JudgeAct, ProposeAct
from events.values import Command
from policies.cities import Cities
from policies.vocabulary.places import FUNDS

_ABOUT = ("clawback", "application", "batch", "disbursement", "proposal", "number", "document")
_PERSONS = ("maker", "checker", "reviewer", "operator", "by")
_DOCUMENTS, _REASONS, _REFERENCES = "document", "reason", "bank_reference"
_AMOUNTS = (
    "amount", "planned", "floor", "opening_balance", "balance_after", "opening", "closing",
    "came_in", "went_out",
)  # fmt: skip
_SIGNED = "by"
_NOT_ZERO = frozenset(
    {
        "ProposeClawback",
        "OrderClawback",
        "RecordRecovery",
        "ProposeWriteOff",
        "AllocateBudget",
        "ReviewApplication",
        "RecordStatementLine",
    }
)
"""Commands whose amount moves something, so that 0.00 says nothing."""

_NO_WORDS_NEEDED = frozenset(
    {
        "RecordBankResult",
        "RecordOutcome",
        "WithdrawApplication",
        "ProposeLink",
        "JudgeLink",
        "JudgeResumption",
        "RejectCommand",
        "CloseLetter",
    }
)
"""What a bank or a claimant may leave unsaid, and what answers NO_REASON of itself."""

_OF_LINES = frozenset(
    {"AllocateBudget", "AdjustBudget", "ProposeAdjustment", "ConfirmAdjustment", "CloseLine"}
)
_YEARS = range(2000, 2101)


def refusal(asked: Asked, cities: Cities) -> CommandRefused | None:
    """Say why a command cannot be put to its stream.

    Refuses: NEEDS_TWO_PEOPLE, BY_RULE_ALONE, NOBODY_NAMED, NOT_YOURSELF, BLANK_DOCUMENT,
             BLANK_REASON, BLANK_REFERENCE, ZERO_AMOUNT, AMOUNT_TOO_LARGE, UNKNOWN_FUND,
             UNKNOWN_DISTRICT, WRONG_YEAR  (first match wins)
    """
    if asked.by in BY_RULE:
        return None
    name = type(asked.body).__name__
    if name in NOBODY_ALONE:
        return refused(asked, asked.body, "NEEDS_TWO_PEOPLE")
    if name in RULE_ALONE:
        return refused(asked, asked.body, "BY_RULE_ALONE")
    return wrong_with(asked, asked.body, cities)


def wrong_with(asked: Asked, body: Command, cities: Cities) -> CommandRefused | None:
    """Look at who is named, at documents, reasons and amounts, and at the line of a budget."""
    for look in (_persons, _words, _amounts):
        if found := look(asked, body):
            return refused(asked, body, *found)
    wrong = _line(asked, body, cities)
    return refused(asked, body, *wrong) if wrong else None


def refused(asked: Asked, body: Command, code: str, text: str = "") -> CommandRefused:
    """Refuse, naming what the command is about."""
    return CommandRefused(
        command=type(body).__name__, code=code, about=about(asked, body), text=text
    )


def about(asked: Asked, body: Command) -> str:
    """Name what a command is about: the first of its own keys, or its stream."""
    keys = (getattr(body, field, "") for field in _ABOUT)
    return next((str(key) for key in keys if key), asked.stream)


def _persons(asked: Asked, body: Command) -> tuple[str, str] | None:
    """Whoever is named is somebody, and staff name nobody but themselves as who acts now."""
    named = {
        field: value for field in _PERSONS if isinstance(value := getattr(body, field, None), str)
    }
    if isinstance(body, ProposeAct) and not body.checker:
        named.pop("checker")
    for field, value in named.items():
        if not has_words(value):
            return "NOBODY_NAMED", field
    if is_staff(asked.by):
        for field, value in named.items():
            # nobody confirms in another's name
            other = field == "checker" and isinstance(body, ProposeAct)
            if other or not same_person(value, asked.by):
                return "NOT_YOURSELF", value
        source = getattr(body, "source", "")
        if isinstance(source, str) and is_staff(source) and not same_person(source, asked.by):
            return "NOT_YOURSELF", source
    return None


def _words(asked: Asked, body: Command) -> tuple[str, str] | None:
    if type(body).__name__ in _NO_WORDS_NEEDED:
        return None
    document = getattr(body, _DOCUMENTS, None)
    if isinstance(document, str) and not has_words(document):
        return "BLANK_DOCUMENT", ""
    reason = getattr(body, _REASONS, None)
    if isinstance(reason, str) and not has_words(reason) and _gives_a_reason(body):
        return "BLANK_REASON", ""
    reference = getattr(body, _REFERENCES, None)
    if isinstance(reference, str) and not has_words(reference):
        return "BLANK_REFERENCE", ""
    return None


def _gives_a_reason(body: Command) -> bool:
    """Whoever confirms need give none; whoever turns down must."""
    if getattr(body, "verdict", "") == "confirm" or getattr(body, "approve", False):
        return False
    return not isinstance(body, JudgeAct) or body.verdict == "reject"


def _amounts(asked: Asked, body: Command) -> tuple[str, str] | None:
    stated = {field: getattr(body, field, None) for field in (*_AMOUNTS, _SIGNED)}
    numbers = {field: value for field, value in stated.items() if isinstance(value, int)}
    if type(body).__name__ in _NOT_ZERO and numbers.get("amount") == 0:
        return "ZERO_AMOUNT", ""
    if any(abs(value) > MAX_FEN for value in numbers.values()):
        return "AMOUNT_TOO_LARGE", ""
    return None


def _line(asked: Asked, body: Command, cities: Cities) -> tuple[str, str] | None:
    """The line that a budget's command is for is one of a fund, a district of this ledger and a year."""
    if type(body).__name__ not in _OF_LINES or streams.kind(asked.stream) != "budget":
        return None
    try:
        kind, fund, district, year = streams.line_parts(asked.stream)
    except ValueError:
        return "UNKNOWN_FUND", asked.stream
    if kind not in ("fund", "ceiling") or (kind == "fund" and fund not in FUNDS.values()):
        return "UNKNOWN_FUND", fund
    if district not in cities.served:
        return "UNKNOWN_DISTRICT", district
    written = asked.stream.rpartition("/")[2]
    if written != str(year) or (year not in _YEARS and (kind, year) != ("ceiling", 0)):
        return "WRONG_YEAR", written
    return None
