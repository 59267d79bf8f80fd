"""Claims: one line of an application in canonical form, and the digest that names its content.

Holds: equal content in any way of writing has one digest; where and when it arrived is no part.
"""

from datetime import date
from hashlib import sha256
from typing import NamedTuple

import orjson

from events.contract.inbound.identity import Account, Party
from events.ids import application_key
from events.values import FactValue


class Claim(NamedTuple):
    """What one application line states; `replaces` where it corrects an earlier content."""

    source: str
    application: str
    line: str
    programme: str
    region: str
    applied_on: date
    channel: str
    beneficiary: Party
    payee: Party
    account: Account
    facts: dict[str, FactValue]
    digest: str
    replaces: str = ""
    phone: str = ""

    @property
    def key(self) -> str:
        """The application key inside the ledger."""
        return application_key(self.source, self.application, self.line)


def digest_of(claim: Claim) -> str:
    """Hash a claim's content: SHA-256 over its JSON with sorted keys, UTF-8, no spaces.

    What goes in: source, application, line, programme, region, applied_on, channel, beneficiary,
    payee (the beneficiary where none was named), account and facts, each canonical; phone where one is stated.
    """
    content = {
        "source": claim.source,
        "application": claim.application,
        "line": claim.line,
        "programme": claim.programme,
        "region": claim.region,
        "applied_on": claim.applied_on,
        "channel": claim.channel,
        "beneficiary": _party(claim.beneficiary),
        "payee": _party(claim.payee),
        "account": dict(zip(Account._fields, claim.account, strict=True)),
        "facts": claim.facts,
    }
    if claim.phone:
        content["phone"] = claim.phone
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _party(party: Party) -> dict[str, str]:
    return {"kind": party.kind, "id": party.id, "name": party.name}
