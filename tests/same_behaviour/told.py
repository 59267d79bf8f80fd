"""Told: the end of a run: every difference, what was stripped, and a table with counts."""

from collections.abc import Sequence

from rich.table import Table

from tests.same_behaviour.comparing import Part
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.stripping import Strip


def tell(parts: Sequence[Part], strip: Strip, screen: Screen) -> bool:
    """Show what came of it.

    Shape:  whether everything was equal
    """
    console = screen.console
    for part in parts:
        for difference in part.differences:
            text = f"DIFFERS  {part.name} · {difference.what}\n         {difference.where}"
            console.print(text, markup=False, highlight=False)
        if (more := part.differing - len(part.differences)) > 0:
            console.print(f"DIFFERS  {part.name} · and {more:,} more", markup=False)
    for name, times in sorted(strip.counts.items()):
        console.print(f"stripped {times:,} times: {name}", markup=False, highlight=False)
    table = Table("compared", "how many", "of what", "differ", "")
    for part in parts:
        verdict = "equal" if part.equal else "DIFFERS" if part.differing else "NOTHING COMPARED"
        row = (part.name, f"{part.compared:,}", part.unit, f"{part.differing:,}", verdict)
        table.add_row(*row)
    console.print(table)
    good = bool(parts) and all(part.equal for part in parts)
    verdict = "All is equal." if good else "Not everything is equal."
    console.print(f"{verdict} {screen.seconds:.0f} s.", highlight=False)
    return good
