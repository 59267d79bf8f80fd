"""The vault: the one place that knows who the tokens are.

READ FIRST: `requests` (what is asked), then `store.Vault`. Everything at rest is encrypted, a data
key for each party under the master key; what stands in unique indexes is an HMAC.
"""

from services.runtime.vault.keys import load_key_file, make_key_file, take_key_file
from services.runtime.vault.requests import IdentityRegister, VaultAnswer, VaultRequest
from services.runtime.vault.store import DayKey, Vault

__all__ = [
    "DayKey",
    "IdentityRegister",
    "Vault",
    "VaultAnswer",
    "VaultRequest",
    "load_key_file",
    "make_key_file",
    "take_key_file",
]
