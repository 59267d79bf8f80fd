"""Printed lines: what a simulation answers, ready for JSON.

In:   a fact that was recorded; a message that was refused
Out:  one object each: a fact as it stands on the ledger, with its journal entry where money moves
"""

from typing import Any

import orjson

from events.codec import encode_fact
from events.envelope import Recorded
from events.ids import application_key
from projections.read_models.journal import entry
from services.intake.message_batch import RejectedMessage


def refusal_as_json(refused: RejectedMessage) -> dict[str, Any]:
    first = refused.rejected.problems[0]
    return {
        "type": "MessageRefused",
        **_refused_claim(refused),
        "offset": refused.message.offset,
        "line": refused.rejected.line,
        "code": str(first.code),
        "problems": [problem._asdict() for problem in refused.rejected.problems],
    }


def _refused_claim(refused: RejectedMessage) -> dict[str, str]:
    """Name the claim that a refused message is about, as far as it says so."""
    try:
        event = orjson.loads(refused.message.value or b"")
        named = application_key(event["source"], event["data"]["application"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return {"application": named}


def fact_as_json(recorded: Recorded) -> dict[str, Any]:
    shown: dict[str, Any] = orjson.loads(encode_fact(recorded))
    booked = entry(recorded)
    if booked is not None:
        shown["entry"] = {
            "value_on": booked.value_on,
            "postings": [
                {
                    "code": posting.account.code,
                    "account": posting.account.name,
                    "fund": posting.fund,
                    "district": posting.district,
                    "sub": posting.sub,
                    "amount_fen": posting.amount,
                }
                for posting in booked.postings
            ],
        }
    return shown
