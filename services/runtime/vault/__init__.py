"""The vault: the one place that knows who the tokens are.

READ FIRST: `wanted` (what is asked), then `store.Vault`. Everything at rest is encrypted, a data
key for each party under the master key; what stands in unique indexes is an HMAC.
"""

from services.runtime.vault.keys import load_key_file, make_key_file, take_key_file
from services.runtime.vault.store import DayKey, Vault
from services.runtime.vault.wanted import Admitted, Register, Wanted

__all__ = [
    "Admitted",
    "DayKey",
    "Register",
    "Vault",
    "Wanted",
    "load_key_file",
    "make_key_file",
    "take_key_file",
]
