"""The long form: `python -m tests.fuzz_readers [--seed N] [--files N] [--kind K]`: 10 000 of each kind."""

import argparse
import sys

from rich.console import Console

from tests.fuzz_readers.kinds import kinds
from tests.fuzz_readers.run import ReaderReport, fuzz
from tests.given_when_then import policies


def main() -> int:
    """Run and show; 1 when anything is wrong."""
    known = kinds(policies())
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz_readers", description=__doc__)
    asked.add_argument("--seed", type=int, default=20220831)
    asked.add_argument("--files", type=int, default=10_000)
    asked.add_argument("--kind", choices=list(known), action="append")
    options = asked.parse_args()
    console = Console()
    wrong = False
    for name in options.kind or known:
        report = fuzz(known[name], options.seed, options.files)
        show(report, console)
        wrong = wrong or bool(report.wrong)
    return 1 if wrong else 0


def show(report: ReaderReport, console: Console) -> None:
    """Say what came of one kind."""
    console.print(
        f"{report.kind}: {report.files:,} files; {report.read:,} read, {report.with_named_rows:,} with "
        f"rows named, {report.refused:,} refused whole; rows counted by another reader in "
        f"{report.counted:,}; workbook readers ended {report.readers_ended}; longest "
        f"{report.longest_seconds:.2f} s; wrong {len(report.wrong)}"
    )
    for line in report.wrong[:50]:
        console.print(f"WRONG: {line}", style="red", markup=False)


if __name__ == "__main__":
    sys.exit(main())
