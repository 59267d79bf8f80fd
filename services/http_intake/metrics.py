"""Metrics: what HTTP intake has taken and refused, by source, for whoever watches it.

In:   each answered request, with the source of its token
Out:  Prometheus metrics of this process; their sums by source, as doctor and pages show them
Holds: they count from the start of the process and decide nothing. A source stands in them once it
       had a good token. An event counts as a duplicate where the same source sent the same id
       lately, as far as this process remembers: intake alone knows for certain
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.parser import text_string_to_metric_families

from services.http_intake.checking import CheckedEvent

REMEMBERED = 50_000
"""Events that are remembered to tell duplicates, about 10 MB."""

NOBODY = "-"
"""The source of a request without a good token."""

_P = "benefit_ledger_http_intake"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class IntakeMetrics:
    """The counters of one process."""

    def __init__(self, registry: CollectorRegistry, remembered: int = REMEMBERED) -> None:
        by = ["source"]
        self._requests = Counter(
            f"{_P}_requests", "Requests by HTTP status", [*by, "status"], registry=registry
        )
        self._troubles = Counter(
            f"{_P}_requests_refused", "Requests refused whole", [*by, "code"], registry=registry
        )
        self._over = Counter(
            f"{_P}_over_quota", "Requests put off, by measure", [*by, "measure"], registry=registry
        )
        self._accepted = Counter(f"{_P}_accepted", "Events accepted", by, registry=registry)
        self._refused = Counter(
            f"{_P}_refused", "Events or lines refused, by code", [*by, "code"], registry=registry
        )
        self._duplicates = Counter(
            f"{_P}_duplicates", "Events accepted again, as remembered", by, registry=registry
        )
        self._bytes = Counter(f"{_P}_bytes", "Bytes of bodies read", by, registry=registry)
        self._seconds = Histogram(
            f"{_P}_seconds",
            "Seconds until a request was answered",
            by,
            buckets=_SECONDS,
            registry=registry,
        )
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._remembered = remembered

    def answered(self, source: str, status: int, seconds: float, code: str = "") -> None:
        """Count a request; `code` says why it was refused whole."""
        self._requests.labels(source, str(status)).inc()
        self._seconds.labels(source).observe(seconds)
        if code:
            self._troubles.labels(source, code).inc()

    def put_off(self, source: str, measure: str) -> None:
        """Count a request over a quota."""
        self._over.labels(source, measure).inc()

    def read(self, source: str, size: int) -> None:
        """Count a body."""
        self._bytes.labels(source).inc(size)

    def taken(self, source: str, checked: Iterable[CheckedEvent]) -> None:
        """Count the events of a request that was answered one by one."""
        for one in checked:
            for code in one.codes:
                self._refused.labels(source, code).inc()
            if one.taken and one.event is not None:
                self._accepted.labels(source).inc()
                if self._again(source, one.event.id):
                    self._duplicates.labels(source).inc()

    def _again(self, source: str, event: str) -> bool:
        name = blake2b(f"{source}\0{event}".encode(), digest_size=16).digest()
        again = name in self._seen
        self._seen[name] = None
        self._seen.move_to_end(name)
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return again


class SourceNumbers(NamedTuple):
    """What one source has sent since the process started."""

    source: str
    requests: int
    accepted: int
    refused: int
    duplicates: int
    put_off: int
    bytes: int
    seconds: float  # a request, on average
    codes: tuple[tuple[str, int], ...]


def numbers_of(text: str) -> list[SourceNumbers]:
    """Sum what the metrics of a process say, as they are served, by source."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    codes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.startswith(_P) or "source" not in sample.labels:
                continue
            name, source = sample.name.removeprefix(f"{_P}_"), sample.labels["source"]
            if "le" not in sample.labels:
                sums[source, name] += sample.value
            if name in ("refused_total", "requests_refused_total"):
                codes[source][sample.labels["code"]] += int(sample.value)
    found = []
    for source in sorted({source for source, _ in sums}):
        count = sums[source, "seconds_count"]
        found.append(
            SourceNumbers(
                source,
                requests=int(sums[source, "requests_total"]),
                accepted=int(sums[source, "accepted_total"]),
                refused=int(sums[source, "refused_total"]),
                duplicates=int(sums[source, "duplicates_total"]),
                put_off=int(sums[source, "over_quota_total"]),
                bytes=int(sums[source, "bytes_total"]),
                seconds=sums[source, "seconds_sum"] / count if count else 0.0,
                codes=tuple(sorted(codes[source].items())),
            )
        )
    return found
