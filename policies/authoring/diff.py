"""Diff: what changed from one version of a policy to another, clause by clause.

In:    two cards of the same programme, or two sets of policies
Out:   each row that came, went or reads otherwise, with both quotes
Holds: everything that a card says is compared; versions whose cards agree word for word and whose
       files do not are named as changed all the same.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from policies.authoring.card import Card, CardRow, policy_card
from policies.engine.registry import Policies
from policies.engine.versions import Policy

Kind = Literal["新增", "删去", "改变"]
_HEAD = (
    ("title", "名称"),
    ("cite", "依据"),
    ("issued", "印发"),
    ("window", "受理期限"),
    ("payee", "收款"),
)


class Change(NamedTuple):
    """One row of a card before and after; None where it does not stand there."""

    section: str
    id: str
    kind: Kind
    before: CardRow | None
    after: CardRow | None

    @property
    def what(self) -> tuple[str, ...]:
        """Which parts of the row differ: 规定, 原文, 条款, 约定."""
        if self.before is None or self.after is None:
            return ()
        return tuple(
            name
            for name, one, two in (
                (
                    "规定",
                    (self.before.words, self.before.open),
                    (self.after.words, self.after.open),
                ),
                ("层次", self.before.depth, self.after.depth),
                ("条款", self.before.cite, self.after.cite),
                ("原文", self.before.quote, self.after.quote),
                ("约定", self.before.note, self.after.note),
            )
            if one != two
        )


class VersionChange(NamedTuple):
    """A version that came, went or changed between two sets of policies."""

    name: str
    kind: Kind
    changes: tuple[Change, ...]


def differences(before: Card, after: Card) -> list[Change]:
    """Every row that differs, in the order of the card; what went comes at the end of its part."""
    changes = [
        Change("版本", label, "改变", CardRow(label, old), CardRow(label, new))
        for key, label in _HEAD
        if (old := getattr(before, key)) != (new := getattr(after, key))
    ]
    names = dict.fromkeys([s.name for s in after.sections] + [s.name for s in before.sections])
    for name in names:
        changes += _rows(name, _keyed(before, name), _keyed(after, name))
    return changes


def between(before: Policies, after: Policies) -> list[VersionChange]:
    """Every version that differs between two sets, by name."""
    old = {policy.name: policy for policy in before}
    new = {policy.name: policy for policy in after}
    return [
        change
        for name in sorted(old.keys() | new.keys())
        if (change := _version(name, old.get(name), new.get(name), before, after))
    ]


def _version(
    name: str, old: Policy | None, new: Policy | None, before: Policies, after: Policies
) -> VersionChange | None:
    if old is None or new is None:
        return VersionChange(name, "新增" if old is None else "删去", ())
    changes = differences(
        policy_card(old, before.standards, before.duties),
        policy_card(new, after.standards, after.duties),
    )
    if not changes and old.content_hash == new.content_hash:
        return None
    return VersionChange(name, "改变", tuple(changes))


_Key = tuple[str, int]


def _keyed(card: Card, section: str) -> dict[_Key, CardRow]:
    """The rows of one part by id; what has none by its words; repeats are counted."""
    found: dict[_Key, CardRow] = {}
    for row in next((one.rows for one in card.sections if one.name == section), ()):
        name = row.id or row.words
        number = sum(known == name for known, _ in found)
        found[name, number] = row
    return found


def _rows(
    section: str, before: dict[_Key, CardRow], after: dict[_Key, CardRow]
) -> Iterator[Change]:
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            yield Change(section, key[0], "新增", None, row)
        elif old != row:
            yield Change(section, key[0], "改变", old, row)
    for key, row in before.items():
        if key not in after:
            yield Change(section, key[0], "删去", row, None)
