"""The auditor at a terminal, through the whole ledger: search, sample, conclude, a case taken home."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

from services.runtime.settings import Settings
from tests.prior_use_files import somebody
from tests.whole_ledger import Said, Upstream, call, example, whole

WHEN = ("--from", "2020-01-01", "--to", "2099-12-31")


def applies(who: int, account: int) -> dict[str, Any]:
    """Somebody applies, to be paid into an account; all state one certificate."""
    event = example("application.submitted")
    event["data"] |= {
        "application": f"audit-{who}",
        "beneficiary": somebody(who),
        "account": {**event["data"]["account"], "number": f"62220200000001{account:04d}"},
    }
    event["data"]["facts"] |= {"certificate.number": f"S-{who}"}
    return {**event, "id": f"audit-{who}"}


async def test_an_auditor_finds_draws_concludes_and_takes_home(
    settings: Settings, place: Path
) -> None:
    async with whole(settings) as ledger:

        async def audit(*arguments: str, typed: str = "", code: int = 0) -> str:
            said: Said = await call("audit", *arguments, settings=ledger.settings, typed=typed)
            assert said.code == code, said.out + said.err
            return said.out

        upstream = Upstream(ledger.settings)
        upstream.structured(example("budget.allocated"))
        await ledger.facts("BudgetAllocated")
        upstream.structured(applies(1, 1), applies(2, 2), applies(3, 2))
        await ledger.facts("ApprovalGranted", 3)
        two, three = (f"district-211202.hrss:audit-{who}" for who in (2, 3))

        drawn = await audit("draw", "shared_account", *WHEN, "--record", "--by", "sun-hong")
        assert two in drawn
        assert three in drawn
        assert "audit-1" not in drawn, "an account of one's own"
        number = await ledger.books.fetchval("SELECT number FROM books.samples")
        assert number in drawn
        assert (await audit("redraw", number)).strip() == "一致"
        assert "待结论" in await audit("samples")
        found = ("--finding", "两人同一账户", "--by", "sun-hong")
        await audit("conclude", number, two, "doubtful", *found)
        refused = await call("audit", "close", number, "--by", "sun-hong", settings=ledger.settings)
        assert (refused.code, "SAMPLE_OPEN" in refused.err) == (1, True), refused
        await audit("conclude", number, three, "sound", "--by", "sun-hong")
        await audit("close", number, "--by", "sun-hong")
        assert "两人同一账户" in await audit("sample", number)
        await ledger.facts("SampleClosed")

        why = ("--purpose", "审计抽查", "--by", "sun-hong")
        person = await audit("person", *why, typed=somebody(2)["id"] + "\n")
        assert "audit-2" in person
        assert somebody(2)["id"] not in person
        assert "没有这样的决定" in await audit("person", *why, typed=somebody(7)["id"] + "\n")
        file = place / "case.zip"
        await audit("case", two, *why, "--to", str(file))
        looks = await audit("looks", "--who", "sun-hong")
        assert looks.count("审计抽查") == 3
        assert "抽查结论" in await audit("acts", "sun-hong")
        key = (await audit("key")).strip()
        assert "一致" in await audit("check", str(file), "--key", key)
        await audit("checker", str(place / "check.py"))
        alone = [sys.executable, "-I", "-S", str(place / "check.py"), str(file), "--key", key]
        checked = await asyncio.to_thread(subprocess.run, alone, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stdout
        content = file.read_bytes()
        file.write_bytes(content.replace(b"ApprovalGranted", b"ApprovalGrantee", 1))
        assert "records.jsonl" in await audit("check", str(file), code=1)
        assert ledger.alarms == []
