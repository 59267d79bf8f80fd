"""Comparing: which rows of a file the ledger has already, and which caps others have taken.

In:   a checked file; the tokens of those whom the vault knows; `books.*`
Out:  Compared: rows by number
Holds: nobody is made known by comparing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from projections.queries import cap_usage, recorded_facts
from projections.queries.connection import Pool
from services.deciders.beneficiary.register_status import prior_use_key, same_grant_key
from services.prior_uses.checking import CheckedPriorUses
from services.runtime.vault import Vault
from services.runtime.vault.marks import PartyId

_SLICE = 5_000


class Compared(NamedTuple):
    """Rows that the ledger has already, rows of which an application has taken a key, and rows
    that the ledger has with another amount or other months."""

    known: frozenset[int]
    overlaps: Mapping[int, str]
    alike: frozenset[int] = frozenset()


async def compare(checked: CheckedPriorUses, vault: Vault, pool: Pool) -> Compared:
    """Compare a file with the ledger."""
    parties = {use.party[:2]: use.party for use in checked.uses}
    tokens = await vault.known_tokens(parties.values())
    recorded: set[tuple[str, str]] = set()
    grants: set[tuple[str, str]] = set()
    taken: dict[tuple[str, str, str, str], str] = {}
    everybody = sorted(tokens.values())
    for start in range(0, len(everybody), _SLICE):
        part = everybody[start : start + _SLICE]
        for token, fact in await recorded_facts.prior_uses(pool, part):
            recorded.add((token, prior_use_key(fact)))
            grants.add((token, same_grant_key(fact)))
        taken |= await cap_usage.holders(pool, part)
    return _compared(checked, tokens, recorded, grants, taken)


def _compared(
    checked: CheckedPriorUses,
    tokens: Mapping[PartyId, str],
    recorded: set[tuple[str, str]],
    grants: set[tuple[str, str]],
    taken: Mapping[tuple[str, str, str, str], str],
) -> Compared:
    known: set[int] = set()
    alike: set[int] = set()
    overlaps: dict[int, str] = {}
    for use in checked.uses:
        token = tokens.get(use.party[:2])
        if token is None:
            continue
        if (token, prior_use_key(use.command)) in recorded:
            known.add(use.row)
            continue
        if (token, same_grant_key(use.command)) in grants:
            alike.add(use.row)
        for slot in use.slots:
            holder = taken.get((token, slot.family, slot.cap, slot.key))
            if holder is not None:
                overlaps[use.row] = holder
    return Compared(frozenset(known), overlaps, frozenset(alike))
