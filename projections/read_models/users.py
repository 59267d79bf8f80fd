"""Users: who may sign in, in which roles; and which pages they asked for that their roles do not open.

In:    the facts of READS
Asked: users
"""

from collections.abc import Iterator

from events.authority import as_rows
from events.users import (
    CredentialReset,
    RolesGranted,
    UserAdded,
    UserReinstated,
    UserSuspended,
    VisitRefused,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByUser, Either
from projections.definition.table import Append, Change, Column, Merge, Table, Upsert

VERSION = 1

USERS = Table(
    "users",
    "Everybody who may sign in, or once might",
    (
        Column("user_id", "text", "by which the ledger names them"),
        Column("region", "text", "region code of the city or district that they work for"),
        Column("grants", "jsonb", "roles: each with its districts and funds; * is all"),
        Column("state", "text", "active or suspended"),
        Column("added_at", "timestamptz", "when they were added", "UTC", Merge.FIRST),
        Column("added_by", "text", "who added them", merge=Merge.FIRST),
        Column("reason", "text", "why they were suspended, reinstated or given other roles, last"),
        Column("changed_by", "text", "who changed something about them, last"),
    ),
    scoping=Either((ByUser("user_id"), ByDistrict("region"))),
    key=("user_id",),
)
REFUSED_VISITS = Table(
    "refused_visits",
    "Every page that a user's roles did not open",
    (
        Column("user_id", "text", "who asked"),
        Column("region", "text", "region code of the city or district that they work for"),
        Column("route", "text", "the page, without what it was asked for"),
        Column("code", "text", "why it was refused"),
        Column("session", "text", "public name of the session"),
        Column("refused_at", "timestamptz", "when", "UTC"),
    ),
    scoping=ByDistrict("region"),
    indexes=("(user_id, refused_at)",),
)
TABLES = (USERS, REFUSED_VISITS)
READS = (
    UserAdded,
    RolesGranted,
    UserSuspended,
    UserReinstated,
    CredentialReset,
    VisitRefused,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one user."""
    match located.fact.body:
        case UserAdded() as body:
            yield Upsert(
                USERS,
                (body.user,),
                {
                    "region": body.region,
                    "grants": as_rows(body.grants),
                    "state": "active",
                    "added_at": located.recorded_at,
                    "added_by": body.by,
                    "changed_by": body.by,
                },
            )
        case RolesGranted() as body:
            values = {
                "grants": as_rows(body.grants),
                "reason": body.reason,
                "changed_by": body.by,
            }
            yield Upsert(USERS, (body.user,), values)
        case UserSuspended() | UserReinstated() as body:
            state = "suspended" if isinstance(body, UserSuspended) else "active"
            values = {"state": state, "reason": body.reason, "changed_by": body.by}
            yield Upsert(USERS, (body.user,), values)
        case CredentialReset() as body:
            values = {"reason": body.reason, "changed_by": body.by}
            yield Upsert(USERS, (body.user,), values)
        case VisitRefused() as body:
            row = (
                body.user,
                body.region,
                body.route,
                body.code,
                body.session,
                located.recorded_at,
            )
            yield Append(REFUSED_VISITS, row)
