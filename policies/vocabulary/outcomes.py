"""Outcomes: what the rules answer, and what they ask of the history to answer it.

In:    a `Claim` (what is claimed) and `Counters` (what was already granted)
Out:   `Grant` | `Deny` | `Refer`, each with its trail
Units: money is integer fen
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple, Protocol

from events.status import StatusKind
from events.values import ClauseSeen, FactValue, PolicyRef

LIFETIME = "*"
"""The period of a cap that never begins anew."""

AT_GRANT = "at_grant"
"""The due day of an instalment that is payable as soon as it is granted."""

Payee = Literal["applicant", "employer", "training_unit", "internship_unit", "agency", "lender"]


class StatusOnRecord(NamedTuple):
    """A status on the record: since when, and the words of the fact that says so."""

    status: StatusKind
    benefit: str
    since: date
    words: str


class RunningBenefit(NamedTuple):
    """A benefit that the record shows as enjoyed: since when it was accepted, from which month on,
    the version (jurisdiction, date) under which, None for what began before this ledger."""

    accepted_on: date
    first_month: date
    version: tuple[str, str] | None
    words: str


class BeneficiaryRecord(Protocol):
    """What was folded of one beneficiary, as the rules ask for it."""

    def held(self, status: StatusKind, on: date, benefit: str) -> StatusOnRecord | None:
        """The status, if it holds on a day."""
        ...

    def out_of_work(self, on: date) -> tuple[date, str] | None:
        """Since when nobody employs him on a day, where a job before it is on record; the day
        itself where a job goes on."""
        ...

    def lost(self, on: date, own_job: bool) -> str | None:
        """The words of the loss of his household's category, if it is lost on a day; the loss by
        his own job counts only where `own_job`."""
        ...

    def highest(self, fact: str, programmes: Iterable[str], first: date) -> tuple[int, str] | None:
        """The highest number that a granted claim of these programmes stated under a fact, for a
        time that began no later than the first day of this claim."""
        ...

    def enjoyed(self, programme: str) -> RunningBenefit | None:
        """The benefit of a programme that has gone on without an end on record."""
        ...


Refusal = Literal[
    "NO_POLICY", "EXCLUDED", "CAP_REACHED", "CONTRADICTED", "CLAUSE_FAILED", "PAYEE_MISMATCH"
]
"""Why no money is due."""

Doubt = Literal[
    "TWO_VERSIONS",
    "CONTRADICTED",
    "MISSING_FACT",
    "NOT_STATED",
    "TO_JUDGE",
    "PAYEE_MISSING",
    "OUT_OF_BOUNDS",
]
"""Why a person must judge."""


class Claim(NamedTuple):
    """One claim line, as the rules see it: no identity, no clock; with what the ledger itself knows
    of whom it is for, None where that is nothing."""

    programme: str
    region: str
    applied_on: date
    facts: Mapping[str, FactValue]
    record: BeneficiaryRecord | None = None


class Counters(Protocol):
    """What the beneficiary has already used, answered from folded history."""

    def used(self, family: str, cap: str, period: str) -> int:
        """How many slots of a cap are taken in a period, ``"2022"`` or ``"*"``."""
        ...

    def key_used(self, family: str, cap: str, key: str) -> bool:
        """Whether a slot of a cap is taken under this key."""
        ...

    def months_used(self, family: str, cap: str) -> int:
        """How many months of a cap are taken in all."""
        ...

    def keys_used(self, family: str, cap: str) -> Iterable[str]:
        """The keys under which slots of a cap are taken."""
        ...


class NothingUsed:
    """The counters of somebody without a past."""

    def used(self, family: str, cap: str, period: str) -> int:
        return 0

    def key_used(self, family: str, cap: str, key: str) -> bool:
        return False

    def months_used(self, family: str, cap: str) -> int:
        return 0

    def keys_used(self, family: str, cap: str) -> Iterable[str]:
        return ()


class TrailLine(NamedTuple):
    """One node of a rule: what it saw and what it needed; `ok` is None where it cannot tell.

    A trail holds the same as plain tuples, which cost an eighth; whoever reads one by name calls
    `TrailLine(*line)`. Quote and clause are not repeated here: `Policies.policy(content_hash).nodes[id]` has them.
    """

    id: str
    ok: bool | None
    saw: FactValue | None
    need: str


class Slot(NamedTuple):
    """One use of a cap that an approval takes; its number is assigned by the standing."""

    cap: str
    period: str
    key: str
    months: int = 0


class CeilingUse(NamedTuple):
    """What an approval takes of a limit that many share; ``""`` is the scope of a whole programme.

    `take` and `limit` are fen, or a count; `whole` refuses whoever does not fit entirely.
    """

    id: str
    scope: str
    period: str
    of: Literal["yuan", "count"]
    take: int
    limit: int
    whole: bool


class PlanPart(NamedTuple):
    """One part of the payment plan; `due` is ``at_grant`` or a day, ``2022-04-01``; `months` are what
    it pays for which month, ``("2022-03", 60000)``, none where it is paid once."""

    no: int
    amount_fen: int
    due: str
    months: tuple[tuple[str, int], ...] = ()


class Grant(NamedTuple):
    """Money is due under every clause of this policy."""

    policy: PolicyRef
    amount_fen: int
    plan: tuple[PlanPart, ...]
    slots: tuple[Slot, ...]
    funds: tuple[str, ...]
    payee: Payee
    trail: tuple[ClauseSeen, ...]
    ceilings: tuple[CeilingUse, ...] = ()
    is_advance: bool = False


class Deny(NamedTuple):
    """No money is due; `failing` names every failing node in the file's order."""

    policy: PolicyRef | None
    code: Refusal
    failing: tuple[str, ...]
    text: str
    trail: tuple[ClauseSeen, ...]


class Refer(NamedTuple):
    """A person must judge. `plan` and `amount_fen` are what the rules would give, if they know;
    `slots` are the uses that an approval by that person takes. `uncounted` names what keeps the
    caps from being counted: until the facts are stated, nobody can approve. `most_fen` is what the
    notice allows at most, where it says so and the rules cannot tell the amount; `months` are those
    to come that a monthly amount is for, the first alone where no source says how many."""

    policy: PolicyRef | None
    code: Doubt
    about: tuple[str, ...]
    text: str
    amount_fen: int | None
    plan: tuple[PlanPart, ...]
    slots: tuple[Slot, ...]
    funds: tuple[str, ...]
    payee: Payee | None
    trail: tuple[ClauseSeen, ...]
    ceilings: tuple[CeilingUse, ...] = ()
    is_advance: bool = False
    uncounted: tuple[str, ...] = ()
    most_fen: int | None = None
    months: tuple[str, ...] = ()


Outcome = Grant | Deny | Refer
