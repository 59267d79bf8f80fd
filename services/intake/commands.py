"""Commands: which commands follow from a message, once the vault has answered.

In:    Inbound messages, the vault's answers
Out:   Asked commands (or Rejected, when the answer shows that none can follow)
Holds: pure; the same message and answer give the same commands with the same ids, so whatever is
       sent twice is decided once; no identity leaves.
"""

from events.codec import body_json
from events.contract.inbound.applications import ApplicationWithdrawn
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.rejections import Code, Problem, Rejected
from events.contract.inbound.reviews import (
    AdvanceOrdered,
    ApprovalRevoked,
    PlanExtended,
    ReviewDecided,
)
from events.contract.inbound.status import InstalmentEvidence, PlanEnded
from events.contract.inbound.submissions import Submitted
from events.envelope import Asked
from events.values import Arrival
from services.intake.application_commands import (
    about_application_command,
    application_named,
    sender_name,
    withdrawal_command,
)
from services.intake.bank_commands import BANK_COMMANDS
from services.intake.beneficiary_commands import BENEFICIARY_COMMANDS
from services.intake.budget_commands import BUDGET_COMMANDS
from services.intake.claim_commands import claim_commands, open_submission
from services.intake.command_ids import command_id
from services.intake.payee_commands import PAYEE_COMMANDS
from services.intake.stream_command import CommandByMessage
from services.intake.two_person_acts import proposed_if_for_two
from services.intake.voucher_commands import VOUCHER_COMMANDS
from services.runtime.vault.requests import VaultAnswer

COMMAND_BY_MESSAGE: CommandByMessage = {
    **BENEFICIARY_COMMANDS,
    **BUDGET_COMMANDS,
    **BANK_COMMANDS,
    **PAYEE_COMMANDS,
    **VOUCHER_COMMANDS,
}
"""The messages that are about no application: each is one command to one stream."""


def commands_for(inbound: Inbound, answer: VaultAnswer, message: Message) -> list[Asked] | Rejected:
    """Turn an answered message into commands for the streams.

    Refuses: TOO_MANY_WAITING (for one application that has not come)
    """
    match inbound.body:
        case Claim() as claim:
            return claim_commands(inbound, claim, answer, _arrival(inbound, message))
        case ApplicationWithdrawn() as withdrawn:
            if not answer.registered_token:
                return []  # the register keeps it until its application comes
            application = application_named(inbound)
            token, reason = answer.registered_token, withdrawn.reason
            return [withdrawal_command(inbound, application, token, reason)]
        case (
            ReviewDecided()
            | ApprovalRevoked()
            | AdvanceOrdered()
            | PlanExtended()
            | PlanEnded()
            | InstalmentEvidence() as body
        ):
            if answer.registered_token:
                return [about_application_command(inbound, body, answer.registered_token)]
            if answer.is_waiting:
                return []  # the register keeps it until its application comes
            return Rejected((Problem(Code.TOO_MANY_WAITING, "data.application"),))
        case Submitted() as submitted:
            return [open_submission(inbound, submitted, answer.token, _arrival(inbound, message))]
        case _:
            return [_command_to_one_stream(inbound, answer)]


def _command_to_one_stream(inbound: Inbound, answer: VaultAnswer) -> Asked:
    command_of = COMMAND_BY_MESSAGE[type(inbound.body)]
    stream, command, effective_on = command_of(inbound, inbound.body, answer)
    command = proposed_if_for_two(inbound, command)
    content = body_json(command).decode()
    identity = command_id(command, f"{inbound.source}\n{inbound.event}\n{stream}\n{content}")
    return Asked(identity, stream, inbound.at, effective_on, sender_name(inbound), command)


def _arrival(inbound: Inbound, message: Message) -> Arrival:
    return Arrival(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        event=inbound.event,
    )
