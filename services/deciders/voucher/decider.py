"""Decide how far a voucher has come: a step told early waits for the one before it."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from events import streams, vouchers
from events.invariants import BrokenInvariant
from events.values import Fact
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of
from services.deciders.voucher.state import (
    StepCommand,
    StepFact,
    VoucherState,
    VoucherStep,
    step_of,
)


def decide(voucher: VoucherState, command: vouchers.VoucherCommand, on: date) -> list[Fact]:
    """Answer one request about the voucher; `on` is the command's legal day.

    Refuses: as each step below; a repeat of what was told already changes nothing
    """
    match command:
        case vouchers.IssueVoucher():
            return _issue(voucher, command)
        case vouchers.ClaimVoucher() | vouchers.VerifyVoucher() | vouchers.UseVoucher():
            return _step(voucher, command)
        case vouchers.ExpireVoucher():
            return _expire(voucher, command, on)
        case _:
            assert_never(command)


def _issue(voucher: VoucherState, command: vouchers.IssueVoucher) -> list[Fact]:
    """Refuses: WRONG_HOLDER, TOLD_OTHERWISE, ENDS_BEFORE_ISSUE (first match wins)"""
    issued = vouchers.VoucherIssued(**dict(command))
    if voucher.issued is not None:
        if voucher.issued.holder != command.holder:
            return refuse(command, "WRONG_HOLDER", _name(command))
        same = voucher.issued.model_copy(update={"source": command.source}) == issued
        return [] if same else refuse(command, "TOLD_OTHERWISE", _name(command))
    if command.valid_until < command.issued_on:
        return refuse(command, "ENDS_BEFORE_ISSUE", _name(command))
    return _and_what_waited(voucher, command.voucher, issued)


def _step(voucher: VoucherState, command: StepCommand) -> list[Fact]:
    """Refuses: WRONG_HOLDER, ALREADY_USED, TOLD_OTHERWISE, EXPIRED, WRONG_STEP (first match wins)

    Holds: what comes before the issue, or before the step that it follows, is kept until that comes
    """
    step = step_of(command)
    if voucher.issued is not None and voucher.issued.holder != step.holder:
        return refuse(command, "WRONG_HOLDER", _name(command))
    earlier = voucher.taken.get(step.name) or voucher.kept.get((step.name, step.holder))
    if earlier is not None:
        if earlier.same_as(step):
            return []
        used = "use" in voucher.taken and step.name == "use"
        return refuse(command, "ALREADY_USED" if used else "TOLD_OTHERWISE", _name(command))
    if voucher.issued is not None:
        code = _misfit(voucher, step)
        if code:
            return refuse(command, code, _name(command))
    if voucher.issued is None or voucher.next_step != step.name:
        kept = vouchers.VoucherStepKept(
            voucher=command.voucher,
            step=step.name,
            holder=step.holder,
            on=step.on,
            source=step.source,
            applied=step.applied,
        )
        return [kept]
    return _and_what_waited(voucher, command.voucher, _taken(command.voucher, step))


def _expire(voucher: VoucherState, command: vouchers.ExpireVoucher, on: date) -> list[Fact]:
    """Refuses: UNKNOWN_VOUCHER, STILL_VALID (first match wins); a used one changes nothing"""
    if voucher.issued is None:
        return refuse(command, "UNKNOWN_VOUCHER", _name(command))
    if voucher.expired or "use" in voucher.taken:
        return []
    if on <= voucher.issued.valid_until:
        return refuse(command, "STILL_VALID", _name(command))
    expired = vouchers.VoucherExpired(
        voucher=command.voucher,
        holder=voucher.issued.holder,
        valid_until=voucher.issued.valid_until,
    )
    dropped = [
        vouchers.VoucherStepDropped(
            voucher=command.voucher, step=step.name, holder=step.holder, code="EXPIRED"
        )
        for step in voucher.kept.values()
    ]
    return [expired, *dropped]


def _misfit(voucher: VoucherState, step: VoucherStep) -> str:
    """Why a step does not fit an issued voucher, or nothing."""
    assert voucher.issued is not None
    if step.holder != voucher.issued.holder:
        return "WRONG_HOLDER"
    if voucher.expired or step.on > voucher.issued.valid_until:
        return "EXPIRED"
    return "WRONG_STEP" if step.on < voucher.latest else ""


def _and_what_waited(
    voucher: VoucherState, key: str, first: vouchers.VoucherIssued | StepFact
) -> list[Fact]:
    """Take one step, and every step that has waited for it; drop what now shows not to fit."""
    after = replace(voucher, taken=dict(voucher.taken), kept=dict(voucher.kept))
    facts: list[Fact] = [first]
    evolve(after, first)
    while (fact := _what_follows(after, key)) is not None:
        facts.append(fact)
        evolve(after, fact)
    return facts


def _what_follows(voucher: VoucherState, key: str) -> vouchers.VoucherFact | None:
    """Find what becomes of a step that waits, where it need wait no longer."""
    for step in voucher.kept.values():
        if code := _misfit(voucher, step):
            return vouchers.VoucherStepDropped(
                voucher=key, step=step.name, holder=step.holder, code=code
            )
    for step in voucher.kept.values():
        if step.name == voucher.next_step:
            return _taken(key, step)
    return None


def _taken(key: str, step: VoucherStep) -> StepFact:
    holder, on, source = step.holder, step.on, step.source
    match step.name:
        case "claim":
            return vouchers.VoucherClaimed(voucher=key, holder=holder, on=on, source=source)
        case "verify":
            return vouchers.VoucherVerified(voucher=key, holder=holder, on=on, source=source)
        case "use":
            assert step.applied is not None
            return vouchers.VoucherUsed(
                voucher=key, holder=holder, on=on, source=source, applied=step.applied
            )
        case _:
            assert_never(step.name)


def _name(command: vouchers.VoucherCommand) -> str:
    return streams.voucher(command.voucher)


def evolve(voucher: VoucherState, fact: vouchers.VoucherFact) -> None:
    """Fold one fact, in place.

    Raises: BrokenInvariant when a voucher would be used twice
    """
    match fact:
        case vouchers.VoucherIssued():
            voucher.issued = fact
        case vouchers.VoucherClaimed() | vouchers.VoucherVerified() | vouchers.VoucherUsed():
            step = step_of(fact)
            if step.name in voucher.taken:
                raise BrokenInvariant(f"voucher {fact.voucher}: {step.name} twice")
            voucher.taken[step.name] = step
            voucher.kept.pop((step.name, step.holder), None)
        case vouchers.VoucherStepKept():
            voucher.kept[fact.step, fact.holder] = step_of(fact)
        case vouchers.VoucherStepDropped():
            voucher.kept.pop((fact.step, fact.holder), None)
        case vouchers.VoucherExpired():
            voucher.expired = True
        case _:
            assert_never(fact)


DECIDER = Decider[VoucherState, vouchers.VoucherCommand, vouchers.VoucherFact](
    kind="voucher",
    initial=VoucherState,
    decide=lambda voucher, command, asked, policies: decide(voucher, command, asked.effective_on),
    evolve=lambda voucher, fact, recorded: evolve(voucher, fact),
    commands=members_of(vouchers.VoucherCommand),
    facts=members_of(vouchers.VoucherFact),
)
