"""Telling: what happened to the people of the story, read back from the books and nowhere else."""

from asyncpg import Pool, Record

from services.demo import told_debts, told_payments, told_stops
from services.demo.scene import Look, Scene
from services.demo.story import Story
from services.demo.told_budget import budget
from services.demo.told_vouchers import vouchers
from services.runtime.vault import Vault

SCENES = (
    told_payments.two_pairs_of_eyes,
    told_debts.advance,
    told_payments.returned,
    told_payments.late_return,
    told_debts.fraud,
    told_stops.job,
    told_stops.household,
    told_payments.unheard,
    told_stops.death,
    budget,
    vouchers,
    told_debts.overdue,
)


async def scenes(pool: "Pool[Record]", vault: Vault, story: Story) -> list[Scene]:
    """Tell every event, in the order in which they begin."""
    look = Look(pool, vault, story.keys)
    found = [await tell(look) for tell in SCENES]
    return sorted(found, key=lambda one: one.when)
