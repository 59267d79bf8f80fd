"""`benefit-ledger up`: a whole ledger on this computer."""

import os

from services.cli.arguments import read_settings
from services.cli.screen import console
from services.cli.until_stopped import run_until_stopped


def up() -> None:
    """在本机起 Kafka、PostgreSQL 和全部进程，直到 Ctrl-C。"""
    from services.machine.up import up as run_up
    from services.runtime.embedded.child import OWNER_ALONE

    os.umask(OWNER_ALONE)
    run_until_stopped(run_up(read_settings(), console))
