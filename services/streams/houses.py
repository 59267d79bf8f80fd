"""The houses: which decider has which kind of stream; what is of no known kind can only refuse."""

from typing import Any

from events import COMMANDS, FACTS, streams
from events.envelope import Asked
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.application_file.decider import DECIDER as APPLICATION_FILE
from services.deciders.bank_month.decider import DECIDER as BANK_MONTH
from services.deciders.batch.decider import DECIDER as BATCH
from services.deciders.beneficiary.decider import DECIDER as BENEFICIARY
from services.deciders.budget_line.decider import DECIDER as BUDGET_LINE
from services.deciders.dead_letter.decider import DECIDER as DEAD_LETTER
from services.deciders.difference.decider import DECIDER as DIFFERENCE
from services.deciders.disclosure.decider import DECIDER as DISCLOSURE
from services.deciders.figures.decider import DECIDER as FIGURES
from services.deciders.household.decider import DECIDER as HOUSEHOLD
from services.deciders.looks.decider import DECIDER as LOOKS
from services.deciders.matching.decider import DECIDER as MATCHING
from services.deciders.payee.decider import DECIDER as PAYEE
from services.deciders.period.decider import DECIDER as PERIOD
from services.deciders.prior_uses.decider import DECIDER as PRIOR_USES
from services.deciders.refusal import refuse
from services.deciders.report.decider import DECIDER as REPORT
from services.deciders.rules.decider import DECIDER as RULES
from services.deciders.sample.decider import DECIDER as SAMPLE
from services.deciders.statement_file.decider import DECIDER as STATEMENT_FILE
from services.deciders.stream import Decider, Stream
from services.deciders.submission.decider import DECIDER as SUBMISSION
from services.deciders.treasury.decider import DECIDER as TREASURY
from services.deciders.user.decider import DECIDER as USER
from services.deciders.voucher.decider import DECIDER as VOUCHER

DECIDERS: dict[str, Decider[Any, Any, Any]] = {
    decider.kind: decider
    for decider in (
        BENEFICIARY,
        PAYEE,
        BUDGET_LINE,
        HOUSEHOLD,
        BATCH,
        BANK_MONTH,
        PERIOD,
        TREASURY,
        SUBMISSION,
        PRIOR_USES,
        APPLICATION_FILE,
        DEAD_LETTER,
        USER,
        LOOKS,
        VOUCHER,
        DISCLOSURE,
        FIGURES,
        RULES,
        STATEMENT_FILE,
        SAMPLE,
        REPORT,
        DIFFERENCE,
        MATCHING,
    )
}
"""The deciders by the kind that begins the names of their streams."""


def _refuse_unknown(state: None, command: Command, asked: Asked, policies: Policies) -> list[Fact]:
    return refuse(command, "UNKNOWN_STREAM", asked.stream)


UNKNOWN = Decider[None, Command, Fact](
    kind="unknown",
    initial=lambda: None,
    decide=_refuse_unknown,
    evolve=lambda state, fact, recorded: None,
    commands=frozenset(COMMANDS.values()),
    facts=frozenset(FACTS.values()),
)
"""Of a stream of no kind that this code knows: it can only refuse and be parked."""


def new_stream(name: str) -> Stream:
    """Begin a stream without history, in the house that its name says."""
    return Stream(DECIDERS.get(streams.kind(name), UNKNOWN))
