"""Vouchers: a season of training vouchers as upstream reports it, with the disorder of the world.

Out:  messages; what the books must come to
Holds: the same seed and day give the same bytes; among the messages are a step reported early, one
       reported twice, a voucher in another person's hands, one used twice, and some that nobody uses in time.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from asyncpg import Pool, Record

from services.demo.cast.messages import Events, Published
from services.demo.cast.people import InventedPerson, Population
from services.demo.cast.script import Script
from services.demo.play.upstream import Upstream
from services.demo.play.waiting import ProgressLine, Reached

_VALID = timedelta(days=120)
_ENDED = timedelta(days=10)
_STATES = ("used", "used", "verified", "claimed", "issued", "expired")
_PROGRAMMES = ("free-training", "apprenticeship", "startup-training")


class Season(NamedTuple):
    """What upstream publishes in a season, and which vouchers end used, and which expired."""

    messages: tuple[Published, ...]
    used: tuple[str, ...]
    expired: tuple[str, ...]


def season(seed: int, today: date, script: Script, count: int = 60) -> Season:
    """Make a season of vouchers that was begun two months before `today`."""
    random = Random(seed)  # noqa: S311 - repeatable, and not for secrets
    maker = _Maker(random, today, script, Events(f"vouchers-{seed}-{today:%Y%m%d}"))
    states = [_STATES[number % len(_STATES)] for number in range(count)]
    messages = [
        message for number, state in enumerate(states) for message in maker.voucher(number, state)
    ]
    keys = {state: tuple(maker.keys(states, state)) for state in ("used", "expired")}
    return Season(tuple(messages), **keys)


async def hand_out(
    played: Season, upstream: Upstream, pool: "Pool[Record]", waits: ProgressLine
) -> None:
    """Publish a season, and wait until every voucher that is used stands so in the books.

    Raises: NotReached
    """
    await upstream.publish(played.messages)
    query = "SELECT count(*) FROM books.vouchers WHERE state = 'used' AND voucher = ANY($1)"

    async def look() -> Reached:
        return Reached(int(await pool.fetchval(query, list(played.used))), len(played.used))

    await waits.until("应用", look)
    waits.done(f"应用 {len(played.used)} 张")


class _Maker:
    """Draws vouchers."""

    def __init__(self, random: Random, today: date, script: Script, events: Events) -> None:
        assert script.half_year is not None, "only the half year has a season of vouchers"
        self.random = random
        self.today = today
        self.events = events
        self.people = Population(random, script.people)
        self.vouchers = script.half_year.vouchers
        self.school = script.sources.schools

    def keys(self, states: list[str], wanted: str) -> Iterator[str]:
        """Name the vouchers of a state, as the ledger does."""
        for number, state in enumerate(states):
            if state == wanted:
                yield f"{self.vouchers.source}:{self._name(number)}"

    def _name(self, number: int) -> str:
        return f"PXQ-{self.today:%Y%m%d}-{number:04d}"

    def voucher(self, number: int, state: str) -> Iterator[Published]:
        """Report one voucher up to a state; every fifth is reported in disorder."""
        person = self.people.person()
        name = self._name(number)
        issued_on = self.today - timedelta(days=60)
        until = self.today - _ENDED if state == "expired" else issued_on + _VALID
        issue = self.events.event(
            self.vouchers.source,
            "voucher.issued",
            {
                "voucher": name,
                "person": person.party(),
                "district": self.random.choice(self.vouchers.districts),
                "issued_on": issued_on.isoformat(),
                "valid_until": until.isoformat(),
            },
        )
        steps = list(self._steps(name, person, state, issued_on))
        if number % 5:
            return iter([issue, *steps])
        stranger = self.people.person()
        wrong = self._step("voucher.claimed", name, stranger, issued_on)
        return iter([*steps[::-1], issue, *steps[:1], wrong])

    def _steps(
        self, name: str, person: InventedPerson, state: str, issued_on: date
    ) -> Iterator[Published]:
        reached = {"claimed": 1, "expired": 1, "verified": 2, "used": 3}.get(state, 0)
        kinds = ("voucher.claimed", "voucher.verified", "voucher.used")[:reached]
        for place, kind in enumerate(kinds):
            on = issued_on + timedelta(days=7 * (place + 1))
            if kind != "voucher.used":
                yield self._step(kind, name, person, on)
                continue
            course = f"KC-{self.random.randrange(20):02d}"
            use = {"programme": self.random.choice(_PROGRAMMES), "course": course}
            yield self._step(kind, name, person, on, use)
            if self.random.random() < 0.2:
                yield self._step(kind, name, person, on, {**use, "course": f"{course}-again"})

    def _step(
        self,
        kind: str,
        name: str,
        person: InventedPerson,
        on: date,
        more: dict[str, Any] | None = None,
    ) -> Published:
        data = {
            "source": self.vouchers.source,
            "voucher": name,
            "person": person.party(),
            "on": on.isoformat(),
            **(more or {}),
        }
        return self.events.event(self.school, kind, data)
