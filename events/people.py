"""People: who of the staff is meant by a name, however it is written.

Holds: two acts are two people's only where their names differ after NFKC, case and blanks
"""

from unicodedata import normalize

_STAFF = "staff:"


def person(name: str) -> str:
    """Write a name of staff in its one form, without what says that it is staff."""
    plain = "".join(normalize("NFKC", name).split()).casefold()
    return plain.removeprefix(_STAFF)


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person's; nobody is nobody else."""
    return person(one) == person(other)
