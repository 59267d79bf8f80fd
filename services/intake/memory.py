"""Memory: a register without a database, for what-if runs and golden scenarios.

Holds: it answers as the vault does; its tokens count up, so a run can be repeated byte for byte;
       nothing outlives it.
"""

from collections.abc import Sequence

import orjson

from events.contract.inbound.identity import Account, Party
from services.runtime.vault.accounts import AccountOf
from services.runtime.vault.admission import answers
from services.runtime.vault.marks import PartyId
from services.runtime.vault.register import MOST_WAITING, Entry
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


class MemoryVault:
    """The register and the tokens, in dictionaries."""

    def __init__(self) -> None:
        self._parties: dict[PartyId, tuple[str, str | None]] = {}
        self._accounts: dict[AccountOf, str] = {}
        self._register: dict[str, Entry] = {}

    async def admit(self, wanted: Sequence[Wanted]) -> list[Admitted]:
        """Answer a batch."""
        return self.admit_now(wanted)

    def admit_now(self, wanted: Sequence[Wanted]) -> list[Admitted]:
        """Answer a batch, without a loop to wait in."""
        entries: dict[str, Entry] = {}
        for one in wanted:
            match one:
                case Files(application, digest, beneficiary, payee, account):
                    token = self._party(beneficiary)
                    self._account(payee, account)
                    entries[application] = self._file(application, digest, token, entries)
                case Corrects(_, beneficiary, payee, account):
                    self._party(beneficiary)
                    self._account(payee, account)
                case Meets(party):
                    self._party(party)
                case Pays(payee, account):
                    self._account(payee, account)
                case Withdraws() | Finds():
                    pass  # they see what the whole batch has filed
        for one in wanted:
            match one:
                case Withdraws(application, note):
                    kept = self._register.get(application, Entry("", "", "", ours=False))
                    if not kept.token and not kept.withdrawal:
                        self._register[application] = kept._replace(withdrawal=note)
                case Finds(application, key, note):
                    self._wait(application, key, note)
                case _:
                    pass
        for one in wanted:
            if isinstance(one, Corrects | Withdraws | Finds) and one.application in self._register:
                entries.setdefault(one.application, self._register[one.application])
        return answers(wanted, self._parties, self._accounts, entries)

    def _file(self, application: str, digest: str, token: str, entries: dict[str, Entry]) -> Entry:
        if application in entries:
            return entries[application]
        kept = self._register.get(application)
        if kept is not None and kept.token:
            return kept
        entry = Entry(
            token,
            digest,
            kept.withdrawal if kept else "",
            ours=True,
            waiting=kept.waiting if kept else "",
        )
        self._register[application] = entry._replace(ours=False)
        return entry

    def _wait(self, application: str, key: str, note: str) -> None:
        kept = self._register.get(application, Entry("", "", "", ours=False))
        if not kept.token and len(kept.notes) < MOST_WAITING:
            waiting = orjson.dumps({key: note} | kept.notes).decode()
            self._register[application] = kept._replace(waiting=waiting)

    async def forget(self, applications: Sequence[str]) -> None:
        """Empty the places of applications."""
        for application in applications:
            entry = self._register.pop(application)
            if entry.withdrawal or entry.waiting:
                self._register[application] = entry._replace(token="", digest="")

    def _party(self, party: Party) -> str:
        number = len(self._parties) + 1
        new = (f"{party.kind[0]}{number:032d}", party.name)
        return self._parties.setdefault(party[:2], new)[0]

    def _account(self, payee: Party, account: Account) -> None:
        self._party(payee)
        number = len(self._accounts) + 1
        self._accounts.setdefault((payee[:2], account), f"a{number:032d}")
