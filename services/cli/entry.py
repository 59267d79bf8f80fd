"""Entry: the command `benefit-ledger`, which can be interrupted from its first moment on.

Loading the command line takes a second; who presses Ctrl-C meanwhile is answered like everybody who
does so later: by a sentence, and by the exit code that shells expect.
Holds: SIGINT is ours also where the shell that started us ignores it (a background job)
"""

import signal
import sys

from services.cli.interruption import STOPPED

INTERRUPTED = 130


def main() -> None:
    """Run the command."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from services.cli.app import main as run

        run()
    except KeyboardInterrupt:
        _say_stopped()
    except SystemExit as leaving:
        if leaving.code != INTERRUPTED:
            raise
        _say_stopped()  # typer makes an exit of an interruption, and says nothing


def _say_stopped() -> None:
    sys.stderr.write(f"{STOPPED}\n")
    raise SystemExit(INTERRUPTED) from None
