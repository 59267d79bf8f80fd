"""People: who of the staff is meant by a name, however it is written.

Holds: two acts are two people's only where their names differ after NFKC, case, blanks, middle
       dots and what nobody can see
"""

import re

from events.canonical import UNSEEN, person_name

_STAFF = re.compile("(staff:)+")
_NOT_THERE = re.compile(rf"[\s{UNSEEN}]")


def person(name: str) -> str:
    """Write a name of staff in its one form, without what says that it is staff."""
    plain = _NOT_THERE.sub("", person_name(_NOT_THERE.sub("", name)).casefold())
    return _STAFF.sub("", plain, count=1) if _STAFF.match(plain) else plain


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person's; nobody is nobody else."""
    return person(one) == person(other)
