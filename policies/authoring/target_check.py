"""Target check: whether a city's targets say what its notices say, number by number.

In:    the city with its `targets.yaml`, the registered notices
Out:   problems with file, line and clause
Holds: every number stands in its quote; a target has the unit in which the ledger counts it
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from policies.authoring.catalogue_check import Where, Wrong, quoted
from policies.authoring.check_version import Problem
from policies.authoring.quotes import Registered, unstated
from policies.cities import City
from policies.cities.reading import TARGETS
from policies.duties.counts import counts
from policies.reference_data.targets import Target, Targets
from policies.vocabulary.files import parsed


def target_problems(city: City, notices: Mapping[str, Registered]) -> list[Problem]:
    """Everything wrong in the targets of a city; nothing where it has none."""
    if city.targets is None:
        return []
    file = parsed(city.folder / TARGETS)
    wrong = [*_by_district(city, city.targets, notices), *_yearly(city.targets, notices)]
    return [Problem(file.path, file.line(one.where), one.clause, one.message) for one in wrong]


def _by_district(
    city: City, targets: Targets, notices: Mapping[str, Registered]
) -> Iterator[Wrong]:
    for index, table in enumerate(targets.by_district):
        for at, row in enumerate(table.rows):
            where: Where = ("by_district", index, "rows", at)
            yield from quoted(where, table.cite, row.quote, notices)
            stated = [cell.strip() for cell in row.quote.split("|")]
            wanted = [row.name, *(str(n or "—") for n in (row.trained, row.high_skilled))]
            if stated != wanted:
                yield Wrong(where, table.cite, f"{wanted} 与所引原文不符")
            if not city.has(row.district):
                message = f"{row.district} 不是{city.name}或其区划，目标只写本市的"
                yield Wrong(where, table.cite, message)


def _yearly(targets: Targets, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    for index, target in enumerate(targets.yearly):
        where: Where = ("yearly", index)
        yield from quoted(where, target.cite, target.quote, notices)
        for number in unstated([Fraction(target.value)], target.quote):
            message = f"{target.id}：所引原文没有 {number} 这个数字"
            yield Wrong(where, target.cite, message)
        if (target.id, target.year) in [(one.id, one.year) for one in targets.yearly[:index]]:
            yield Wrong(where, target.cite, f"{target.id} 在 {target.year} 年列了两次")
        if (unit := _counted_in(target)) is not None:
            message = f"{target.id} 的单位是{target.unit}，台账按{unit}计"
            yield Wrong(where, target.cite, message)


def _counted_in(target: Target) -> str | None:
    """The unit in which the ledger counts, where the target has another of persons."""
    rule = counts().of(target.id)
    of_persons = rule is not None and target.unit in ("人次", "人")
    return rule.unit if rule and of_persons and rule.unit != target.unit else None
