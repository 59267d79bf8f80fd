"""Matching: which line of the bank is which movement of the books, and what is left over.

In:   two relations: what moved on the bank accounts by the books, and by the bank
Out:  one row a pair, or a movement or line that stands alone, with its verdict
Holds: a pure function of the two relations, with a total order, so the same input gives the same
       rows in any database; each movement and each line stands in exactly one row.

In this order, the n-th of the books meeting the n-th of the bank's, by date and then by name:
  1 `line`         a movement that the books took from this very line (funds received, interest)
  2 `instruction`  the same account, instruction and amount
  3 `reference`    a line without instruction: the same account, amount and the bank's reference
                   of the payment, booked at most WINDOW_DAYS from the books' day
What is left has a verdict:
  `amount`           the same account, instruction and direction, but another amount
  `wrong_account`    the same instruction and amount, but on another account
  `duplicate`        a line whose instruction, or whose reference, amount and days, has its match
  `unknown_at_bank`  a line that the books know nothing of
  `missing_at_bank`  a movement that the bank's lines lack
"""

from events.ids import INSTRUCTION_PATTERN

VERSION = 1
"""Version of the rules; a result is reproduced by lines, movements and this number."""

WINDOW_DAYS = 5

BOOK_COLUMNS = "account, movement, moved_on, amount, instruction, reference, line"
BANK_COLUMNS = "account, line, booked_on, amount, reference, purpose"


def matching(book: str, bank: str) -> str:
    """Write the query over two relations given as SELECTs.

    Shape: `book` yields BOOK_COLUMNS, `bank` yields BANK_COLUMNS; the result is a WITH list that
           ends in `paired(account, verdict, rule, movement, moved_on, book_amount, line,
           booked_on, bank_amount, other_account, instruction)`
    Units: fen, positive came in; `other_account` is set for `wrong_account` alone
    """
    return _MATCHING.format(
        book=book,
        bank=bank,
        book_columns=BOOK_COLUMNS,
        bank_columns=BANK_COLUMNS,
        window=WINDOW_DAYS,
        pattern=INSTRUCTION_PATTERN,
    )


_MATCHING = """
book ({book_columns}) AS MATERIALIZED ({book}),
bank_lines ({bank_columns}) AS ({bank}),
bank AS MATERIALIZED (
    SELECT account, line, booked_on, amount, reference,
           coalesce(substring(reference FROM '{pattern}'),
                    substring(purpose FROM '{pattern}')) AS instruction
    FROM bank_lines
),
by_line AS MATERIALIZED (
    SELECT book.account, movement, moved_on, bank.line, booked_on, book.amount, book.instruction
    FROM book JOIN bank ON bank.account = book.account AND bank.line = book.line
                       AND bank.amount = book.amount
),
by_instruction AS MATERIALIZED (
    SELECT account, movement, moved_on, line, booked_on, amount, instruction
    FROM (
        SELECT account, instruction, amount, movement, moved_on,
               row_number() OVER (PARTITION BY account, instruction, amount
                                  ORDER BY moved_on, movement) AS nth
        FROM book WHERE instruction IS NOT NULL AND line IS NULL
    ) AS ours
    JOIN (
        SELECT account, instruction, amount, line, booked_on,
               row_number() OVER (PARTITION BY account, instruction, amount
                                  ORDER BY booked_on, line) AS nth
        FROM bank
        WHERE instruction IS NOT NULL
          AND NOT EXISTS (SELECT FROM by_line AS m WHERE m.account = bank.account
                                                     AND m.line = bank.line)
    ) AS theirs USING (account, instruction, amount, nth)
),
by_reference AS MATERIALIZED (
    SELECT account, movement, moved_on, line, booked_on, amount, instruction, reference
    FROM (
        SELECT account, reference, amount, movement, moved_on, instruction,
               row_number() OVER (PARTITION BY account, reference, amount
                                  ORDER BY moved_on, movement) AS nth
        FROM book
        WHERE reference <> '' AND line IS NULL
          AND NOT EXISTS (SELECT FROM by_instruction AS m WHERE m.movement = book.movement)
    ) AS ours
    JOIN (
        SELECT account, reference, amount, line, booked_on,
               row_number() OVER (PARTITION BY account, reference, amount
                                  ORDER BY booked_on, line) AS nth
        FROM bank
        WHERE instruction IS NULL
          AND NOT EXISTS (SELECT FROM by_line AS m WHERE m.account = bank.account
                                                     AND m.line = bank.line)
    ) AS theirs USING (account, reference, amount, nth)
    WHERE abs(booked_on - moved_on) <= {window}
),
matched AS MATERIALIZED (
    SELECT account, 'line' AS rule, movement, moved_on, line, booked_on, amount, instruction
    FROM by_line
    UNION ALL
    SELECT account, 'instruction', movement, moved_on, line, booked_on, amount, instruction
    FROM by_instruction
    UNION ALL
    SELECT account, 'reference', movement, moved_on, line, booked_on, amount, instruction
    FROM by_reference
),
book_left AS MATERIALIZED (
    SELECT * FROM book
    WHERE NOT EXISTS (SELECT FROM matched AS m WHERE m.movement = book.movement)
),
bank_left AS MATERIALIZED (
    SELECT * FROM bank
    WHERE NOT EXISTS (SELECT FROM matched AS m WHERE m.account = bank.account
                                                 AND m.line = bank.line)
),
other_amount AS MATERIALIZED (
    SELECT account, movement, moved_on, ours.amount AS book_amount, line, booked_on,
           theirs.amount AS bank_amount, instruction
    FROM (
        SELECT account, instruction, sign(amount) AS way, movement, moved_on, amount,
               row_number() OVER (PARTITION BY account, instruction, sign(amount)
                                  ORDER BY moved_on, movement) AS nth
        FROM book_left WHERE instruction IS NOT NULL
    ) AS ours
    JOIN (
        SELECT account, instruction, sign(amount) AS way, line, booked_on, amount,
               row_number() OVER (PARTITION BY account, instruction, sign(amount)
                                  ORDER BY booked_on, line) AS nth
        FROM bank_left WHERE instruction IS NOT NULL
    ) AS theirs USING (account, instruction, way, nth)
),
elsewhere AS MATERIALIZED (
    SELECT movement, book_account, account, line
    FROM (
        SELECT account AS book_account, instruction, amount, movement,
               row_number() OVER (PARTITION BY instruction, amount
                                  ORDER BY moved_on, movement) AS nth
        FROM book_left
        WHERE instruction IS NOT NULL
          AND NOT EXISTS (SELECT FROM other_amount AS m WHERE m.movement = book_left.movement)
    ) AS ours
    JOIN (
        SELECT account, instruction, amount, line,
               row_number() OVER (PARTITION BY instruction, amount
                                  ORDER BY booked_on, account, line) AS nth
        FROM bank_left
        WHERE instruction IS NOT NULL
          AND NOT EXISTS (SELECT FROM other_amount AS m WHERE m.account = bank_left.account
                                                          AND m.line = bank_left.line)
    ) AS theirs USING (instruction, amount, nth)
),
known_instructions AS MATERIALIZED (
    SELECT DISTINCT account, instruction, sign(amount) AS way
    FROM book WHERE instruction IN (SELECT instruction FROM bank_left)
),
known_references AS MATERIALIZED (
    SELECT account, reference, amount, min(moved_on) AS first_on, max(moved_on) AS last_on
    FROM by_reference GROUP BY account, reference, amount
),
paired (account, verdict, rule, movement, moved_on, book_amount, line, booked_on, bank_amount,
        other_account, instruction) AS (
    SELECT account, 'matched', rule, movement, moved_on, amount, line, booked_on, amount,
           NULL::text, instruction
    FROM matched
    UNION ALL
    SELECT account, 'amount', 'instruction', movement, moved_on, book_amount, line, booked_on,
           bank_amount, NULL, instruction
    FROM other_amount
    UNION ALL
    SELECT book.account,
           CASE WHEN e.movement IS NULL THEN 'missing_at_bank' ELSE 'wrong_account' END, '',
           book.movement, book.moved_on, book.amount, NULL, NULL, NULL, e.account,
           book.instruction
    FROM book_left AS book LEFT JOIN elsewhere AS e ON e.movement = book.movement
    WHERE NOT EXISTS (SELECT FROM other_amount AS m WHERE m.movement = book.movement)
    UNION ALL
    SELECT bank.account,
           CASE WHEN e.line IS NOT NULL THEN 'wrong_account'
                WHEN i.instruction IS NOT NULL OR r.reference IS NOT NULL THEN 'duplicate'
                ELSE 'unknown_at_bank' END, '',
           NULL, NULL, NULL, bank.line, bank.booked_on, bank.amount, e.book_account,
           bank.instruction
    FROM bank_left AS bank
    LEFT JOIN elsewhere AS e ON e.account = bank.account AND e.line = bank.line
    LEFT JOIN known_instructions AS i
           ON i.account = bank.account AND i.instruction = bank.instruction
          AND i.way = sign(bank.amount)
    LEFT JOIN known_references AS r
           ON bank.instruction IS NULL AND r.account = bank.account
          AND r.reference = bank.reference AND r.amount = bank.amount
          AND bank.booked_on BETWEEN r.first_on - {window} AND r.last_on + {window}
    WHERE NOT EXISTS (SELECT FROM other_amount AS m WHERE m.account = bank.account
                                                      AND m.line = bank.line)
)"""
