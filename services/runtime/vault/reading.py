"""Reading: what the vault shows, masked to everybody, plain to the payment file, recorded to staff.

Holds: a plain name or number leaves only through `reveal`, which records who, what and why first;
       accounts leave for the payment file alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from events.contract.inbound.documents import CALLED, printed
from events.contract.inbound.identity import Account, Party
from services.runtime.masking import Masked, masked_name, masked_number
from services.runtime.vault.accounts import ACCOUNTS, account_from
from services.runtime.vault.keys import Sealer
from services.runtime.vault.marks import Connection, Marks
from services.runtime.vault.phones import PHONES

_SOLE_TRADER = "92"
"""Codes of 个体工商户 begin so (GB 32100); such a business is called after its owner."""

Field = Literal["name", "number", "account", "phone"]
OtherLook = Literal["search", "case", "export"]
"""What is recorded beside single fields: somebody was searched for, a case or a file was taken out."""


class Look(NamedTuple):
    """One look at somebody; `token` is empty where nobody was found."""

    token: str
    field: str
    purpose: str
    who: str
    at: datetime


_PARTIES = """
    SELECT token, kind, data_key, name, number FROM vault.parties
    WHERE token = ANY($1::text[]) AND data_key IS NOT NULL
"""
_OTHER_NAMES = """
    SELECT token, name FROM vault.other_names WHERE token = ANY($1::text[]) ORDER BY seen_at, mark
"""
_ACCOUNTS = """
    SELECT a.token, a.sealed, a.party, p.data_key
    FROM vault.accounts a JOIN vault.parties p ON p.token = a.party
    WHERE a.token = ANY($1::text[]) AND p.data_key IS NOT NULL AND a.sealed IS NOT NULL
"""
_PHONES = """
    SELECT t.token, t.sealed, t.party, p.data_key
    FROM vault.phones t JOIN vault.parties p ON p.token = t.party
    WHERE t.token = ANY($1::text[]) AND p.data_key IS NOT NULL AND t.sealed IS NOT NULL
"""
_BY_MARK = "SELECT token FROM vault.parties WHERE mark = $1"
_LOOKS = """
    SELECT token, field, purpose, who, at FROM vault.reveals
    WHERE allowed_by = '' AND ($1::text IS NULL OR token = $1) AND ($2::text IS NULL OR who = $2)
    ORDER BY at DESC, reveal DESC LIMIT $3
"""
_MANY_LOOKS = """
    SELECT who, max(within) AS number, max(at) AS last FROM (
        SELECT who, at, count(*) OVER (
            PARTITION BY who ORDER BY at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW
        ) AS within
        FROM vault.reveals WHERE at > now() - interval '7 days'
    ) AS hours
    GROUP BY who HAVING max(within) > $1 ORDER BY who
"""
_RECORD = """
    INSERT INTO vault.reveals (token, field, purpose, who, allowed_by) VALUES ($1, $2, $3, $4, $5)
"""


class ManyLooks(NamedTuple):
    """Somebody who looked more often than usual: the most within one hour of the last seven days."""

    who: str
    number: int
    last: datetime


async def names(
    connection: Connection, master: Sealer, tokens: Iterable[str], *, public: bool = False
) -> dict[str, Masked]:
    """Show persons and units as screens may, or as the public may: then less of a number, and nothing
    of what somebody was called later; unknown and erased tokens are left out."""
    asked = list(tokens)
    others: dict[str, list[bytes]] = {}
    for row in await connection.fetch(_OTHER_NAMES, asked):
        others.setdefault(row["token"], []).append(row["name"])
    shown = {}
    for row in await connection.fetch(_PARTIES, asked):
        context = row["token"].encode()
        own = Sealer(master.open(row["data_key"], b"data key:" + context))
        unit = row["kind"] == "unit"
        name = own.open(row["name"], b"name:" + context).decode()
        number = own.open(row["number"], b"number:" + context).decode()
        sealed = others.get(row["token"], ())
        later = [own.open(one, b"name:" + context).decode() for one in sealed]
        document = ""
        trader = unit and number.startswith(_SOLE_TRADER)
        if not unit or trader:
            name, later = masked_name(name), [*map(masked_name, later)]
        if not unit:
            kind = printed(number).document
            document = "" if kind == "resident_id" else CALLED[kind]
            number = masked_number(number, shown_last=2 if public else 4)
        elif trader and public:
            number = masked_number(number, shown_last=2)
        shown[row["token"]] = Masked(name, number, unit, document, () if public else tuple(later))
    return shown


async def accounts(
    connection: Connection, master: Sealer, tokens: Iterable[str]
) -> dict[str, Account]:
    """Open bank accounts for the payment file; unknown and erased ones are left out."""
    opened = {}
    for row in await connection.fetch(_ACCOUNTS, list(tokens)):
        own = Sealer(master.open(row["data_key"], b"data key:" + row["party"].encode()))
        text = own.open(row["sealed"], ACCOUNTS.context(row["token"]))
        opened[row["token"]] = account_from(text)
    return opened


async def same_accounts(
    connection: Connection, master: Sealer, marks: Marks, tokens: Iterable[str]
) -> dict[str, str]:
    """Tell which accounts are one at the bank, whoever they are paid for: by token, one name each.

    Erased ones are left out. The names mean nothing outside the vault, and are kept nowhere.
    """
    opened = await accounts(connection, master, tokens)
    return {token: marks.number(account).hex() for token, account in opened.items()}


async def same_phones(
    connection: Connection, master: Sealer, marks: Marks, tokens: Iterable[str]
) -> dict[str, str]:
    """Tell which phones are one, whoever stated them: by token, one name each; as `same_accounts`."""
    opened = await _phones(connection, master, tokens)
    return {token: marks.phone_number(number).hex() for token, number in opened.items()}


async def look_up(
    connection: Connection, mark: bytes, purpose: str, who: str, what: OtherLook
) -> str | None:
    """Find a person or unit by the mark of its number, and record who looked and what for.

    Holds: whoever is not found has been looked for too: that is recorded without a token
    """
    token: str | None = await connection.fetchval(_BY_MARK, mark)
    await record(connection, token or "", what, purpose, who)
    return token


async def record(
    connection: Connection,
    token: str,
    field: Field | OtherLook,
    purpose: str,
    who: str,
    allowed_by: str = "",
) -> None:
    """Record that somebody looks at somebody, or takes their case out.

    Shape: `allowed_by` is the command whose fact the ledger has; empty where the vault alone knows
    """
    if not purpose.strip() or not who.strip():
        raise ValueError("a look needs a purpose and a person")
    await connection.execute(_RECORD, token, field, purpose, who, allowed_by)


async def looks(
    connection: Connection, *, token: str | None = None, who: str | None = None, most: int = 200
) -> list[Look]:
    """Searches and cases taken out, the latest first; of one person, by one person, or all.

    Looks at single fields are facts of the ledger, and listed from there.
    """
    rows = await connection.fetch(_LOOKS, token, who, most)
    return [Look(*row) for row in rows]


async def many_looks(connection: Connection, usual: int) -> list[ManyLooks]:
    """Who has looked more than so often within an hour, in the last seven days."""
    return [ManyLooks(*row) for row in await connection.fetch(_MANY_LOOKS, usual)]


async def party(connection: Connection, master: Sealer, token: str) -> Party | None:
    """Open one party for the vault's own use, to keep something more of it."""
    for row in await connection.fetch(_PARTIES, [token]):
        context = token.encode()
        own = Sealer(master.open(row["data_key"], b"data key:" + context))
        return Party(
            row["kind"],
            own.open(row["number"], b"number:" + context).decode(),
            own.open(row["name"], b"name:" + context).decode(),
        )
    return None


async def reveal(
    connection: Connection,
    master: Sealer,
    token: str,
    field: Field,
    purpose: str,
    who: str,
    allowed_by: str,
) -> str | None:
    """Show one field in full and record it; None where there is nothing (any more).

    Holds: the record is written before anything is opened, in the caller's transaction
    """
    await record(connection, token, field, purpose, who, allowed_by)
    if field == "account":
        account = (await accounts(connection, master, [token])).get(token)
        return account.number if account else None
    if field == "phone":
        return (await _phones(connection, master, [token])).get(token)
    opened = (await plain_parties(connection, master, [token])).get(token)
    return opened and (opened.name if field == "name" else opened.number)


class PlainParty(NamedTuple):
    """A person or unit as it is called and numbered."""

    name: str
    number: str


async def plain_parties(
    connection: Connection, master: Sealer, tokens: Iterable[str]
) -> dict[str, PlainParty]:
    """Open names and numbers; the caller has recorded what for. Unknown ones are left out."""
    opened = {}
    for row in await connection.fetch(_PARTIES, list(tokens)):
        context = row["token"].encode()
        own = Sealer(master.open(row["data_key"], b"data key:" + context))
        number = own.open(row["number"], b"number:" + context).decode()
        if row["kind"] == "person":
            number = printed(number).number
        name = own.open(row["name"], b"name:" + context).decode()
        opened[row["token"]] = PlainParty(name, number)
    return opened


async def _phones(connection: Connection, master: Sealer, tokens: Iterable[str]) -> dict[str, str]:
    opened = {}
    for row in await connection.fetch(_PHONES, list(tokens)):
        own = Sealer(master.open(row["data_key"], b"data key:" + row["party"].encode()))
        opened[row["token"]] = own.open(row["sealed"], PHONES.context(row["token"])).decode()
    return opened
