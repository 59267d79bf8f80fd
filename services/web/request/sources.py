"""sources: what the pages read from and send to, handed in by whoever starts them.

Holds: nothing here is global; a test hands in a database of its own
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.engine.registry import Policies
from projections.queries.connection import Pool
from services.audit.case_writing import FetchRecords
from services.http_intake.metrics import SourceNumbers
from services.jobs.stored import JobStore
from services.runtime.kafka.dead_letters import OpenedLetter
from services.runtime.masking import Account, Masked
from services.runtime.vault import Vault
from services.sign_in.entrance import Entrance
from services.sign_in.session_rules import Sessions

Send = Callable[[Sequence[tuple[str, bytes]]], Awaitable[None]]


NamesOf = Callable[[Iterable[str]], Awaitable[Mapping[str, Masked]]]


AccountsOf = Callable[[Iterable[str]], Awaitable[Mapping[str, str]]]
KeepAccount = Callable[[str, Account], Awaitable[str]]


FetchLetter = Callable[[str, int], Awaitable[OpenedLetter]]
"""Opens a dead letter by its name and its offset."""

PutLetter = Callable[[str, bytes, Sequence[tuple[str, bytes | None]]], Awaitable[None]]
"""Puts a corrected message on the topic of a letter's own."""


async def nobody_is_known(_tokens: Iterable[str]) -> Mapping[str, Masked]:
    """Names where there is no vault: every name stays masked whole."""
    return {}


async def no_account_is_known(_tokens: Iterable[str]) -> Mapping[str, str]:
    """Accounts where there is no vault: none is shown, not even masked."""
    return {}


SourceNumbersOf = Callable[[], Awaitable[list[SourceNumbers]]]
"""Asks a running HTTP intake what each source has sent; none where no HTTP intake is to run."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a page may use."""

    pool: Pool
    policies: Policies
    node_modules: Path
    names: NamesOf = nobody_is_known
    accounts: AccountsOf = no_account_is_known
    keep_account: KeepAccount | None = None
    send: Send | None = None
    wait_seconds: float = 2.0
    vault: Vault | None = None
    fetch_letter: FetchLetter | None = None
    put_letter: PutLetter | None = None
    fetch_records: FetchRecords | None = None
    sessions: Sessions | None = None
    sign_in: Entrance | None = None
    host_names: tuple[str, ...] = ()
    http_intake: SourceNumbersOf | None = None
    jobs: JobStore | None = None
