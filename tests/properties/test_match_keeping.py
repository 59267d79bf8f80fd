"""Keeping matches: whatever order and slices the facts come in, the rows are the whole matching's.

Holds: after every slice the kept rows equal one matching of everything, also where lines are taken
       back and where people match by hand and undo it; the second matcher, in plain Python, says the same; and so does matching all at the end.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest

from events.bank_marks import marks_of
from projections.engine import match_keeping
from projections.engine.folding import Folded
from projections.engine.migrate import migrate
from projections.matching.rules import MATCH_COLUMNS, matching
from projections.matching.sides import BANK, BOOK, KEPT, MANUAL
from tests.properties.matching_naive import ByHand, Line, Movement, Verdict, match
from tests.properties.test_matching import ACCOUNTS, Database

TAKEN_BACK = date(2022, 9, 1)
EVER = "'infinity'::date"
_WHOLE = f"WITH {matching(*(side.format(known=EVER) for side in (BOOK, BANK, MANUAL)))}"
WHOLE = f"{_WHOLE} SELECT {MATCH_COLUMNS} FROM matches"


class Hand(NamedTuple):
    members: tuple[ByHand, ...]


Step = tuple[str, Movement | Line | Hand]
"""A movement or line that is `new` or taken `back`, a match by hand that is `new` or undone (`back`)."""


@pytest.fixture
def books(database: str) -> Iterator[Database]:
    connected = Database(database)
    connected.loop.run_until_complete(migrate(database))
    yield connected
    connected.close()


class Ledger:
    """The two tables of an empty ledger, written slice by slice as the projector writes them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.offset = 0
        self.do("TRUNCATE books.statement_lines, books.matches, books.manual_match_members")
        # movements are never changed, so that they are not truncated either outside of tests
        self.do("DELETE FROM books.bank_movements")

    def do(self, statement: str, *values: Any) -> None:
        self.database.rows(statement, *values)

    def write(self, steps: list[Step], *, match: bool = True) -> None:
        """Write one slice with what it changes in the matches, unless nobody asks for them."""
        folded = Folded()
        for kind, one in steps:
            if isinstance(one, Movement):
                folded.appended["bank_movements"].append((0, self.offset, one.movement))
                self.movement(one)
            elif isinstance(one, Hand):
                for stated in one.members:
                    number = int(stated.match.rpartition("/")[2])
                    member = stated.movement or f"{stated.month}/{stated.line}"
                    folded.states["manual_match_members"][stated.account, number, member] = {}
                    self.by_hand(stated, number, member, undone=kind == "back")
            else:
                folded.states["statement_lines"][one.account, one.month, one.line] = {}
                self.line(one, taken_back=kind == "back")
            self.offset += 1
        connection = self.database.connection

        async def keep() -> None:
            async with connection.transaction():
                await match_keeping.keep(connection, "books", folded)

        if match:
            self.database.loop.run_until_complete(keep())

    def movement(self, m: Movement) -> None:
        self.do(
            """INSERT INTO books.bank_movements (partition, ledger_offset, movement, bank_account,
                   amount_fen, value_on, known_on, instruction, batch, reference, line_month, line)
               VALUES (0, $1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)""",
            *(self.offset, m.movement, m.account, m.amount, m.moved_on, m.instruction, m.batch),
            *(m.reference, m.line_month if m.line else None, m.line),
        )

    def line(self, k: Line, *, taken_back: bool) -> None:
        marks = marks_of(k.reference, k.purpose)
        self.do(
            """INSERT INTO books.statement_lines (partition, bank_account, month, line, booked_on,
                   amount_fen, instruction, batch, mark, says_return, known_on, reversed_on)
               VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $4, $10)
               ON CONFLICT (bank_account, month, line) DO UPDATE SET reversed_on = $10""",
            *(k.account, k.month, k.line, k.booked_on, k.amount, marks.instruction, marks.batch),
            *(marks.reference, marks.says_return, TAKEN_BACK if taken_back else None),
        )

    def by_hand(self, stated: ByHand, number: int, member: str, *, undone: bool) -> None:
        self.do(
            """INSERT INTO books.manual_match_members (partition, bank_account, number, member,
                   movement, month, line, amount_fen, known_on, undone_on)
               VALUES (2, $1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (bank_account, number, member) DO UPDATE SET undone_on = $9""",
            *(stated.account, number, member, stated.movement, stated.month, stated.line),
            *(stated.amount, date(2022, 8, 20), TAKEN_BACK if undone else None),
        )

    def whole(self) -> list[tuple[Any, ...]]:
        return sorted(map(tuple, self.database.rows(WHOLE)), key=repr)

    def kept(self) -> list[tuple[Any, ...]]:
        return sorted(map(tuple, self.database.rows(KEPT)), key=repr)

    def verdicts(self) -> set[Verdict]:
        rows = self.database.rows(
            """SELECT verdict, rule, movement, line, min(concat_ws('/', (line IS NOT NULL)::int,
                   bank_account, coalesce(movement, line))) OVER (PARTITION BY bank_account, match)
               FROM books.matches"""
        )
        return {Verdict(*row) for row in rows}


class History(NamedTuple):
    """Both sides as they are at the end, and the slices in which they came to be."""

    book: list[Movement]
    bank: list[Line]
    by_hand: list[ByHand]
    slices: list[list[Step]]


def history(seed: int) -> History:
    """Draw a small ledger that is crowded: few accounts, days, amounts and marks for many rows."""
    draw = random.Random(seed)
    accounts = ACCOUNTS[: draw.choice((1, 1, 2))]
    instructions = [None, "B220831000100001", "B220831000100002", "B220831000200001"]
    references, words = (
        ["", "", "R1", "R2"],
        ["", "退票", "退汇 户名不符", "代发 B2208310001 共2笔"],
    )
    sizes = draw.choice(((100, 200), (100,), (1, 50, 100, 150)))

    def day() -> date:
        return date(2022, 8, draw.randint(1, 14))

    def amount() -> int:
        return draw.choice(sizes) * draw.choice((1, -1))

    book = [
        Movement(
            draw.choice(accounts),
            f"m{n}",
            day(),
            amount(),
            draw.choice(instructions),
            draw.choice(references),
            draw.choice((None, None, None, f"k{n}")),
        )
        for n in range(draw.randint(0, 8))
    ]
    bank = [
        Line(
            draw.choice(accounts),
            f"k{n}",
            day(),
            amount(),
            draw.choice([*references, draw.choice(instructions) or ""]),
            draw.choice(words),
        )
        for n in range(draw.randint(1, 10))
    ]
    gone = [k for k in bank if draw.randrange(4) == 0]
    steps: list[Step] = [*(("new", m) for m in book), *(("new", k) for k in bank)]
    draw.shuffle(steps)
    for k in gone:
        first = steps.index(("new", k))
        steps.insert(draw.randint(first + 1, len(steps)), ("back", k))
    standing: dict[Hand, None] = {}
    for number in range(1, draw.choice((1, 3, 5))):
        hand = _hand(draw, draw.choice(accounts), number, book, bank, standing)
        if hand.members:
            place = draw.randint(0, len(steps))
            steps.insert(place, ("new", hand))
            standing[hand] = None
            if draw.randrange(2):
                steps.insert(draw.randint(place + 1, len(steps)), ("back", hand))
                del standing[hand]  # what is undone may be matched anew, whenever that was
    slices = []
    while steps:
        size = draw.randint(1, 4)
        slices.append(steps[:size])
        steps = steps[size:]
    by_hand = [stated for hand in standing for stated in hand.members]
    return History(book, [k for k in bank if k not in gone], by_hand, slices)


def _hand(
    draw: random.Random,
    account: str,
    number: int,
    book: list[Movement],
    bank: list[Line],
    standing: Iterable[Hand],
) -> Hand:
    """A match by hand of what stands in none: often equal, at times of something that is not so."""
    taken = {(one.movement, one.line) for hand in standing for one in hand.members}
    name = f"{account}/{number}"
    ours = [m for m in book if (m.movement, None) not in taken]
    theirs = [k for k in bank if (None, k.line) not in taken]
    if draw.randrange(5):  # of this account, as people are shown
        ours, theirs = (
            [m for m in ours if m.account == account],
            [k for k in theirs if k.account == account],
        )
    ours = draw.sample(ours, min(len(ours), draw.choice((1, 1, 1, 2))))
    total = sum(m.amount for m in ours)
    equal = [k for k in theirs if k.amount == total]
    theirs = draw.sample(equal or theirs, min(len(equal or theirs), 1 if equal else 2))
    hand = [ByHand(name, account, m.movement, None, None, m.amount) for m in ours]
    hand += [ByHand(name, account, None, k.month, k.line, k.amount) for k in theirs]
    if hand and not draw.randrange(6):
        hand[0] = hand[0]._replace(amount=hand[0].amount + 1)
    if hand and not draw.randrange(8):
        hand.append(ByHand(name, account, f"nobody-{number}", None, None, 0))
    return Hand(tuple(hand))


INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'books' AND tablename = 'matches' ORDER BY indexname
"""
KEY = (
    "SELECT conname FROM pg_constraint WHERE conrelid = 'books.matches'::regclass AND contype = 'p'"
)


def test_kept_matches_are_the_whole_matching_after_every_slice(books: Database) -> None:
    rules: set[str] = set()
    indexes = books.rows(INDEXES)
    assert len(indexes) > 3
    for seed in range(30):
        book, bank, by_hand, slices = history(seed)
        ledger = Ledger(books)
        for steps in slices:
            ledger.write(steps)
            assert ledger.kept() == ledger.whole(), seed
        assert ledger.verdicts() == match(book, bank, by_hand), seed
        rules |= {row.rule for row in ledger.verdicts()}
        rows = ledger.kept()
        connection = ledger.database.connection
        books.loop.run_until_complete(match_keeping.keep_whole(connection, "books"))
        assert ledger.kept() == rows, seed
    assert "manual" in rules, "matches by hand were among them"
    assert books.rows(INDEXES) == indexes, "matching everything fills a table without its indexes"
    assert [row["conname"] for row in books.rows(KEY)] == ["matches_pkey"]


def test_every_slice_is_planned_for_its_own_names(books: Database) -> None:
    connection = books.connection
    folded = Folded()
    folded.states["statement_lines"][ACCOUNTS[0], "2022-08", "1"] = {}

    async def mode() -> object:
        async with connection.transaction():
            await match_keeping.keep(connection, "books", folded)
            return await connection.fetchval("SHOW plan_cache_mode")

    # a plan for any number of names, which comes with the sixth slice, loops over whole tables
    assert books.loop.run_until_complete(mode()) == "force_custom_plan"
