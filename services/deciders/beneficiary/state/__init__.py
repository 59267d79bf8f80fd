"""state: what one beneficiary's history has come to; folded from facts, asked by the rules."""
