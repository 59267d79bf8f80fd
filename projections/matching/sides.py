"""sides: what is matched with what: the books' movements, the bank's lines, and what is kept of both.

Shape: SELECTs in the columns of `rules`; `{known}` is a date expression, the last day of knowledge
"""

BOOK = """
    SELECT bank_account, movement, value_on, amount_fen, instruction, batch, reference,
           line_month, line
    FROM books.bank_movements WHERE known_on <= {known}
"""
"""What moved on the bank accounts by the books, and what it is known by."""

BANK = """
    SELECT bank_account, month, line, booked_on, amount_fen, instruction, batch, mark, says_return
    FROM books.statement_lines
    WHERE known_on <= {known} AND (reversed_on IS NULL OR reversed_on > {known})
"""
"""The bank's lines that nobody has taken back."""

OWN_BOOK = f"{BOOK} AND movement = ANY($1::text[])"
"""The movements of some neighbours; their `arrays` are the first four values."""

OWN_BANK = f"""{BANK} AND (bank_account, month, line) IN (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))"""  # noqa: S608
"""Their lines."""

KEPT = """
    SELECT bank_account AS account, match, verdict, rule, movement, month, line, day,
           amount_fen AS amount, instruction, batch, other_account, first_on, last_on, may_return
    FROM books.matches
"""
"""What the projector keeps: the matching of all that is known."""
