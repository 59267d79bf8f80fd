"""sides: what is matched with what: movements, lines, what people matched by hand; what is kept of it.

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

MANUAL = """
    SELECT concat(bank_account, '/', number), bank_account, movement, month, line, amount_fen
    FROM books.manual_match_members
    WHERE known_on <= {known} AND (undone_on IS NULL OR undone_on > {known})
"""
"""What two people have matched by hand and nobody has undone, member by member."""

OWN_BOOK = f"{BOOK} AND movement = ANY($1::text[])"
"""The movements of some neighbours; their `arrays` are the first four values."""

OWN_BANK = f"""{BANK} AND (bank_account, month, line) IN (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))"""  # noqa: S608
"""Their lines."""

OWN_MANUAL = f"{MANUAL} AND concat(bank_account, '/', number) = ANY($5::text[])"
"""The matches by hand that name any of them, with every member, also one that is not there."""

KEPT = """
    SELECT bank_account AS account, match, verdict, rule, movement, month, line, day,
           amount_fen AS amount, instruction, batch, other_account, first_on, last_on, may_return
    FROM books.matches
"""
"""What the projector keeps: the matching of all that is known."""
