"""Source tokens: let a system send messages over HTTP, see who may, and end it.

In:   a source, which feeds or types it may send, who makes the token
Out:  the token, shown once; rows of `control.source_tokens`
"""

from collections.abc import Iterable, Sequence
from datetime import date

from events.contract.inbound.catalogue import FEEDS, TYPES
from policies.cities import Cities
from services.machine.connections import books
from services.runtime.city import cities_of
from services.runtime.errors import OperatingFailure
from services.runtime.postgres import source_tokens
from services.runtime.postgres.source_tokens import NewToken, TokenRow
from services.runtime.settings import Settings


class NotSuchType(OperatingFailure):
    """What a token should send is neither a feed nor a type of message."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"没有“{name}”这类或这种报文，没有发令牌。",
            f"可填一类：{'、'.join(FEEDS)}；或一种：{'、'.join(TYPES)}。",
        )


class NotSuchSource(OperatingFailure):
    """No city lists a source, and every city lists its sources."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"来源“{source}”没有列在任何一个城市的 sources 里，它报送的都会被退回，没有发令牌。",
            "请先在 city.yaml 的 sources 里写明它可为哪些区划报送。",
        )


class NotSuchToken(OperatingFailure):
    """No token of this number is in use."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有在用的令牌 {number}。", "用 `benefit-ledger tokens list` 查看编号。")


def types_of(named: Iterable[str]) -> list[str]:
    """The types of messages that feeds and types name, without a noun twice.

    Raises: NotSuchType
    """
    found: dict[str, None] = {}
    for name in named:
        of_feed = [one for one, entry in TYPES.items() if entry.feed == name]
        if not of_feed and name not in TYPES:
            raise NotSuchType(name)
        found |= dict.fromkeys(of_feed or [name])
    return list(found)


def _check_source(source: str, cities: Cities) -> None:
    if all(cities.objection(source, region) for region in cities.served):
        raise NotSuchSource(source)


async def make(
    settings: Settings, source: str, named: Sequence[str], by: str, ends_on: date | None
) -> NewToken:
    """Make a token.

    Raises: NotSuchType, NotSuchSource, DatabaseAway, BooksMissing
    """
    types = types_of(named)
    _check_source(source, cities_of(settings))
    async with books(settings.postgres_dsn) as connection:
        return await source_tokens.make(connection, source, types, by, ends_on)


async def withdraw(settings: Settings, number: str, by: str) -> None:
    """Take a token out of use, from the next request on.

    Raises: NotSuchToken, DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        if not await source_tokens.withdraw(connection, number, by):
            raise NotSuchToken(number)


async def listed(settings: Settings) -> list[TokenRow]:
    """List the tokens, also those that open nothing any more.

    Raises: DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        return await source_tokens.listed(connection)
