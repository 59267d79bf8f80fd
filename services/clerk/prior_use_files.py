"""Prior uses: a released file of earlier benefits, opened once more and turned into its commands.

In:   what was released; the file from the vault; the policies
Out:  a command for each row that counts, and one that says that all were asked for
Holds: what is asked is exactly the list that was released, or nothing at all.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from events.contract.inbound.identity import Party
from events.envelope import Asked
from policies.engine.registry import Policies
from projections.queries.prior_uses import ReleasedImport
from services.prior_uses.checking import check
from services.prior_uses.importing import commands_for
from services.runtime.vault import Vault
from services.runtime.vault.marks import PartyId
from services.runtime.vault.requests import RegisterParty

_SLICE = 2_000


class NotAsReleased(Exception):
    """The file is not in the vault, or reads otherwise than when it was released."""


async def released_commands(
    released: ReleasedImport, vault: Vault, policies: Policies, today: date, now: datetime
) -> list[Asked]:
    """Ask for every use of a released file.

    Raises: NotAsReleased
    """
    file = await vault.load_file(released.file_digest)
    if file is None:
        raise NotAsReleased("the file is not in the vault")
    checked = await asyncio.to_thread(
        check, file.content, released.region, policies, released.held_on
    )
    if checked.digest != released.digest:
        raise NotAsReleased("the rows read otherwise now: reject the import and hand it in anew")
    tokens = await _tokens(vault, [use.party for use in checked.uses])
    return commands_for(checked, tokens, today, now)


async def _tokens(vault: Vault, parties: Sequence[Party]) -> dict[PartyId, str]:
    """Let the vault know everybody, in slices that other writers can live with."""
    tokens: dict[PartyId, str] = {}
    for start in range(0, len(parties), _SLICE):
        part = parties[start : start + _SLICE]
        answers = await vault.answer([RegisterParty(party) for party in part])
        tokens |= {party[:2]: answer.token for party, answer in zip(part, answers, strict=True)}
    return tokens
