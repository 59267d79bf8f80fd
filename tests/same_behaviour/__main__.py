"""Does another commit behave the same? `python -m tests.same_behaviour --before COMMIT [--after COMMIT]`.

Both commits are laid out in a temporary directory, run with the present packages, and compared by
what they say to the outside: the command line, files, Kafka, PostgreSQL and HTTP. Nothing of them
is imported here, so that every folder, module and class may have another name. What is compared:

  facts       simulate and check: every example message, every scenario of the tests
  references  docs, policies (list, check, card, cards, diff, questions, backtest), help of all commands
  demo        demo --once with one seed: its tables and its summary
  half-year   simulate: all messages of the earlier commit's demo
  books       each side verifies, reports from and carries on the ledger that the other has written
  pages       both serve one database: pages, exports, papers and scripts, from the first page on

The first two need no servers, the others Kafka, PostgreSQL and some minutes.
It exits with 0 only when all is equal, and shows the first difference of everything that is not.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.same_behaviour.comparing import Part
from tests.same_behaviour.run import Wanted, run
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.sides import NotRun
from tests.same_behaviour.stripping import Strip
from tests.same_behaviour.told import tell

PARTS = ("facts", "references", "demo", "half-year", "books", "pages")
EXIT_DIFFERS, EXIT_NOT_RUN = 1, 2


def main() -> int:
    """Compare and tell; 0 when all is equal, 1 when something differs, 2 when a side does not run."""
    asked = argparse.ArgumentParser(
        prog="python -m tests.same_behaviour",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("--before", required=True, help="the commit whose behaviour is right")
    asked.add_argument(
        "--after", default="HEAD", help="the commit that must behave the same (HEAD)"
    )
    asked.add_argument(
        "--applications", type=int, default=2400, help="claims of the demos, at least 100 (2400)"
    )
    asked.add_argument("--seed", type=int, default=20220831, help="seed of the demos (20220831)")
    asked.add_argument("--pages", type=int, default=400, help="at most so many addresses (400)")
    asked.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, help="only these parts; all otherwise"
    )
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all is stopped and removed
    console = Console() if sys.stdout.isatty() else Console(width=160, soft_wrap=True)
    screen, strip = Screen(console), Strip()
    parts: list[Part] = []
    with tempfile.TemporaryDirectory(prefix="same-") as place:
        work = Path(place)
        work.chmod(0o755)  # the database runs as another user where we are root
        wanted = Wanted(
            options.before,
            options.after,
            options.applications,
            options.seed,
            options.pages,
            frozenset(options.only),
        )
        try:
            run(wanted, work, screen, strip, parts)
        except NotRun as failure:
            tell(parts, strip, screen)
            console.print(f"NOT RUN: {failure}", markup=False, highlight=False)
            return EXIT_NOT_RUN
    return 0 if tell(parts, strip, screen) else EXIT_DIFFERS


if __name__ == "__main__":
    sys.exit(main())
