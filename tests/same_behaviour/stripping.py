"""Stripping: what two runs of one and the same commit may show differently, and nothing else.

Holds: every rule has a name and is counted; what was stripped is listed at the end of a run
"""

import re
from collections import Counter

from tests.same_behaviour.comparing import Cells

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_IN_PAGES = {
    "id of a form's command (random)": (rf'(name="command" value="){_UUID}"', r'\1…"'),
}
_IN_OUTPUT = {
    "progress bar (seconds)": (r"(?m)^.*[━╸╺].*(\d+:\d\d:\d\d|-:--:--).*\n?", ""),
}
_IN_DEMOS = {
    "token of a person (random for each ledger)": (r"\bp[0-9a-f]{32}\b", "p…"),
    "address of the pages": (r"http://127\.0\.0\.1:\d+/", "http://…/"),
}
_EXPORTED_AT = ("导出时间", "Exported at")
_EXPORTED = "instant of the export, in a workbook"


class Strip:
    """Takes out what is random, and counts it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def page(self, text: str, address: str) -> str:
        """Strip a page that a server at `address` (host and port) has given."""
        return self._rules(
            self._plain(text, address, "127.0.0.1:…", "port of the pages"), _IN_PAGES
        )

    def output(self, text: str, places: dict[str, str]) -> str:
        """Strip what a command has printed; `places` are this run's own directories."""
        for place, name in places.items():
            text = self._plain(text, place, name, "temporary directory")
        return self._rules(text, _IN_OUTPUT)

    def demo(self, text: str) -> str:
        """Strip what a demo has told about its own ledger."""
        return self._rules(self.output(text, {}), _IN_DEMOS)

    def workbook(self, found: Cells) -> Cells:
        """Take out the cell that says when the workbook was made."""
        kept: Cells = []
        for place, value in found:
            if kept and any(f"'{word}'" in kept[-1][1] for word in _EXPORTED_AT):
                self.counts[_EXPORTED] += 1
                kept.append((place, "…"))
            else:
                kept.append((place, value))
        return kept

    def _plain(self, text: str, old: str, new: str, name: str) -> str:
        if found := text.count(old):
            self.counts[name] += found
        return text.replace(old, new)

    def _rules(self, text: str, rules: dict[str, tuple[str, str]]) -> str:
        for name, (pattern, put) in rules.items():
            text, times = re.subn(pattern, put, text)
            if times:
                self.counts[name] += times
        return text
