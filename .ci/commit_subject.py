"""Check the subject of a commit: the thing first ("Batches: …"), at most 72 characters.

Used by git's commit-msg hook (.pre-commit-config.yaml): python .ci/commit_subject.py MESSAGE_FILE
"""

import re
import sys
from pathlib import Path

LONGEST = 72
_WRITTEN_BY_GIT = re.compile(r"(Merge|Revert|fixup!|squash!|amend!) ")


def problem(message: str) -> str | None:
    """Tell what is wrong with a commit message, or None."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = next((line for line in lines if line.strip()), "")
    if _WRITTEN_BY_GIT.match(subject):
        return None
    if len(subject) > LONGEST:
        return f"The subject has {len(subject)} characters; {LONGEST} is the most. The rest may follow below."
    if not re.match(r"[^\s:][^:]*: \S", subject):
        return 'Name the thing first, then what changes: "Batches: a released list is printed".'
    return None


if __name__ == "__main__":
    sys.exit(problem(Path(sys.argv[1]).read_text(encoding="utf-8")))
