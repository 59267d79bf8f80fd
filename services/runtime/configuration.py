"""Configuration: by which software, rules and cities a process goes, in one short line.

In:    the policies with their cities; the software's version
Out:   ``0.1.0/9f2c…``: two processes with the same line decide alike
Holds: figures that are stated on the running ledger are facts, and no part of it
"""

import os
import socket
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from policies.engine.registry import Policies

_SHOWN = 16
"""Digits of the digest: whoever would have two alike must not mean to."""


class PartitionConfiguration(NamedTuple):
    """By what the desk that decides a partition goes, as its last checkpoint says."""

    partition: int
    configuration: str
    desk: str


def configuration_of(policies: Policies) -> str:
    """The software's version, and the digest of all rules, figures and cities."""
    return f"{_software()}/{policies.digest[:_SHOWN]}"


def _software() -> str:
    """The version that is installed; an image runs the sources as they lie there, without one."""
    try:
        return version("benefit-ledger")
    except PackageNotFoundError:
        return "sources"


def this_process() -> str:
    """The host and the process, as an operator finds it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def in_words(seen: Iterable[PartitionConfiguration]) -> str:
    """Which desk decides which partitions by what, a configuration after the other."""
    groups: dict[str, dict[str, list[int]]] = {}
    for one in seen:
        groups.setdefault(one.configuration, {}).setdefault(one.desk, []).append(one.partition)
    return "；".join(
        "、".join(
            f"柜台 {desk} 分区 {' '.join(map(str, sorted(partitions)))}"
            for desk, partitions in sorted(desks.items())
        )
        + f" 按 {configuration}"
        for configuration, desks in sorted(groups.items())
    )


def differing(
    seen: Iterable[PartitionConfiguration], own: str | None = None
) -> list[PartitionConfiguration]:
    """All of them, where not all are alike or, if given, not like ours; else nothing.

    Partitions whose last checkpoint is older than this line say nothing.
    """
    known = [one for one in seen if one.configuration]
    lines = {one.configuration for one in known} | ({own} if own is not None and known else set())
    return known if len(lines) > 1 else []
