"""Messages: claims as upstream systems publish them, and the mistakes that such systems make.

Out:  Published: feed, key, value and headers of one Kafka record
Holds: the same seed gives the same bytes; every tenth event travels in binary mode.
"""

from typing import Any, NamedTuple

import orjson

from events.contract.inbound.catalogue import TYPES
from services.demo.cast.claim_drafts import ClaimDraft

Headers = tuple[tuple[str, bytes], ...]
_STRUCTURED: Headers = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
_TIME = "2022-09-01T09:00:00+08:00"


class Published(NamedTuple):
    """One record as an upstream system sends it."""

    feed: str
    key: bytes
    value: bytes | None
    headers: Headers = _STRUCTURED


class Events:
    """Numbers and wraps events."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._number = 0

    def event(self, source: str, kind: str, data: dict[str, Any], time: str = _TIME) -> Published:
        """Wrap data as a CloudEvent of one source."""
        self._number += 1
        attributes = {
            "specversion": "1.0",
            "id": f"{self._run}-{self._number:06}",
            "source": source,
            "type": kind,
            "time": time,
            "datacontenttype": "application/json",
        }
        key = attributes["id"].encode()
        feed = TYPES[kind].feed
        if self._number % 10:
            return Published(feed, key, orjson.dumps({**attributes, "data": data}))
        headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
        del headers[-1]
        headers.append(("content-type", b"application/json"))
        return Published(feed, key, orjson.dumps(data), tuple(headers))


def submitted(draft: ClaimDraft, application: str) -> dict[str, Any]:
    """State one application."""
    return {
        "application": application,
        "programme": draft.programme,
        "region": draft.region,
        "applied_on": draft.applied_on.isoformat(),
        "channel": draft.channel,
        "beneficiary": draft.person.party(),
        "account": draft.person.paid_into(),
        "facts": draft.facts,
    }


def batch_line(draft: ClaimDraft, line: str, *, own_account: bool = True) -> dict[str, Any]:
    """State one line of an employer's or school's batch; without an account of its own it is paid
    into the batch's."""
    stated = {"line": line, "beneficiary": draft.person.party(), "facts": draft.facts}
    return stated | ({"account": draft.person.paid_into()} if own_account else {})


def malformed(good: dict[str, Any], district: str, source: str, run: str) -> list[Published]:
    """Make the mistakes of the contract's list out of one good application.

    Shape: one record a mistake; none of them becomes an application
    """
    number = 0

    def event(data: Any, **attributes: Any) -> Published:
        nonlocal number
        number += 1
        whole = {
            "specversion": "1.0",
            "id": f"{run}-bad-{number:02}",
            "source": source,
            "type": "application.submitted",
            "time": _TIME,
            "data": data,
            **attributes,
        }
        stated = {name: value for name, value in whole.items() if value is not None}
        return Published("applications", whole["id"].encode(), orjson.dumps(stated))

    def but(**changes: Any) -> dict[str, Any]:
        return {**good, "application": f"{run}-bad-{number + 1:02}", **changes}

    person = good["beneficiary"]
    wrong_digit = person["id"][:17] + ("0" if person["id"][17] != "0" else "1")
    no_facts = {name: value for name, value in but().items() if name != "account"}
    budget = {
        "document": "示例-错",
        "fund": "unemployment_insurance",
        "district": district,
        "year": 2022,
    }
    deep = b'{"specversion":"1.0","data":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    return [
        Published("applications", b"bad-json", b'{"specversion": "1.0", "id": '),
        Published("applications", b"bad-null", None),
        event(but(), type="application.sent"),
        event(but(), specversion="2.0"),
        event(no_facts),
        event(but(beneficiary={**person, "id": wrong_digit})),
        event({**budget, "amount_fen": -100}, type="budget.allocated")._replace(feed="budgets"),
        event({**budget, "amount_fen": 100.5}, type="budget.allocated")._replace(feed="budgets"),
        event(but(applied_on="2099-01-01")),
        event(but(region="999999")),
        event(but(programme="no-such-benefit")),
        event(but(channel="x" * 2_000_000)),
        Published("applications", b"bad-deep", deep),
        event(but(facts={**good["facts"], "certificate.lvl": "四级"})),
        event(but(account={**good["account"], "number": "12a"})),
    ]
