"""Decide whether a month may be closed, and by whom.

In:   PreparePeriod, SignPeriod, RejectPeriod, ReopenPeriod
Out:  PeriodPrepared, PeriodSigned, PeriodRejected, PeriodReopened
Holds: pure; what was counted is compared with itself and with what was signed before, never with
       tables: those who sign have counted again from the same vector
Source: docs/adr/0046-a-month-is-closed-by-two-people.md
"""

from typing import assert_never

from events import periods
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.period.preparing import closes_anew, wrong_with
from services.deciders.period.state import PeriodState
from services.deciders.refusal import refuse, refuse_same_person
from services.deciders.stream import Decider, members_of


def decide(
    period: PeriodState, command: periods.PeriodCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer one request about a month.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case periods.PreparePeriod():
            return _prepare(period, command, asked, policies)
        case periods.SignPeriod():
            return _sign(period, command)
        case periods.RejectPeriod():
            return _reject(period, command)
        case periods.ReopenPeriod():
            return _reopen(period, command)
        case _:
            assert_never(command)


def _prepare(
    period: PeriodState, command: periods.PreparePeriod, asked: Asked, policies: Policies
) -> list[Fact]:
    """Refuses: as `wrong_with`. What is prepared anew takes the place of what waited."""
    digest = periods.digest_of(command)
    waiting, last = period.prepared, period.signed.get(command.month)
    if waiting is not None and waiting.digest == digest:
        return []
    if last is not None and last.digest == digest and not closes_anew(period, command.month):
        return []
    if wrong := wrong_with(period, command, asked, policies):
        code, text = wrong
        return refuse(command, code, _about(command), text)
    return [periods.PeriodPrepared(**dict(command), digest=digest)]


def _sign(period: PeriodState, command: periods.SignPeriod) -> list[Fact]:
    """Refuses: PERIOD_NOT_PREPARED, SAME_PERSON, PERIOD_CHANGED  (first match wins)"""
    waiting = period.prepared
    if waiting is None or waiting.month != command.month:
        signed = period.signed.get(command.month)
        known = signed is not None and not closes_anew(period, command.month)
        if known and signed is not None and signed.digest == command.digest:
            return []
        return refuse(command, "PERIOD_NOT_PREPARED", _about(command))
    about, checker = _about(command), command.checker
    if refused := refuse_same_person(command, waiting.maker, checker, about, checker):
        return refused
    if command.digest != waiting.digest:
        return refuse(command, "PERIOD_CHANGED", about)
    signing = period.last.signing + 1 if period.last else 1
    return [periods.PeriodSigned(**dict(waiting), signing=signing, checker=checker)]


def _reject(period: PeriodState, command: periods.RejectPeriod) -> list[Fact]:
    """Refuses: PERIOD_NOT_PREPARED, SAME_PERSON  (first match wins)"""
    waiting = period.prepared
    if waiting is None or waiting.month != command.month:
        return refuse(command, "PERIOD_NOT_PREPARED", _about(command))
    about, checker = _about(command), command.checker
    if refused := refuse_same_person(command, waiting.maker, checker, about, checker):
        return refused
    return [periods.PeriodRejected(**dict(command), maker=waiting.maker)]


def _reopen(period: PeriodState, command: periods.ReopenPeriod) -> list[Fact]:
    """Refuses: PERIOD_NOT_SIGNED, PERIOD_FOLLOWED  (first match wins)"""
    if command.month not in period.closed:
        return refuse(command, "PERIOD_NOT_SIGNED", _about(command))
    if command.month != period.closed[-1]:
        return refuse(command, "PERIOD_FOLLOWED", _about(command), period.closed[-1])
    if period.prepared is not None:
        return refuse(command, "PERIOD_FOLLOWED", _about(command), period.prepared.month)
    return [periods.PeriodReopened(**dict(command))]


def _about(command: periods.PeriodCommand) -> str:
    return f"{command.fund}/{command.district}/{command.month}"


def evolve(period: PeriodState, fact: periods.PeriodFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case periods.PeriodPrepared():
            period.prepared = fact
        case periods.PeriodSigned():
            period.prepared = None
            period.closed.append(fact.month)
            period.signed[fact.month] = period.last = fact
            given = period.numbered.get(fact.month, 0)
            period.numbered[fact.month] = given + periods.vouchers(fact.days)
        case periods.PeriodRejected():
            period.prepared = None
        case periods.PeriodReopened():
            period.closed = [month for month in period.closed if month != fact.month]
        case _:
            assert_never(fact)


DECIDER = Decider[PeriodState, periods.PeriodCommand, periods.PeriodFact](
    kind="period",
    initial=PeriodState,
    decide=decide,
    evolve=lambda period, fact, recorded: evolve(period, fact),
    commands=members_of(periods.PeriodCommand),
    facts=members_of(periods.PeriodFact),
)
