"""fund names: what funds are called on the screen, as clauses call them."""

from policies.vocabulary.places import FUNDS

FUND_NAMES = {code: name for name, code in FUNDS.items()}
"""Names by the code of a fund."""
