"""Admission: a batch of messages into the vault, set by set, in one transaction.

Holds: whoever else admits at the same time, one id has one token and one application one owner:
       every insert meets a unique index, and what it did not insert is read back afterwards.
       All take their locks in one order (parties, accounts, register; each sorted), so none waits
       for one that waits for it.
"""

from collections.abc import Mapping, Sequence

from events.contract.inbound.identity import Party
from services.runtime.vault import accounts, parties, register
from services.runtime.vault.keys import Sealer
from services.runtime.vault.marks import Connection, Marks, PartyId
from services.runtime.vault.wanted import (
    Admitted,
    Corrects,
    Files,
    Finds,
    Meets,
    Pays,
    Wanted,
    Withdraws,
)


async def admit(
    connection: Connection, master: Sealer, marks: Marks, wanted: Sequence[Wanted]
) -> list[Admitted]:
    """Answer a batch, in its order; the caller holds the transaction."""
    known = await parties.tokens_of(connection, master, marks, wanted)
    tokens = await accounts.tokens_of(connection, marks, known, wanted)
    entries = await register.enter(connection, known, wanted)
    found = {party: (one.token, one.name) for party, one in known.items()}
    return answers(wanted, found, tokens, entries)


_NONE = register.Entry("", "", "", ours=False)


def answers(
    wanted: Sequence[Wanted],
    parties_of: Mapping[PartyId, tuple[str, str | None]],
    accounts_of: dict[accounts.AccountOf, str],
    entries: dict[str, register.Entry],
) -> list[Admitted]:
    """Put the answers together; of several filings in one batch only the first is `first`.

    Shape: `parties_of` has each party's token and the name under which it is known
    """
    filled: set[str] = set()
    found: list[Admitted] = []
    for one in wanted:
        match one:
            case Files(application, _, beneficiary, payee, account):
                entry = entries[application]
                first = entry.ours and application not in filled
                filled.add(application)
                found.append(
                    Admitted(
                        parties_of[beneficiary[:2]][0],
                        parties_of[payee[:2]][0],
                        accounts_of[payee[:2], account],
                        first,
                        entry.token,
                        entry.digest,
                        entry.withdrawal,
                        _differs(parties_of, beneficiary),
                        tuple(note for _, note in sorted(entry.notes.items())),
                    )
                )
            case Corrects(application, beneficiary, payee, account):
                entry = entries.get(application, _NONE)
                found.append(
                    Admitted(
                        parties_of[beneficiary[:2]][0],
                        parties_of[payee[:2]][0],
                        accounts_of[payee[:2], account],
                        False,
                        entry.token,
                        entry.digest,
                        other_name=_differs(parties_of, beneficiary),
                    )
                )
            case Meets(party):
                found.append(Admitted(parties_of[party[:2]][0]))
            case Pays(payee, account):
                token = accounts_of[payee[:2], account]
                found.append(Admitted(parties_of[payee[:2]][0], account_token=token))
            case Finds(application, key):
                entry = entries.get(application, _NONE)
                waits = not entry.token and key in entry.notes
                found.append(
                    Admitted(first_token=entry.token, first_digest=entry.digest, waits=waits)
                )
            case Withdraws(application):
                entry = entries.get(application, _NONE)
                found.append(Admitted(first_token=entry.token, first_digest=entry.digest))
    return found


def _differs(parties_of: Mapping[PartyId, tuple[str, str | None]], stated: Party) -> bool:
    return not parties.same_name(parties_of[stated[:2]][1], stated.name)
