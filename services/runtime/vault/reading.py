"""Reading: what the vault shows, masked to everybody, plain to the payment file, recorded to staff.

Holds: a plain name or number leaves only through `reveal`, which records who, what and why first;
       accounts leave for the payment file alone.
"""

from collections.abc import Iterable
from typing import Literal

from events.contract.inbound.documents import CALLED, printed
from events.contract.inbound.identity import Account, Party
from services.runtime.masking import Masked, masked_name, masked_number
from services.runtime.vault.accounts import account_from
from services.runtime.vault.keys import Sealer
from services.runtime.vault.marks import Connection

_SOLE_TRADER = "92"
"""Codes of 个体工商户 begin so (GB 32100); such a business is called after its owner."""

Field = Literal["name", "number", "account"]

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
_RECORD = "INSERT INTO vault.reveals (token, field, purpose, who) VALUES ($1, $2, $3, $4)"


async def names(connection: Connection, master: Sealer, tokens: Iterable[str]) -> dict[str, Masked]:
    """Show persons and units as screens may; unknown and erased tokens are left out."""
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
        if not unit or number.startswith(_SOLE_TRADER):
            name, later = masked_name(name), [*map(masked_name, later)]
        if not unit:
            kind = printed(number).document
            document = "" if kind == "resident_id" else CALLED[kind]
            number = masked_number(number)
        shown[row["token"]] = Masked(name, number, unit, document, tuple(later))
    return shown


async def accounts(
    connection: Connection, master: Sealer, tokens: Iterable[str]
) -> dict[str, Account]:
    """Open bank accounts for the payment file; unknown and erased ones are left out."""
    opened = {}
    for row in await connection.fetch(_ACCOUNTS, list(tokens)):
        own = Sealer(master.open(row["data_key"], b"data key:" + row["party"].encode()))
        text = own.open(row["sealed"], b"account:" + row["token"].encode())
        opened[row["token"]] = account_from(text)
    return opened


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
    connection: Connection, master: Sealer, token: str, field: Field, purpose: str, who: str
) -> str | None:
    """Show one field in full and record it; None where there is nothing (any more).

    Holds: the record is written before anything is opened, in the caller's transaction
    """
    if not purpose.strip() or not who.strip():
        raise ValueError("a reveal needs a purpose and a person")
    await connection.execute(_RECORD, token, field, purpose, who)
    if field == "account":
        account = (await accounts(connection, master, [token])).get(token)
        return account.number if account else None
    rows = await connection.fetch(_PARTIES, [token])
    if not rows:
        return None
    context = token.encode()
    own = Sealer(master.open(rows[0]["data_key"], b"data key:" + context))
    plain = own.open(rows[0][field], field.encode() + b":" + context).decode()
    return printed(plain).number if field == "number" and rows[0]["kind"] == "person" else plain
