"""Answering: a batch of requests to the vault, set by set, in one transaction.

Holds: whoever else asks at the same time, one id has one token and one application one owner:
       every insert meets a unique index, and what it did not insert is read back afterwards.
       All take their locks in one order (parties, accounts, phones, register; each sorted), so none waits
       for one that waits for it.
"""

from collections.abc import Mapping, Sequence

from events.contract.inbound.identity import Party
from services.runtime.vault import accounts, parties, phones, register
from services.runtime.vault.keys import Sealer
from services.runtime.vault.marks import Connection, Marks, PartyId
from services.runtime.vault.requests import (
    FindApplication,
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    RegisterParty,
    RegisterWithdrawal,
    VaultAnswer,
    VaultRequest,
)


async def answer_requests(
    connection: Connection, master: Sealer, marks: Marks, requests: Sequence[VaultRequest]
) -> list[VaultAnswer]:
    """Answer a batch, in its order; the caller holds the transaction."""
    known = await parties.tokens_of(connection, master, marks, requests)
    tokens = await accounts.tokens_of(connection, marks, known, requests)
    called = await phones.tokens_of(connection, marks, known, requests)
    entries = await register.write_entries(connection, known, requests)
    found = {party: (one.token, one.name) for party, one in known.items()}
    return combined_answers(requests, found, tokens, called, entries)


_NO_ENTRY = register.RegisterEntry("", "", "", is_new=False)


def combined_answers(
    requests: Sequence[VaultRequest],
    parties_of: Mapping[PartyId, tuple[str, str | None]],
    accounts_of: Mapping[accounts.AccountOf, str],
    phones_of: Mapping[phones.PhoneOf, str],
    entries: dict[str, register.RegisterEntry],
) -> list[VaultAnswer]:
    """Put the answers together; of several filings in one batch only the first is `is_new`.

    Shape: `parties_of` has each party's token and the name under which it is known
    """
    filled: set[str] = set()
    answers: list[VaultAnswer] = []
    for request in requests:
        match request:
            case RegisterApplication(application, _, beneficiary, payee, account, phone):
                entry = entries[application]
                is_new = entry.is_new and application not in filled
                filled.add(application)
                answers.append(
                    VaultAnswer(
                        token=parties_of[beneficiary[:2]][0],
                        payee_token=parties_of[payee[:2]][0],
                        account_token=accounts_of[payee[:2], account],
                        phone_token=phones_of[beneficiary[:2], phone] if phone else "",
                        is_new=is_new,
                        registered_token=entry.token,
                        registered_digest=entry.digest,
                        earlier_withdrawal=entry.withdrawal,
                        name_differs=_differs(parties_of, beneficiary),
                        earlier_messages=tuple(note for _, note in sorted(entry.notes.items())),
                    )
                )
            case RegisterCorrection(application, beneficiary, payee, account, phone):
                entry = entries.get(application, _NO_ENTRY)
                answers.append(
                    VaultAnswer(
                        token=parties_of[beneficiary[:2]][0],
                        payee_token=parties_of[payee[:2]][0],
                        account_token=accounts_of[payee[:2], account],
                        phone_token=phones_of[beneficiary[:2], phone] if phone else "",
                        registered_token=entry.token,
                        registered_digest=entry.digest,
                        name_differs=_differs(parties_of, beneficiary),
                    )
                )
            case RegisterParty(party):
                answers.append(VaultAnswer(token=parties_of[party[:2]][0]))
            case RegisterAccount(payee, account):
                answers.append(
                    VaultAnswer(
                        token=parties_of[payee[:2]][0],
                        account_token=accounts_of[payee[:2], account],
                    )
                )
            case FindApplication(application, key):
                entry = entries.get(application, _NO_ENTRY)
                answers.append(
                    VaultAnswer(
                        registered_token=entry.token,
                        registered_digest=entry.digest,
                        is_waiting=not entry.token and key in entry.notes,
                    )
                )
            case RegisterWithdrawal(application):
                entry = entries.get(application, _NO_ENTRY)
                answers.append(
                    VaultAnswer(registered_token=entry.token, registered_digest=entry.digest)
                )
    return answers


def _differs(parties_of: Mapping[PartyId, tuple[str, str | None]], stated: Party) -> bool:
    return not parties.same_name(parties_of[stated[:2]][1], stated.name)
