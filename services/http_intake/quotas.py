"""Quotas: whether one more request of a source is served now, or when it may come again.

In:   what each source may send in a minute; requests as they begin, with what they turn out to hold
Out:  leave to go on, or the measure that is used up and the seconds until there is some again
Holds: one source's haste takes nothing from another's; a minute's amount may come at once and comes
       back evenly. What a request holds is known when it is read, so the last one may go beyond, and
       the next waits the longer: a request larger than a minute's amount can still be sent. The
       memory is bounded, and whoever is forgotten had nothing used up or is the one longest silent
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from policies.cities.quotas import SourceQuota

MOST_SOURCES = 1_000
MINUTE = 60.0


class OverQuota(Exception):
    """A source has sent its part."""

    def __init__(self, measure: str, most: int, seconds: int) -> None:
        super().__init__(measure)
        self.measure = measure
        self.most = most
        self.seconds = seconds


class _Measure(NamedTuple):
    name: str
    most: int


@dataclass(slots=True)
class _Account:
    """What one source has left, by measure, at a moment; below nothing where a request went beyond."""

    quota: SourceQuota
    left: dict[str, float]
    at: float
    serving: int = 0

    def refill(self, now: float) -> None:
        gone = max(0.0, now - self.at)
        self.at = now
        for name, most in _measures(self.quota):
            self.left[name] = min(float(most), self.left[name] + most * gone / MINUTE)


class Served(NamedTuple):
    """One request that is being served."""

    account: _Account
    stated_bytes: int

    def read(self, size: int) -> None:
        """Note how large it turned out to be."""
        self.account.left["bytes"] -= size - self.stated_bytes

    def holds(self, events: int) -> None:
        """Note how many events it turned out to hold."""
        self.account.left["events"] -= events


class SourceQuotas:
    """What every source has left."""

    def __init__(
        self,
        quota_of: Callable[[str], SourceQuota],
        clock: Callable[[], float] = time.monotonic,
        most_sources: int = MOST_SOURCES,
    ) -> None:
        self._quota_of = quota_of
        self._clock = clock
        self._most_sources = most_sources
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def __len__(self) -> int:
        return len(self._accounts)

    @contextmanager
    def serving(self, source: str, stated_bytes: int) -> Iterator[Served]:
        """Serve a request of a source as long as a block lasts; `stated_bytes` are those of its head.

        Raises: OverQuota
        """
        account = self._account(source)
        if account.serving >= account.quota.at_once:
            raise OverQuota("at_once", account.quota.at_once, 1)
        waits = {
            (1 - account.left[name]) * MINUTE / most: (name, most)
            for name, most in _measures(account.quota)
            if account.left[name] < 1
        }
        if waits:
            longest = max(waits)
            name, most = waits[longest]
            raise OverQuota(name, most, max(1, math.ceil(longest)))
        account.left["requests"] -= 1
        account.left["bytes"] -= stated_bytes
        account.serving += 1
        try:
            yield Served(account, stated_bytes)
        finally:
            account.serving -= 1

    def _account(self, source: str) -> _Account:
        now = self._clock()
        account = self._accounts.get(source)
        if account is None:
            quota = self._quota_of(source)
            left = {name: float(most) for name, most in _measures(quota)}
            account = self._accounts[source] = _Account(quota, left, now)
            self._forget()
        self._accounts.move_to_end(source)
        account.refill(now)
        return account

    def _forget(self) -> None:
        """Forget who has been silent longest, but nobody who is being served."""
        for source in list(self._accounts):
            if len(self._accounts) <= self._most_sources:
                return
            if not self._accounts[source].serving and source != next(reversed(self._accounts)):
                del self._accounts[source]


def _measures(quota: SourceQuota) -> tuple[_Measure, ...]:
    return (
        _Measure("requests", quota.requests),
        _Measure("events", quota.events),
        _Measure("bytes", quota.bytes),
    )
