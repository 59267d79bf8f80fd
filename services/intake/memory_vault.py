"""Memory vault: a register without a database, for what-if runs and golden scenarios.

Holds: it answers as the vault does; its tokens count up, so a run can be repeated byte for byte;
       nothing outlives it.
"""

from collections.abc import Sequence

import orjson

from events.contract.inbound.identity import Account, Party
from services.runtime.vault.accounts import AccountOf
from services.runtime.vault.answering import combined_answers
from services.runtime.vault.marks import PartyId
from services.runtime.vault.phones import PhoneOf
from services.runtime.vault.register import MOST_WAITING, RegisterEntry
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


class MemoryVault:
    """The register and the tokens, in dictionaries."""

    def __init__(self) -> None:
        self._parties: dict[PartyId, tuple[str, str | None]] = {}
        self._accounts: dict[AccountOf, str] = {}
        self._phones: dict[PhoneOf, str] = {}
        self._register: dict[str, RegisterEntry] = {}

    async def answer(self, requests: Sequence[VaultRequest]) -> list[VaultAnswer]:
        """Answer a batch."""
        return self.answer_now(requests)

    def answer_now(self, requests: Sequence[VaultRequest]) -> list[VaultAnswer]:
        """Answer a batch, without a loop to wait in."""
        entries: dict[str, RegisterEntry] = {}
        for request in requests:
            match request:
                case RegisterApplication(application, digest, beneficiary, payee, account, phone):
                    token = self._party(beneficiary)
                    self._account(payee, account)
                    self._phone(beneficiary, phone)
                    entries[application] = self._register_application(
                        application, digest, token, entries
                    )
                case RegisterCorrection(_, beneficiary, payee, account, phone):
                    self._party(beneficiary)
                    self._account(payee, account)
                    self._phone(beneficiary, phone)
                case RegisterParty(party):
                    self._party(party)
                case RegisterAccount(payee, account):
                    self._account(payee, account)
                case RegisterWithdrawal() | FindApplication():
                    pass  # they see what the whole batch has filed
        for request in requests:
            match request:
                case RegisterWithdrawal(application, note):
                    existing = self._register.get(
                        application, RegisterEntry("", "", "", is_new=False)
                    )
                    if not existing.token and not existing.withdrawal:
                        self._register[application] = existing._replace(withdrawal=note)
                case FindApplication(application, key, note):
                    self._add_waiting(application, key, note)
                case _:
                    pass
        for request in requests:
            if (
                isinstance(request, RegisterCorrection | RegisterWithdrawal | FindApplication)
                and request.application in self._register
            ):
                entries.setdefault(request.application, self._register[request.application])
        return combined_answers(requests, self._parties, self._accounts, self._phones, entries)

    def _register_application(
        self, application: str, digest: str, token: str, entries: dict[str, RegisterEntry]
    ) -> RegisterEntry:
        if application in entries:
            return entries[application]
        existing = self._register.get(application)
        if existing is not None and existing.token:
            return existing
        entry = RegisterEntry(
            token,
            digest,
            existing.withdrawal if existing else "",
            is_new=True,
            waiting=existing.waiting if existing else "",
        )
        self._register[application] = entry._replace(is_new=False)
        return entry

    def _add_waiting(self, application: str, key: str, note: str) -> None:
        existing = self._register.get(application, RegisterEntry("", "", "", is_new=False))
        if not existing.token and len(existing.notes) < MOST_WAITING:
            waiting = orjson.dumps({key: note} | existing.notes).decode()
            self._register[application] = existing._replace(waiting=waiting)

    async def unregister(self, applications: Sequence[str]) -> None:
        """Empty the places of applications."""
        for application in applications:
            entry = self._register.pop(application)
            if entry.withdrawal or entry.waiting:
                self._register[application] = entry._replace(token="", digest="")

    def _party(self, party: Party) -> str:
        number = len(self._parties) + 1
        new = (f"{party.kind[0]}{number:032d}", party.name)
        return self._parties.setdefault(party[:2], new)[0]

    def _phone(self, applicant: Party, number: str) -> None:
        if number:
            token = f"t{len(self._phones) + 1:032d}"
            self._phones.setdefault((applicant[:2], number), token)

    def _account(self, payee: Party, account: Account) -> None:
        self._party(payee)
        number = len(self._accounts) + 1
        self._accounts.setdefault((payee[:2], account), f"a{number:032d}")
