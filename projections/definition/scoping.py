"""Scoping: to whom the rows of a table are shown, as the database itself holds it.

In:   how a table says that its rows are scoped
Out:  the condition (SQL) under which a row is shown to a session that sees some districts
Holds: every table says how it is scoped; a session that has not said what it sees sees nothing but
       what is public

A session says what it sees in four settings, each a list with commas: `benefit.districts` (region
codes, everything below them written out), `benefit.funds` (`*`, or pairs ``district/fund``),
`benefit.accounts` (aliases of bank accounts all of whose districts it sees), `benefit.user`.
"""

from typing import NamedTuple, assert_never


def _setting(name: str) -> str:
    """A setting, read once a statement."""
    return f"(SELECT current_setting('benefit.{name}', true))"


def listed(name: str) -> str:
    """A setting as an array, made once a statement: a comparison with it can use an index."""
    return f"((SELECT string_to_array(current_setting('benefit.{name}', true), ','))::text[])"


class ByDistrict(NamedTuple):
    """A column has the region code, and another the fund where there is one."""

    district: str = "district"
    fund: str = ""


class ByLine(NamedTuple):
    """A column names a budget line, whose name says fund and district."""

    line: str = "line"


class ByParent(NamedTuple):
    """Shown with the row of another table that `own` columns point to; `named` are its columns."""

    table: str
    own: tuple[str, ...]
    named: tuple[str, ...] = ()


class ByAccount(NamedTuple):
    """A column names one of the city's bank accounts, seen whole or not at all."""

    account: str = "bank_account"


class ByParty(NamedTuple):
    """A column has a person's or unit's token: shown wherever it has anything."""

    token: str


class ByPartyAlone(NamedTuple):
    """Likewise, but only to who sees all that the person or unit has."""

    token: str


class ByUser(NamedTuple):
    """A column names the user who is signed in: each sees what is their own."""

    user: str


class ToThePublic(NamedTuple):
    """Shown to whoever reads without signing in, while a column says so."""

    column: str
    value: str


class ByStream(NamedTuple):
    """A column names a history; what is about an application is shown with that application."""

    stream: str = "stream"
    application: str = "nullif({table}.application, '')"


class Either(NamedTuple):
    """Shown when one of several ways shows it."""

    ways: "tuple[Scoping, ...]"


class Public(NamedTuple):
    """Shown to everybody: the law, figures of the province, how far the books are."""


class Whole(NamedTuple):
    """Shown only to who sees everything: operations, and what belongs to no district."""


PUBLIC = Public()
WHOLE = Whole()

Scoping = (
    ByDistrict
    | ByLine
    | ByParent
    | ByAccount
    | ByParty
    | ByPartyAlone
    | ByUser
    | ToThePublic
    | ByStream
    | Either
    | Public
    | Whole
)


def of_application(column: str = "application") -> ByParent:
    """Shown with the application that a column names."""
    return ByParent("applications", (column,), ("application",))


def of_payment(column: str = "disbursement") -> ByParent:
    """Shown with the payment that a column names."""
    return ByParent("disbursements", (column,), ("disbursement",))


def in_district(district: str, fund: str = "") -> str:
    """The condition on expressions of a region code and a fund.

    A CASE, for the planner takes it for every second row; an OR for so few that it read whole tables.
    """
    seen = f"{district} = ANY {listed('districts')}"
    if not fund:
        return seen
    pair = f"{district} || '/' || {fund} = ANY {listed('funds')}"
    return f"{seen} AND CASE WHEN {_setting('funds')} = '*' THEN true ELSE {pair} END"


def condition(scoping: Scoping, schema: str, table: str) -> str | None:
    """The condition under which a row of a table is shown; None where none ever is."""
    match scoping:
        case ByDistrict(district, fund):
            return in_district(f"{table}.{district}", fund and f"{table}.{fund}")
        case ByLine(line):
            kind, name, district = (f"split_part({table}.{line}, '/', {n})" for n in (2, 3, 4))
            return in_district(district, f"CASE {kind} WHEN 'fund' THEN {name} END")
        case ByParent(parent, own, named):
            same = " AND ".join(
                f"parent.{theirs} = {table}.{mine}"
                for mine, theirs in zip(own, named or own, strict=True)
            )
            return f"EXISTS (SELECT FROM {schema}.{parent} AS parent WHERE {same})"
        case ByAccount(account):
            return f"{table}.{account} = ANY {listed('accounts')}"
        case ByParty(token):
            return f"{schema}.party_here({table}.{token})"
        case ByPartyAlone(token):
            return f"{schema}.party_only_here({table}.{token})"
        case ByUser(user):
            return f"{table}.{user} = {_setting('user')}"
        case ToThePublic(column, value):
            return f"{table}.{column} = '{value}' AND {_setting('districts')} = 'public'"
        case ByStream(stream, application):
            about = application.format(table=table)
            with_it = (
                f"EXISTS (SELECT FROM {schema}.applications AS own WHERE own.application = {about})"
            )
            alone = f"{schema}.stream_here({table}.{stream})"
            return f"CASE WHEN {about} IS NOT NULL THEN {with_it} ELSE {alone} END"
        case Either(ways):
            found = [one for way in ways if (one := condition(way, schema, table))]
            return " OR ".join(f"({one})" for one in found)
        case Public():
            return "true"
        case Whole():
            return None
        case _:
            assert_never(scoping)


def in_words(scoping: Scoping) -> str:
    """Say to whom a row is shown, for the reference of the tables."""
    match scoping:
        case ByDistrict(district, fund):
            return f"who sees the district in `{district}`" + (f" and its `{fund}`" if fund else "")
        case ByLine(line):
            return f"who sees the fund and district in the name in `{line}`"
        case ByParent(parent, own, _):
            return f"who sees its row of `{parent}` ({', '.join(own)})"
        case ByAccount(account):
            return f"who sees all districts of the bank account in `{account}`"
        case ByParty(token):
            return f"who sees anything of the party in `{token}`"
        case ByPartyAlone(token):
            return f"who sees everything of the party in `{token}`"
        case ByUser(user):
            return f"the user in `{user}`"
        case ToThePublic(column, value):
            return f"anybody, while `{column}` is {value}"
        case ByStream():
            return "who sees its application, or what its history belongs to"
        case Either(ways):
            return ", or ".join(map(in_words, ways))
        case Public():
            return "everybody"
        case Whole():
            return "who sees all districts"
        case _:
            assert_never(scoping)
