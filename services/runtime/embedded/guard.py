"""The guard: a program started through it ends when its parent does, however that ended.

Run as `python -I embedded_guard.py PARENT SIGNAL USER PROGRAM ARGUMENT…` and replaced by the
program, so nothing stays between parent and child. Linux alone can ask for this (PR_SET_PDEATHSIG);
elsewhere the next start finds what was left behind (`embedded_child.end_stale`). It is a program
of its own because a hook between fork and exec may dead-lock a process with threads, and because
changing the user, which the database needs when we are root, would drop the request again.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Drop to the user, ask for the signal, become the program."""
    parent, signal, user, *program = sys.argv[1:]
    if user:
        import pwd

        entry = pwd.getpwnam(user)
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.environ["HOME"] = entry.pw_dir
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit("the parent ended before its child began")
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
