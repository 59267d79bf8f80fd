"""Canonical claim: what one claim line states, in its one way of writing, with all that is wrong.

In:    a claim's header, its parties and its facts, as stated
Out:   a Claim with the digest of its content; problems are added to the list that is handed in
Holds: a claim of which anything is wrong has no digest
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from events.application_facts import checking
from events.contract.inbound.applications import (
    AUTO,
    ApplicationSubmitted,
    BatchSubmitted,
)
from events.contract.inbound.claims import Claim, digest_of
from events.contract.inbound.cloudevent import Event
from events.contract.inbound.fields import AccountStated, PartyStated
from events.contract.inbound.rejections import (
    Code,
    Problem,
)
from events.contract.inbound.semantics import (
    account_of,
    check_facts_plain,
    check_own,
    party_of,
    phone_of,
)
from events.values import FactValue


class PartiesStated(NamedTuple):
    """Who a claim is for and who is paid, as stated."""

    beneficiary: PartyStated
    payee: PartyStated | None
    account: AccountStated
    phone: str | None = None


def canonical_claim(
    event: Event,
    header: ApplicationSubmitted | BatchSubmitted,
    line: str,
    parties: PartiesStated,
    raw_facts: Mapping[str, Any],
    on: date,
    problems: list[Problem],
    prefix: str,
) -> Claim:
    beneficiary = party_of(parties.beneficiary, f"{prefix}.beneficiary", on, problems)
    payee = beneficiary
    if parties.payee is not None:
        payee = party_of(parties.payee, f"{prefix}.payee", on, problems)
    account = account_of(parties.account, f"{prefix}.account", problems)
    phone = phone_of(parties.phone, f"{prefix}.phone", problems)
    stated = _facts(raw_facts, f"{prefix}.facts", problems)
    if header.channel == AUTO and stated.get(checking.WITHOUT_APPLICATION) is False:
        where = f"{prefix}.facts.{checking.WITHOUT_APPLICATION}"
        seen = f"受理渠道为 {AUTO}（免申即享），此项却填 false"
        problems.append(Problem(Code.WRONG_FACT, where, seen, "请更正受理渠道或此项事实。"))
    claim = Claim(
        event.source,
        header.application,
        line,
        header.programme,
        header.region,
        header.applied_on,
        header.channel,
        beneficiary,
        payee,
        account,
        stated,
        "",
        phone=phone,
    )
    check_own(claim, prefix, problems)
    return claim if problems else claim._replace(digest=digest_of(claim))


def _facts(raw: Mapping[str, Any], field: str, problems: list[Problem]) -> dict[str, FactValue]:
    stated, wrong = checking.check_facts(raw)
    check_facts_plain(stated, field, problems)
    for problem in wrong:
        # a name that we know may be told in the clear, one that the sender made up may not
        where = f"{field}.{problem.name}" if problem.name in checking.BY_NAME else field
        seen = problem.wrong if where != field else f"{problem.name}：{problem.wrong}"
        code = Code.HIDDEN_CHARACTER if problem.hidden else Code.WRONG_FACT
        problems.append(Problem(code, where, seen, problem.remedy))
    return stated
