"""Preview of changed rules: what a period wins and loses is what two whole matchings differ in."""

import random
from collections.abc import Iterator
from datetime import date

import pytest

from projections.engine.migrate import migrate
from projections.matching.rule_set import CURRENT, RuleSet, checked
from projections.matching.rules import matching
from projections.matching.sides import BANK, BOOK, MANUAL
from projections.queries.rule_preview import RulePreview, preview
from tests.properties.test_match_keeping import EVER, Ledger, history
from tests.properties.test_matching import ACCOUNTS, Database

Group = frozenset[str]


@pytest.fixture
def books(database: str) -> Iterator[Database]:
    connected = Database(database)
    connected.loop.run_until_complete(migrate(database))
    yield connected
    connected.close()


def changed(seed: int) -> RuleSet:
    """Other rules: some left out, in another order, with other windows."""
    draw = random.Random(seed)
    first, *others, last = CURRENT.steps
    others = [one for one in others if draw.randrange(4)]
    if draw.randrange(2):
        draw.shuffle(others)
    steps = [first, *others, *([last] if draw.randrange(4) else [])]
    return checked(0, [s if s.days is None else s._replace(days=draw.randint(0, 9)) for s in steps])


def groups(database: Database, rules: RuleSet, first: date, last: date) -> set[Group]:
    """The matches of an account that touch a period, by one matching of everything."""
    sides = [side.format(known=EVER) for side in (BOOK, BANK, MANUAL)]
    rows = database.rows(
        f"""WITH {matching(*sides, rules=rules)}
            SELECT array_agg(coalesce(movement, month || '/' || line)) FROM matches
            WHERE verdict = 'matched' AND account = $1 GROUP BY match
            HAVING bool_or(day BETWEEN $2 AND $3)""",
        ACCOUNTS[0],
        first,
        last,
    )
    return {frozenset(row[0]) for row in rows}


async def look(database: Database, rules: RuleSet, first: date, last: date) -> RulePreview:
    connection = database.connection
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await preview(connection, rules, ACCOUNTS[0], first, last)


def test_a_period_wins_and_loses_what_two_whole_matchings_differ_in(books: Database) -> None:
    first, last = date(2022, 8, 4), date(2022, 8, 9)
    won = lost = 0
    for seed in range(60):
        ledger, rules = Ledger(books), changed(seed)
        for steps in history(seed).slices:
            ledger.write(steps, match=False)
        found = books.loop.run_until_complete(look(books, rules, first, last))
        before, after = (groups(books, one, first, last) for one in (CURRENT, rules))
        assert {frozenset(one.members) for one in found.won} == after - before, seed
        assert {frozenset(one.members) for one in found.lost} == before - after, seed
        assert sum(found.before.values()) == len(before)
        assert sum(found.after.values()) == len(after)
        won += len(found.won)
        lost += len(found.lost)
    assert min(won, lost) > 2, "changed rules change something"
