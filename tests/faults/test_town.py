"""The short run of the whole town; the long one is `make faults`."""

from pathlib import Path

import pytest

from tests.faults.town import FAULTS, NEED_A_DISK, TownScale, planned, run


def test_a_long_run_makes_every_kind_of_fault() -> None:
    long = TownScale(seed=1, applications=1, faults=200)
    assert set(planned(long, disks=True)) == set(FAULTS)
    assert set(planned(long, disks=False)) == set(FAULTS) - NEED_A_DISK
    assert len(FAULTS) - len(NEED_A_DISK) >= 15


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_whatever_dies_all_that_was_acknowledged_is_decided_paid_and_told(
    place: Path,
) -> None:
    scale = TownScale(
        seed=9,
        applications=300,
        faults=8,
        freeze_seconds=(0.5, 2.0),
        pause_seconds=(0.2, 0.8),
        settle_seconds=240.0,
        disk_megabytes=900,
    )
    report = await run(scale, place / "town", lambda *_: None)
    assert report.wrong == []
    assert sum(report.faults.values()) == scale.faults
    assert report.figures["applications"] == scale.applications
    for kind in ("ApprovalGranted", "ApprovalDenied", "ApprovalWithdrawn", "DisbursementSettled"):
        assert report.figures[kind] > 0, report.figures
    assert report.figures["waiting for money"] > 0
    assert report.figures["dead letters"] > 0
