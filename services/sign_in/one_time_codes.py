"""one_time_codes: six digits from a secret and the time, as authenticators on telephones show them.

In:   a secret, what somebody typed, the instant, the last step whose code was used
Out:  the step of time to which a code belongs; a secret as a QR code
Holds: a code is taken of the step of now, the one before and the one after, and of no step that is
       not later than the last one used: a code opens nothing twice
Source: RFC 6238
"""

import hmac
import unicodedata
from datetime import datetime

import pyotp
import segno

from events.canonical import is_number

ISSUER = "就业补贴账"
STEP_SECONDS = 30
_STEPS = (-1, 0, 1)
_DIGITS = 6


def new_secret() -> str:
    """Make a secret of 160 bits, in base32."""
    return pyotp.random_base32()


def step_at(now: datetime) -> int:
    """The step of time of an instant."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, now: datetime) -> str:
    """The code that an authenticator shows at an instant.

    Raises: ValueError where it is no secret
    """
    plain = "".join(secret.split()).upper()
    return pyotp.TOTP(plain).at(now)


def step_of(secret: str, typed: str, now: datetime, last: int | None) -> int | None:
    """The step of time whose code this is; None where it is none, or one of a step used before."""
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if len(code) != _DIGITS or not is_number(code):
        return None
    codes, here = pyotp.TOTP(secret), step_at(now)
    found = None
    for step in (here + away for away in _STEPS):
        if hmac.compare_digest(codes.generate_otp(step), code) and (last is None or step > last):
            found = step
    return found


def address_of(secret: str, user: str) -> str:
    """What an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name=ISSUER)


def picture_of(secret: str, user: str) -> str:
    """The same as a QR code, an SVG element without style."""
    drawn = segno.make(address_of(secret, user), error="m", micro=False)
    return str(drawn.svg_inline(scale=5, border=4, light="#ffffff", svgclass="qr", lineclass=None))
