"""Beneficiary commands: what upstream reports of a person: status, households, earlier grants."""

from events import streams
from events.contract.inbound.reader import Inbound
from events.contract.inbound.status import (
    HouseholdMember,
    HouseholdMemberLeft,
    PriorUse,
    StatusChanged,
)
from events.households import JoinHousehold, LeaveHousehold
from events.ids import upstream_key
from events.status import RecordPriorUse, RecordStatus
from events.values import CapSlot
from services.intake.stream_command import CommandByMessage, StreamCommand
from services.runtime.vault.requests import VaultAnswer


def _record_status(inbound: Inbound, body: StatusChanged, answer: VaultAnswer) -> StreamCommand:
    command = RecordStatus(
        status=body.status,
        since=body.since,
        source=inbound.source,
        benefit=body.benefit or "",
    )
    return StreamCommand(streams.beneficiary(answer.token), command, body.since)


def _join_household(inbound: Inbound, body: HouseholdMember, answer: VaultAnswer) -> StreamCommand:
    command = JoinHousehold(
        member=streams.beneficiary(answer.token), since=body.since, source=inbound.source
    )
    return StreamCommand(_household(inbound, body), command, body.since)


def _leave_household(
    inbound: Inbound, body: HouseholdMemberLeft, answer: VaultAnswer
) -> StreamCommand:
    command = LeaveHousehold(
        member=streams.beneficiary(answer.token), since=body.since, source=inbound.source
    )
    return StreamCommand(_household(inbound, body), command, body.since)


def _record_prior_use(_: Inbound, body: PriorUse, answer: VaultAnswer) -> StreamCommand:
    command = RecordPriorUse(
        document=body.document,
        programme=body.programme,
        slots=tuple(CapSlot(**dict(slot)) for slot in body.slots),
        amount=body.amount_fen,
        granted_on=body.granted_on,
    )
    return StreamCommand(streams.beneficiary(answer.token), command, body.granted_on)


def _household(inbound: Inbound, body: HouseholdMember) -> str:
    return streams.household(upstream_key(inbound.source, body.household))


BENEFICIARY_COMMANDS: CommandByMessage = {
    StatusChanged: _record_status,
    HouseholdMember: _join_household,
    HouseholdMemberLeft: _leave_household,
    PriorUse: _record_prior_use,
}
