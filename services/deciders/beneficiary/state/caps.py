"""Caps: which uses of which caps one beneficiary has taken.

Holds: a slot number is held by one approval at a time; the next use takes the lowest free one.
"""

from dataclasses import dataclass, field

from events.invariants import BrokenInvariant
from events.values import CapSlot

LIFETIME = "*"

_CapUse = tuple[str, str, str, str]


def _use(slot: CapSlot) -> _CapUse:
    return (slot.family, slot.cap, slot.period, slot.key)


@dataclass(slots=True)
class Caps:
    """The slots of one beneficiary: (family, cap, period, key) -> slot number -> its holder.

    What nobody holds has no entry. What was obtained by deceit keeps its holder for good.
    """

    taken: dict[_CapUse, dict[int, tuple[str, int]]] = field(default_factory=dict)
    held: dict[str, tuple[CapSlot, ...]] = field(default_factory=dict)

    def used(self, family: str, cap: str, period: str = LIFETIME) -> int:
        """Count the uses of a cap in a period (``2022``; ``*`` is a lifetime)."""
        return len(self.taken.get((family, cap, period, ""), ()))

    def key_used(self, family: str, cap: str, key: str) -> bool:
        """Tell whether a unique key (occupation and level, say) was used before."""
        return bool(self.taken.get((family, cap, LIFETIME, key)))

    def months_used(self, family: str, cap: str) -> int:
        """Sum the months taken from a cap that counts months in all."""
        uses = self.taken.get((family, cap, LIFETIME, ""), {})
        return sum(months for _, months in uses.values())

    def keys_used(self, family: str, cap: str) -> list[str]:
        """List the unique keys that are taken under a cap."""
        return [
            key
            for of_family, of_cap, _, key in self.taken
            if key and of_cap == cap and of_family == family
        ]

    def numbered(self, slots: tuple[CapSlot, ...]) -> tuple[CapSlot, ...]:
        """Give each wanted slot the lowest number that is free, and no number twice."""
        given: set[tuple[_CapUse, int]] = set()
        return tuple(self._numbered(slot, given) for slot in slots)

    def _numbered(self, slot: CapSlot, given: set[tuple[_CapUse, int]]) -> CapSlot:
        use, no = _use(slot), 1
        held = self.taken.get(use, ())
        while no in held or (use, no) in given:
            no += 1
        given.add((use, no))
        if slot.no == no:
            return slot
        return CapSlot(
            family=slot.family,
            cap=slot.cap,
            period=slot.period,
            key=slot.key,
            no=no,
            months=slot.months,
        )

    def take(self, holder: str, slots: tuple[CapSlot, ...]) -> None:
        """Fold slots taken by an approval (or a prior use).

        Raises: BrokenInvariant when a slot is another's already, or the holder has slots
        """
        if self.held.get(holder):
            raise BrokenInvariant(f"{holder} takes slots twice")
        for slot in slots:
            numbers = self.taken.setdefault(_use(slot), {})
            if slot.no in numbers:
                raise BrokenInvariant(f"slot {slot} is taken twice, by {numbers[slot.no][0]}")
            numbers[slot.no] = (holder, slot.months)
        self.held[holder] = slots

    def give_back(self, holder: str) -> None:
        """Fold the end of an approval that was not paid."""
        for slot in self.held.pop(holder, ()):
            use = _use(slot)
            numbers = self.taken[use]
            del numbers[slot.no]
            if not numbers:
                del self.taken[use]

    def without(self, holder: str) -> "Caps":
        """Copy, as if `holder` had given its slots back."""
        copy = Caps(dict(self.taken), dict(self.held))
        for slot in self.held.get(holder, ()):  # what others hold is shared, not copied
            copy.taken[_use(slot)] = dict(copy.taken[_use(slot)])
        copy.give_back(holder)
        return copy
