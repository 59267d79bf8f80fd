"""Journal: each entry names the application whose money it moves, however its fact names it."""

from pathlib import Path

import orjson
import pytest

from events.codec import decode_fact
from projections.definition.located_fact import locate
from projections.definition.table import Append
from projections.read_models import journal

GOLDEN = Path(__file__).parent.parent / "golden"
BY_APPLICATION = ("ClawbackOrdered", "ClawbackOffset", "ClawbackRecovered", "ClawbackWrittenOff")
BY_DISBURSEMENT = (
    "DisbursementOrdered",
    "DisbursementSent",
    "DisbursementSettled",
    "DisbursementReturned",
)


def booked(name: str) -> dict[str, object]:
    file = max(GOLDEN.glob(f"{name}.v*.json"))
    recorded = decode_fact(orjson.dumps(orjson.loads(file.read_bytes())))
    entry = next(
        change
        for change in journal.changes(locate(recorded, 3, 7))
        if isinstance(change, Append) and change.table is journal.ENTRIES
    )
    names = [column.name for column in journal.ENTRIES.columns]
    said = dict(zip(names, entry.row, strict=True))
    return {"application": said["application"], "body": recorded.body}


@pytest.mark.parametrize("name", BY_APPLICATION)
def test_an_entry_of_a_debt_names_its_application(name: str) -> None:
    said = booked(name)
    assert said["application"] == said["body"].application  # type: ignore[attr-defined]
    assert said["application"]


@pytest.mark.parametrize("name", BY_DISBURSEMENT)
def test_an_entry_of_a_payment_names_the_application_it_is_for(name: str) -> None:
    said = booked(name)
    disbursement: str = said["body"].disbursement  # type: ignore[attr-defined]
    assert said["application"] == disbursement.rpartition("#")[0]
