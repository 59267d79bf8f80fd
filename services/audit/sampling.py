"""Sampling: a plan put to the books and, where its rule asks, to the vault.

In:    a plan; books; who can tell which accounts or phones are one
Out:   what is drawn; whether a sample on record is drawn again
Raises: PositionNotReached where the books have not come to the plan's vector
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from events.position_vector import PositionVector
from events.samples import SampledItem, SamplePlan
from projections.queries import position_vector, sample_population, samples
from projections.queries.connection import Lent
from services.audit.drawing import Drawn, draw
from services.runtime import progress
from services.runtime.errors import OperatingFailure

BY_ACCOUNT = ("shared_account", "minutes_apart")
BY_PHONE = ("shared_phone",)


class Recogniser(Protocol):
    """Tells by token which accounts are one at the bank, and which phones are one (the vault can)."""

    async def same_accounts(self, tokens: Iterable[str]) -> Mapping[str, str]: ...

    async def same_phones(self, tokens: Iterable[str]) -> Mapping[str, str]: ...


class PositionNotReached(OperatingFailure):
    """The books have not read as much of the ledger as the plan draws from."""

    may_pass = True

    def __init__(self) -> None:
        super().__init__("账还没有记到抽样方案所写的位置。", "请稍候再抽；重建期间请等重建完成。")


async def drawn(db: Lent, plan: SamplePlan, recogniser: Recogniser | None) -> Drawn:
    """Draw a plan's sample.

    Raises: PositionNotReached
    """
    if await position_vector.missing(db, PositionVector.parse(plan.vector)):
        raise PositionNotReached
    progress.expect(2)
    grants = await sample_population.grants(db, plan)
    progress.add(1)
    same: Mapping[str, str] = {}
    if plan.rule in BY_ACCOUNT and recogniser is not None:
        same = await recogniser.same_accounts({grant.account for grant in grants})
    if plan.rule in BY_PHONE and recogniser is not None:
        same = await recogniser.same_phones({grant.phone for grant in grants})
    found = draw(plan, grants, same)
    progress.add(1)
    return found


def plan_of(row: samples.SampleRow) -> SamplePlan:
    """The plan of a sample on record."""
    values = {name: getattr(row, name) for name in SamplePlan.__struct_fields__}
    return SamplePlan.model_validate(values)


def differences(
    row: samples.SampleRow, items: Iterable[samples.SampleItemRow], again: Drawn
) -> list[str]:
    """What differs between a sample on record and the same plan drawn again; nothing is 一致."""
    kept = [SampledItem(application=one.application, group=one.grouping) for one in items]
    told = []
    if (row.population, row.population_digest) != (again.population, again.population_digest):
        told.append(f"抽样总体：原 {row.population} 件，现 {again.population} 件，或名单不同")
    if row.found != again.found:
        told.append(f"规则发现：原 {row.found} 件，现 {again.found} 件")
    for place, (one, other) in enumerate(zip(kept, again.items, strict=False), start=1):
        if one != other:
            told.append(f"第 {place} 件：原 {one.application}，现 {other.application}")
            break
    if len(kept) != len(again.items):
        told.append(f"件数：原 {len(kept)} 件，现 {len(again.items)} 件")
    return told
