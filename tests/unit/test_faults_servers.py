"""A fault hits the server that is meant, and never the run that deals it out."""

import os
import subprocess
import sys

from tests.faults.servers import family_of


def test_a_server_that_has_ended_by_itself_has_no_family() -> None:
    assert family_of(None) == []


def test_a_family_is_the_server_and_what_it_started() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = [one.pid for one in family_of(process.pid)]
        assert found[0] == process.pid
        assert os.getpid() not in found
        process.communicate(b"\n")
    assert family_of(process.pid) == []
