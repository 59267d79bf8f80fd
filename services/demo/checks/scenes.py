"""Scenes: what each kind of rehearsal must have led to, read from the books and nowhere else."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from services.demo.checks import (
    closing_scenes,
    debt_scenes,
    disclosure_scenes,
    month_scenes,
    payment_scenes,
    report_scenes,
    stop_scenes,
)
from services.demo.checks.budget_scenes import budget
from services.demo.checks.scene import BooksReader, Scene
from services.demo.checks.voucher_scenes import vouchers

SceneReader: TypeAlias = Callable[[BooksReader], Awaitable[Scene]]

SCENES: Mapping[str, tuple[SceneReader, ...]] = {
    "half-year": (
        payment_scenes.two_pairs_of_eyes,
        debt_scenes.advance,
        payment_scenes.returned,
        payment_scenes.late_return,
        debt_scenes.fraud,
        stop_scenes.job,
        stop_scenes.household,
        payment_scenes.unheard,
        stop_scenes.death,
        budget,
        disclosure_scenes.public_list,
        vouchers,
        debt_scenes.overdue,
        closing_scenes.closed,
        report_scenes.month_report,
    ),
    "month": (
        payment_scenes.two_pairs_of_eyes,
        payment_scenes.returned,
        month_scenes.pooled,
        month_scenes.over_the_cap,
        month_scenes.once,
        month_scenes.next_year,
        month_scenes.shares,
        month_scenes.unstated,
        month_scenes.stated,
        month_scenes.job,
        month_scenes.foreign,
        disclosure_scenes.public_list,
        closing_scenes.closed,
        report_scenes.month_report,
    ),
}
"""By what a script plays."""


async def scenes(books: BooksReader) -> list[Scene]:
    """Read every event, in the order in which they begin."""
    found = [await read_scene(books) for read_scene in SCENES[books.script.plays]]
    return sorted(found, key=lambda one: one.when)
