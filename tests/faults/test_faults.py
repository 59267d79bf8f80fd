"""The short run of faults; the long one is `make faults`."""

from pathlib import Path

import pytest

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.settings import Settings
from tests.faults.chaos import Scale, run


@pytest.mark.faults
async def test_every_application_is_decided_once_whatever_dies(tmp_path: Path) -> None:
    scale = Scale(
        seed=8, applications=3_000, faults=6, pause_seconds=(0.3, 1.2), settle_seconds=120.0
    )
    with Home(tmp_path / "home") as home:
        broker = KafkaBroker(home, Settings().cache_dir)
        broker.start()
        try:
            report = await run(scale, broker, tmp_path, lambda *_: None)
        finally:
            broker.kill()  # an orderly end of the last node takes ten seconds
    assert not report.wrong
    assert sum(report.faults.values()) == scale.faults
    assert report.figures["applications"] == scale.applications
    assert report.figures["ApprovalGranted"] > scale.applications / 4
    assert report.figures["waiting for money"] > 0
