"""throttle: how long somebody waits who has failed often, by account and by address.

In:   the failures of late, the instant
Out:  the instant from which another try is taken
Holds: an account that there is not waits as one that there is; nobody waits longer than a quarter of
       an hour after the last failure; a complete sign-in forgives the account, never the address
"""

import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple

REMEMBERED = timedelta(hours=24)
FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)

ADDRESS_WINDOW = timedelta(minutes=15)
ADDRESS_TRIES = 20


class Failures(NamedTuple):
    """How often of late, and when last."""

    many: int
    last_at: datetime | None


def account_opens_at(failures: Failures) -> datetime | None:
    """When an account may be tried again; None: now. Each failure after the fifth doubles the wait."""
    over = failures.many - FREE_TRIES
    if over < 0 or failures.last_at is None:
        return None
    wait: timedelta = min(_FIRST_WAIT * 2 ** min(over, 16), _LONGEST_WAIT)
    return failures.last_at + wait


def address_opens_at(reached_at: datetime | None) -> datetime | None:
    """When an address may try again; None: now. `reached_at`: of its failures the twentieth latest."""
    return None if reached_at is None else reached_at + ADDRESS_WINDOW


def place_of(address: str) -> str:
    """What counts as one address: one of version 4, a network of 64 bits of version 6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)
