"""Claim commands: what becomes of an application line, and of the batch that it came in.

In:    a claim, the vault's answer, where its message lay
Out:   DecideApplication, CorrectApplication or ReportConflict, and behind the first of these what
       has waited for it; OpenSubmission for a batch
Holds: pure; the first content and the first person of an application stand
"""

import orjson

from events import streams
from events.application_facts.checking import OTHER_NAME
from events.applications import CorrectApplication, DecideApplication, ReportConflict, Stated
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound
from events.contract.inbound.submissions import Submitted
from events.envelope import Asked
from events.submissions import DIGEST_LENGTH, AcceptedLine, OpenSubmission, RefusedLine
from events.values import Arrival
from services.intake.application_commands import (
    AboutApplication,
    about_application_command,
    beneficiary_command,
    sender_name,
    withdrawal_command,
)
from services.intake.command_ids import command_id
from services.intake.payee_facts import with_payee_facts
from services.intake.waiting_messages import waiting_in_order
from services.runtime.vault.requests import VaultAnswer


def claim_commands(
    inbound: Inbound, claim: Claim, answer: VaultAnswer, arrival: Arrival
) -> list[Asked]:
    """Turn an application line into commands for its person's stream."""
    other_person = bool(answer.registered_token) and answer.registered_token != answer.token
    other_content = not claim.replaces and answer.registered_digest != claim.digest
    if other_person or other_content:
        conflict = ReportConflict(
            application=claim.key,
            digest=claim.digest,
            other_person=other_person,
            arrived=arrival,
        )
        content = f"{claim.key}\n{claim.digest}"
        return [beneficiary_command(inbound, answer.registered_token, conflict, content)]
    stated = _stated(claim, answer)
    if claim.replaces:
        correction = CorrectApplication(
            application=claim.key,
            replaces=claim.replaces,
            digest=claim.digest,
            stated=stated,
            arrived=arrival,
        )
        content = f"{claim.key}\n{claim.replaces}\n{claim.digest}"
        return [beneficiary_command(inbound, answer.token, correction, content, claim.applied_on)]
    decide = DecideApplication(
        application=claim.key, digest=claim.digest, stated=stated, arrived=arrival
    )
    content = f"{claim.key}\n{claim.digest}"
    commands = [beneficiary_command(inbound, answer.token, decide, content, claim.applied_on)]
    return commands + _commands_that_waited(inbound, claim, answer)


def _stated(claim: Claim, answer: VaultAnswer) -> Stated:
    facts = with_payee_facts(
        claim.programme,
        claim.facts,
        beneficiary=(answer.token, claim.beneficiary.kind),
        payee=(answer.payee_token, claim.payee.kind),
    )
    if answer.name_differs:
        facts = {**facts, OTHER_NAME: True}
    return Stated(
        programme=claim.programme,
        region=claim.region,
        applied_on=claim.applied_on,
        channel=claim.channel,
        payee=answer.payee_token,
        account=answer.account_token,
        facts=facts,
        phone=answer.phone_token,
    )


def _commands_that_waited(inbound: Inbound, claim: Claim, answer: VaultAnswer) -> list[Asked]:
    """Ask what came before its application, as of the day on which each message came."""
    commands = []
    if answer.earlier_withdrawal:
        note = orjson.loads(answer.earlier_withdrawal)
        commands.append(withdrawal_command(inbound, claim.key, answer.token, note["reason"]))
    for waiting in waiting_in_order(answer.earlier_messages):
        assert isinstance(waiting.inbound.body, AboutApplication)
        commands.append(
            about_application_command(waiting.inbound, waiting.inbound.body, answer.token)
        )
    return commands


def open_submission(
    inbound: Inbound, submitted: Submitted, employer: str, arrival: Arrival
) -> Asked:
    """Tell a batch of its lines, so that it knows when all of them are decided."""
    accepted = tuple(
        AcceptedLine(no=line.no, line=line.line, digest=line.digest[:DIGEST_LENGTH])
        for line in submitted.lines
        if not line.code
    )
    refused = tuple(
        RefusedLine(no=line.no, line=line.line, code=line.code, field=line.field)
        for line in submitted.lines
        if line.code
    )
    command = OpenSubmission(
        submission=submitted.key,
        programme=submitted.programme,
        region=submitted.region,
        applied_on=submitted.applied_on,
        channel=submitted.channel,
        employer=employer,
        accepted=accepted,
        refused=refused,
        arrived=arrival,
    )
    content = orjson.dumps([submitted.key, submitted.applied_on, *submitted.lines], default=tuple)
    return Asked(
        command_id(command, content.decode()),
        streams.submission(submitted.key),
        inbound.at,
        submitted.applied_on,
        sender_name(inbound),
        command,
    )
