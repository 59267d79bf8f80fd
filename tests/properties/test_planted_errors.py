"""Planted errors: every one is found, none is invented, and both matchers say the same.

The same at 200 000 lines and 500 errors on the real tables: `python -m bench.matching`.
"""

from collections import Counter

import pytest

from tests import planted_errors
from tests.planted_errors import CLOSE, KINDS, planted
from tests.properties.matching_naive import match
from tests.properties.test_matching import (
    Database,
    differences,
    matcher,
    verdicts,
)

__all__ = ["matcher"]


@pytest.mark.parametrize("seed", [1, 20221201])
def test_every_planted_error_is_found_and_none_invented(
    matcher: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planted_errors, "LINES_A_BATCH", 10)
    month = planted(seed, payments=2_000, each=5)
    assert month.plants == Counter(dict.fromkeys(KINDS, 5))
    found = differences(matcher, month.book, month.bank, CLOSE)
    assert Counter((d.kind, d.account, d.difference) for d in found) == month.expected
    rows = verdicts(matcher, month.book, month.bank)
    assert rows == match(month.book, month.bank)
    plain = ("instruction", "reference", "")
    assert Counter(v.rule for v in rows if v.verdict == "matched" and v.rule not in plain) == (
        month.rules
    )
