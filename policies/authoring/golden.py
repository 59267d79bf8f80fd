"""Golden cases: decisions an official has written down, and what they cover.

In:    `tests/policies/<programme>/*.yaml`, a city's `cases/<programme>/*.yaml`: facts and counters before, and the outcome
Out:   for each case whether the rules agree; for each policy node whether it was seen both true
       and false, and on both sides of its boundary
Holds: a case states a whole outcome: amount, or every failing id, or what is referred and why.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, assert_never

from pydantic import Field, model_validator

from events.application_facts.checking import check_facts
from events.values import FactValue
from policies.cities import NO_CITY, Cities
from policies.engine.registry import Policies
from policies.vocabulary.files import parsed
from policies.vocabulary.outcomes import (
    AT_GRANT,
    CeilingUse,
    Claim,
    Counters,
    Deny,
    Grant,
    Outcome,
    Refer,
    Slot,
)
from policies.vocabulary.places import FUNDS
from policies.vocabulary.words import Region, Words, round_half_up

Stated = bool | int | date | str | list[str] | None
YuanText = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9][0-9]$")]
"""An amount that is not whole yuan, as ``"66.67"``."""

_FUND_NAMES = {fund: name for name, fund in FUNDS.items()}


class Before(Words):
    """What the person had already been granted."""

    used: Annotated[dict[str, int], Field(default_factory=dict)]
    keys: Annotated[list[str], Field(default_factory=list)]
    months: Annotated[dict[str, int], Field(default_factory=dict)]


class GoldenCase(Words):
    """One decision: what differs from the file's facts, and the outcome; `months` are those that
    are paid later than the grant, where the case says them."""

    name: str
    region: Region | None = None
    applied_on: date | None = None
    facts: Annotated[dict[str, Stated], Field(default_factory=dict)]
    before: Annotated[Before, Field(default_factory=Before)]
    grant: Annotated[int, Field(gt=0)] | YuanText | None = None
    months: list[str] | None = None
    payee: str = "applicant"
    funds: list[str] | None = None
    slots: list[str] | None = None
    ceilings: list[str] | None = None
    advance: bool | None = None
    deny: list[str] | None = None
    code: Literal["NO_POLICY", "EXCLUDED", "CAP_REACHED", "CLAUSE_FAILED"] | None = None
    refer: list[str] | None = None
    why: Literal["TWO_VERSIONS", "MISSING_FACT", "NOT_STATED", "TO_JUDGE"] | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if sum(outcome is not None for outcome in (self.grant, self.deny, self.refer)) != 1:
            raise ValueError("grant、deny、refer 须有且只有一个")
        return self


class GoldenFile(Words):
    """The cases of one version: who applies where and when, unless a case says otherwise."""

    programme: str
    about: str
    region: Region
    applied_on: date
    parameters: str | None = None
    facts: dict[str, Stated]
    cases: Annotated[list[GoldenCase], Field(min_length=1)]


class Result(NamedTuple):
    """A case, what the rules said, and the difference, if any."""

    file: Path
    line: int
    case: GoldenCase
    claim: Claim
    outcome: Outcome
    wrong: str


class _Past(NamedTuple):
    """Counters from a case's `before`: ``cap`` or ``family/cap``, ``cap period`` and keys."""

    family: str
    before: Before

    def used(self, family: str, cap: str, period: str) -> int:
        known = self.before.used
        return known.get(f"{family}/{cap} {period}", known.get(self._own(family, cap, period), 0))

    def key_used(self, family: str, cap: str, key: str) -> bool:
        keys = self.before.keys
        return f"{family}/{cap} {key}" in keys or self._own(family, cap, key) in keys

    def months_used(self, family: str, cap: str) -> int:
        known = self.before.months
        return known.get(f"{family}/{cap}", known.get(cap, 0) if family == self.family else 0)

    def keys_used(self, family: str, cap: str) -> list[str]:
        starts = (f"{family}/{cap} ", self._own(family, cap, ""))
        return [
            key.removeprefix(start)
            for key in self.before.keys
            for start in starts
            if start and key.startswith(start)
        ]

    def _own(self, family: str, cap: str, rest: str) -> str:
        return f"{cap} {rest}" if family == self.family else ""


class Prepared(NamedTuple):
    """A case, ready to be put to any policies: where it stands, what is claimed, what was before."""

    file: Path
    line: int
    case: GoldenCase
    parameters: str | None
    claim: Claim
    past: Counters

    def judged(self, policies: Policies) -> Result:
        """What the rules say, and what differs from what the case wants."""
        outcome = policies.evaluate(self.claim, self.past)
        wrong = _wrong(self.case, outcome)
        return Result(self.file, self.line, self.case, self.claim, outcome, wrong)


def prepared(directory: Path) -> Iterator[Prepared]:
    """Every case under `directory`, in the order of the files.

    Raises: FileProblem, ValueError when a file is no golden file or states an unknown fact
    """
    for path in sorted(directory.glob("*/*.yaml")):
        file = parsed(path)
        cases = GoldenFile.model_validate(file.data)
        for index, case in enumerate(cases.cases):
            claim, past = claim_of(cases, case), _Past(cases.programme, case.before)
            line = file.line(("cases", index))
            yield Prepared(path, line, case, cases.parameters, claim, past)


def run_goldens(directory: Path, load: Mapping[str | None, Policies]) -> Iterator[Result]:
    """Decide every case under `directory`; `load` has the policies by parameter directory.

    Raises: as `prepared`
    """
    for case in prepared(directory):
        yield case.judged(load[case.parameters])


def parameter_directories(directory: Path) -> set[str]:
    """The city parameter directories that golden files under `directory` ask for."""
    files = (parsed(path).data for path in directory.glob("*/*.yaml"))
    return {file["parameters"] for file in files if file.get("parameters")}


def load_for(
    directory: Path, root: Path | None = None, cities: Cities = NO_CITY
) -> dict[str | None, Policies]:
    """The policies as shipped, with what cities decide themselves, and with each parameter directory
    that golden files name."""
    with_parameters: dict[str | None, Policies] = {None: Policies.load(root, cities=cities)}
    for name in parameter_directories(directory):
        with_parameters[name] = Policies.load(root, overrides=directory / name, cities=cities)
    return with_parameters


def claim_of(file: GoldenFile, case: GoldenCase) -> Claim:
    """The claim of a case: the file's facts with the case's own; null takes a fact away."""
    stated = {name: _plain(value) for name, value in {**file.facts, **case.facts}.items()}
    facts, problems = check_facts(
        {name: value for name, value in stated.items() if value is not None}
    )
    if problems:
        raise ValueError(f"{case.name}: {problems[0]}")
    region, day = case.region or file.region, case.applied_on or file.applied_on
    return Claim(file.programme, region, day, facts)


def _plain(value: Stated) -> FactValue | None:
    return value.isoformat() if isinstance(value, date) else value


def _wrong(case: GoldenCase, outcome: Outcome) -> str:
    """What differs between a case and the outcome, or nothing."""
    answered = _as_stated(case, outcome)
    if case.grant is not None:
        fen = round_half_up(Fraction(str(case.grant)) * 100)
        wanted: Sequence[object] = (
            "grant",
            fen,
            case.months,
            case.payee,
            case.funds,
            case.slots and sorted(case.slots),
            case.ceilings,
            case.advance,
        )
    elif case.deny is not None:
        wanted = ("deny", sorted(case.deny), case.code)
    else:
        paid = _paid(case, case.payee, case.funds)
        wanted = ("refer", sorted(case.refer or []), case.why, paid, case.advance)
    return "" if answered == wanted else f"应为 {wanted}，实为 {answered}"


def _as_stated(case: GoldenCase, outcome: Outcome) -> Sequence[object]:
    """The outcome in a case's own terms."""
    match outcome:
        case Grant():
            return (
                "grant",
                outcome.amount_fen,
                None if case.months is None else _months(outcome),
                outcome.payee,
                case.funds and [_FUND_NAMES[fund] for fund in outcome.funds],
                case.slots and sorted(map(_slot, outcome.slots)),
                None if case.ceilings is None else [*map(_ceiling, outcome.ceilings)],
                None if case.advance is None else outcome.is_advance,
            )
        case Deny():
            return ("deny", sorted(outcome.failing), case.code and outcome.code)
        case Refer():
            funds = [_FUND_NAMES[fund] for fund in outcome.funds]
            paid = _paid(case, outcome.payee, funds)
            ahead = None if case.advance is None else outcome.is_advance
            return ("refer", sorted(outcome.about), case.why and outcome.code, paid, ahead)
        case _:
            assert_never(outcome)


def _paid(
    case: GoldenCase, payee: str | None, funds: list[str] | None
) -> tuple[str | None, list[str] | None] | None:
    """To whom and from where a person's approval would pay, where a case states the funds."""
    return (payee, funds) if case.funds else None


def _slot(slot: Slot) -> str:
    """A slot in a case's own terms: ``cap period``, ``cap key`` or ``cap 3个月``."""
    if slot.months:
        return f"{slot.cap} {slot.months}个月"
    return f"{slot.cap} {slot.key or slot.period}"


def _ceiling(use: CeilingUse) -> str:
    """A ceiling in a case's own terms: ``quota 全项目 2020 1/10个 不足不发``."""
    scale, unit = (100, "元") if use.of == "yuan" else (1, "个")
    most = f"{Fraction(use.take, scale)}/{Fraction(use.limit, scale)}{unit}"
    rest = "不足不发" if use.whole else "余额照发"
    return f"{use.id} {use.scope or '全项目'} {use.period} {most} {rest}"


def _months(outcome: Grant) -> list[str]:
    """The months of each part that falls due later than the grant: one, or ``2021-08/2021-10``."""
    return [
        "/".join(dict.fromkeys((part.months[0][0], part.months[-1][0])))
        for part in outcome.plan
        if part.due != AT_GRANT
    ]
