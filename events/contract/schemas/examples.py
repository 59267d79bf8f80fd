"""Examples: one message of every type and some outcomes, made up, that are taken as they stand.

In:    `examples.yaml`; its people do not exist
Out:   whole events, for references and tests
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.claims import Claim
from events.contract.inbound.cloudevent import Event
from events.contract.inbound.identity import check_character
from events.contract.inbound.reader import Inbound, read_data
from events.contract.inbound.semantics import Known
from events.contract.outbound import OutcomeEvent

_WRITTEN: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("examples.yaml").read_text(encoding="utf-8")
)
SOURCE: str = _WRITTEN["source"]
DATA: dict[str, dict[str, Any]] = _WRITTEN["messages"]
"""By type; the digest that a correction replaces is filled in by `events`."""


def person(first: str, name: str) -> dict[str, str]:
    """A made-up person whose id has the right check character."""
    return {"kind": "person", "id": first + check_character(first), "name": name}


def events() -> dict[str, dict[str, Any]]:
    """Every example as a CloudEvent in structured form, by type."""
    return {
        name: {
            "specversion": "1.0",
            "id": f"example-{number:02d}",
            "source": SOURCE,
            "type": name,
            "time": "2022-09-01T09:14:00+08:00",
            "datacontenttype": "application/json",
            "dataversion": "1",
            "data": _filled(name),
        }
        for number, name in enumerate(TYPES, 1)
    }


@cache
def outcome(name: str) -> dict[str, Any]:
    """One outcome as a reader receives it: `denied`, or `batch` of an employer's batch."""
    told = OutcomeEvent.model_validate(_WRITTEN["outcomes"][name])
    return told.model_dump(mode="json", exclude_defaults=False, exclude_none=True)


def _filled(name: str) -> dict[str, Any]:
    data = DATA[name]
    return {**data, "replaces": _digest()} if "replaces" in data else data


def _digest() -> str:
    """The digest of the example of a submitted application."""
    submitted = DATA["application.submitted"]
    programmes, regions = frozenset({submitted["programme"]}), {submitted["region"]: ""}
    event = Event("example", SOURCE, "application.submitted", submitted)
    (answer,) = read_data(event, Known(programmes, regions, frozenset()), _NOON_MS)
    assert isinstance(answer, Inbound)
    assert isinstance(answer.body, Claim)
    return answer.body.digest


_NOON_MS = 1_662_000_000_000
"""2022-09-01, when the examples are sent."""
