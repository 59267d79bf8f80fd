"""Policy diff: say in Chinese what changed between two versions or two sets of files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from policies.authoring.card import CardRow, policy_card
from policies.authoring.diff import Change, between, differences
from policies.engine.registry import Policies
from services.tools.authoring.cards import version_named
from services.tools.authoring.overlay import overlaid


def difference_lines(before: str, after: str, policies: Policies) -> Iterator[str]:
    """Every difference to or between the policies in force, a row a few lines.

    Raises: NoVersion, NoPolicies
    """
    if Path(before).is_dir() or Path(after).is_dir():
        yield from _of_sets(_set(before, policies), _set(after, policies))
        return
    old, new = version_named(policies, before), version_named(policies, after)
    changes = differences(
        policy_card(old, policies.standards, policies.duties),
        policy_card(new, policies.standards, policies.duties),
    )
    yield f"{old.name} → {new.name}：{len(changes)} 处不同"
    yield from _lines(changes)


def _set(name: str, policies: Policies) -> Policies:
    """A directory's policies, or those in force for ``.`` alone."""
    return policies if name == "." else overlaid(Path(name), policies.cities)


def _of_sets(before: Policies, after: Policies) -> Iterator[str]:
    changed = between(before, after)
    yield f"{len(changed)} 个版本不同"
    for version in changed:
        yield f"\n{version.kind} {version.name}：{len(version.changes)} 处不同"
        yield from _lines(version.changes)


def _lines(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        what = f"（{'、'.join(change.what)}）" if change.what else ""
        yield f"\n{change.kind} {change.section} {change.id}{what}"
        if change.before:
            yield from _side("-", change.before)
        if change.after:
            yield from _side("+", change.after)


def _side(mark: str, row: CardRow) -> Iterator[str]:
    yield f"  {mark} {row.words}"
    if row.quote:
        yield f"  {mark}   {row.cite}「{row.quote}」"
    if row.note:
        yield f"  {mark}   约定：{row.note}"
