"""Launcher: the command line of a tree, called once for each line of a plan, in one process.

It is run by a side's own interpreter and knows nothing of either side: `launcher.py ENTRY PLAN`.
In:   ENTRY `module:function`; PLAN, a JSON file with one object a call: arguments, and a path
Out:  beside each path what the call has printed: `.out`, `.err`, `.code`; a line for each call done
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path


def main(entry: str, plan: str) -> None:
    """Call the entry for each line of the plan."""
    module, _, function = entry.partition(":")
    command = getattr(importlib.import_module(module), function)
    own_out, own_err = os.dup(1), os.dup(2)
    for number, call in enumerate(json.loads(Path(plan).read_bytes()), 1):
        path = Path(call["path"])
        with path.with_suffix(".out").open("wb") as out, path.with_suffix(".err").open("wb") as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.argv = ["benefit-ledger", *call["arguments"]]
            code = _called(command)
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(own_out, 1)
            os.dup2(own_err, 2)
        path.with_suffix(".code").write_text(str(code))
        os.write(own_out, f"{number}\n".encode())


def _called(command: object) -> object:
    assert callable(command)
    try:
        command()
    except SystemExit as leaving:
        return leaving.code or 0
    except BaseException:  # noqa: BLE001 - however a call ends, the next one is made
        traceback.print_exc()
        return "exception"
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
