"""Vault requests: what the vault must answer before a message can become commands.

Holds: pure; a message that names nobody asks for nothing
"""

import orjson

from events.contract.inbound.applications import AccountCorrected, ApplicationWithdrawn
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.reviews import (
    AdvanceOrdered,
    ApprovalRevoked,
    PlanExtended,
    ReviewDecided,
)
from events.contract.inbound.status import InstalmentEvidence, PlanEnded
from events.contract.inbound.submissions import Submitted
from services.intake.application_commands import application_named
from services.intake.waiting_messages import write_waiting
from services.runtime.vault.requests import (
    FindApplication,
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    RegisterParty,
    RegisterWithdrawal,
    VaultRequest,
)


def vault_request(inbound: Inbound, message: Message) -> VaultRequest | None:
    """Say what a message asks of the vault; None for nothing."""
    match inbound.body:
        case Claim() as claim:
            if claim.replaces:
                return RegisterCorrection(
                    claim.key, claim.beneficiary, claim.payee, claim.account, claim.phone
                )
            return RegisterApplication(
                claim.key,
                claim.digest,
                claim.beneficiary,
                claim.payee,
                claim.account,
                claim.phone,
            )
        case ApplicationWithdrawn() as withdrawn:
            note = {"reason": withdrawn.reason, "at": inbound.at, "on": inbound.on}
            return RegisterWithdrawal(application_named(inbound), orjson.dumps(note).decode())
        case (
            ReviewDecided()
            | ApprovalRevoked()
            | AdvanceOrdered()
            | PlanExtended()
            | PlanEnded()
            | InstalmentEvidence()
        ):
            return FindApplication(application_named(inbound), *write_waiting(inbound, message))
        case Submitted() as submitted:
            return RegisterParty(submitted.employer) if submitted.employer else None
        case AccountCorrected() if inbound.party and inbound.account:
            return RegisterAccount(inbound.party, inbound.account)
        case _:
            return RegisterParty(inbound.party) if inbound.party else None
