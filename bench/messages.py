"""Messages for the benchmark: an application a person, as an upstream system publishes it."""

from datetime import date, timedelta

import orjson

from events.contract.inbound.identity import check_character

HEADERS = [("content-type", b"application/cloudevents+json; charset=utf-8")]
_FIRST_BIRTHDAY = date(1970, 1, 1)


def resident_id(number: int) -> str:
    """Invent the `number`-th resident id, with a right check digit."""
    birthday = _FIRST_BIRTHDAY + timedelta(days=number // 900)
    body = f"211202{birthday:%Y%m%d}{number % 900 + 100:03d}"
    return body + check_character(body)


def message(number: int, time: str = "2022-09-01T09:14:00+08:00") -> bytes:
    """Write the application of the `number`-th person."""
    name = "测试人员"
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"bench-{number}",
            "source": "bench.intake",
            "type": "application.submitted",
            "time": time,
            "data": {
                "application": f"B-{number}",
                "programme": "skill-upgrade",
                "region": "211202",
                "applied_on": "2022-08-12",
                "channel": "hall",
                "beneficiary": {"kind": "person", "id": resident_id(number), "name": name},
                "account": {
                    "bank": "测试银行",
                    "number": f"62220200{number:011d}",
                    "holder": name,
                },
                "facts": {
                    "certificate.level": "四级",
                    "certificate.occupation": "电工",
                    "certificate.number": f"S{number:021d}",
                    "certificate.issued_on": "2022-03-15",
                    "person.status": ["领取失业保险金期间@2022-01-01/"],
                },
            },
        }
    )
