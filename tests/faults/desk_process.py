"""One desk, as a process of its own: `python -m tests.faults.desk_process BOOTSTRAP PREFIX …`."""

import sys

from services.desk.worker import run
from services.runtime.settings import Settings

if __name__ == "__main__":
    bootstrap, prefix, partitions, session_seconds = sys.argv[1:]
    run(
        Settings(kafka_bootstrap=bootstrap, topic_prefix=prefix, partitions=int(partitions)),
        session_seconds=float(session_seconds),
    )
