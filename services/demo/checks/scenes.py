"""Scenes: what happened to the people of the story, read back from the books and nowhere else."""

from asyncpg import Pool, Record

from services.demo.cast.story import Story
from services.demo.checks import debt_scenes, payment_scenes, stop_scenes
from services.demo.checks.budget_scenes import budget
from services.demo.checks.scene import BooksReader, Scene
from services.demo.checks.voucher_scenes import vouchers
from services.runtime.vault import Vault

SCENES = (
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
    vouchers,
    debt_scenes.overdue,
)


async def scenes(pool: "Pool[Record]", vault: Vault, story: Story) -> list[Scene]:
    """Read every event, in the order in which they begin."""
    books = BooksReader(pool, vault, story.keys)
    found = [await read_scene(books) for read_scene in SCENES]
    return sorted(found, key=lambda one: one.when)
