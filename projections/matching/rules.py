"""Matching: which lines of the bank are which movements of the books, and what is left over.

In:   three relations: what moved on the bank accounts by the books, the bank's lines, and what two
      people have matched by hand
Out:  one row a movement or line, with the match that it stands in, its verdict and the rule
Holds: a pure function of the relations, with a total order, so the same input gives the same rows
       in any database; each movement and each line stands in exactly one row; the two sides of a
       match are equal to the fen.

The steps and their order are data (`projections.matching.rule_set`), what each does stands in
`projections.matching.steps`.
A mark of a line is its instruction, else its batch, else its reference; a line has no other.
What is left has a verdict:
  `amount`           all of an account, direction and instruction (or batch), with unequal sums
  `wrong_account`    the same instruction and amount, but on another account
  `duplicate`        a line whose instruction or batch the books know in this direction, or whose
                     reference, amount and days have their match
  `unknown_at_bank`  a line that the books know nothing of
  `missing_at_bank`  a movement that the bank's lines lack
Step `by_return` is apart (`returns`), because it alone goes by amounts: the rest can be matched by marks.
"""
# ruff: noqa: S608 - every statement here is put together from constants of this package

from projections.matching.rule_set import CURRENT, RuleSet
from projections.matching.steps import STEPS, VERDICTS, Step

BOOK_COLUMNS = (
    "account, movement, moved_on, amount, instruction, batch, reference, line_month, line"
)
BANK_COLUMNS = "account, month, line, booked_on, amount, instruction, batch, mark, says_return"
MANUAL_COLUMNS = "match, account, movement, month, line, amount"

NO_MANUAL = (
    "SELECT NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::bigint WHERE false"
)

MATCH_COLUMNS = (
    "account, match, verdict, rule, movement, month, line, day, amount, instruction, batch, "
    "other_account, first_on, last_on, may_return"
)
"""What a row of the result says; `day` is the member's own, first and last are of the whole match."""


def matching(book: str, bank: str, manual: str = NO_MANUAL, *, rules: RuleSet = CURRENT) -> str:
    """Write the query over relations given as SELECTs, in BOOK_, BANK_ and MANUAL_COLUMNS.

    Shape: a WITH list that ends in `matches`, of MATCH_COLUMNS
    Units: fen, positive came in; `other_account` is set for `wrong_account` alone
    """
    return f"{marked(book, bank, manual, rules=rules)}, {returns('marked', rules)}"


def marked(book: str, bank: str, manual: str = NO_MANUAL, *, rules: RuleSet = CURRENT) -> str:
    """Write the query of every step but `by_return`; the WITH list ends in `marked`."""
    steps = _Steps(_ITEMS.format(book=book, bank=bank, manual=manual))
    for one in rules.steps:
        step = STEPS[one.step]
        if step.kind != "returns":
            steps.add(one.step, _within(step, one.days))
    for name, verdict, step in VERDICTS:
        steps.add(name, step, verdict)
    return steps.ended(rules)


def _within(step: Step, days: int | None) -> Step:
    """Write the window into a step."""
    return step._replace(within=step.within.format(days=days), only=step.only.format(days=days))


_ITEMS = """
book (account, movement, moved_on, amount, instruction, batch, reference, line_month, line)
    AS MATERIALIZED ({book}),
bank (account, month, line, booked_on, amount, instruction, batch, mark, says_return)
    AS MATERIALIZED ({bank}),
by_people (match, account, movement, month, line, amount) AS MATERIALIZED ({manual}),
hands AS MATERIALIZED (
    SELECT DISTINCT ON (account, movement, month, line)
           match, account, movement, month, line, amount, wanted
    FROM (SELECT *, count(*) OVER (PARTITION BY match) AS wanted FROM by_people) AS stated
    ORDER BY account, movement, month, line, match
),
citations AS MATERIALIZED (
    SELECT DISTINCT account, line_month AS month, line FROM book WHERE line IS NOT NULL
),
totals AS MATERIALIZED (
    SELECT DISTINCT batch FROM bank WHERE batch IS NOT NULL AND instruction IS NULL
),
items AS MATERIALIZED (
    SELECT true AS ours, b.account, b.movement AS name, b.line_month AS month, b.line,
           b.moved_on AS day, b.amount, b.instruction, b.batch, b.reference, false AS says_return,
           false AS cited, t.batch IS NOT NULL AS totalled, h.match AS by_hand, h.wanted
    FROM book AS b
    LEFT JOIN totals AS t ON t.batch = b.batch
    LEFT JOIN hands AS h
           ON h.account = b.account AND h.movement = b.movement AND h.amount = b.amount
    UNION ALL
    SELECT false, k.account, k.line, k.month, k.line,
           k.booked_on, k.amount, k.instruction, k.batch, k.mark, k.says_return,
           c.line IS NOT NULL, t.batch IS NOT NULL, h.match, h.wanted
    FROM bank AS k
    LEFT JOIN totals AS t ON t.batch = k.batch
    LEFT JOIN citations AS c ON c.account = k.account AND c.month = k.month AND c.line = k.line
    LEFT JOIN hands AS h
           ON h.account = k.account AND h.month = k.month AND h.line = k.line
          AND h.amount = k.amount
)"""

_OWN = (
    "ours, account, name, month, line, day, amount, instruction, batch, reference, says_return, "
    "cited, totalled, by_hand, wanted"
)


class _Steps:
    """The rules as CTEs, each taking its matches from what the step before left.

    Holds: a step sorts only the rows that its rule concerns, and joins nothing, so that no estimate
           of the planner can turn it into a loop within a loop
    """

    def __init__(self, items: str) -> None:
        self._parts = [items.strip()]
        self._left = "items"
        self._taken: list[str] = []

    def add(self, name: str, step: Step, verdict: str = "matched") -> None:
        """Take what a step matches, or give it a verdict."""
        write = self._pairs if step.kind == "pairs" else self._sums
        self._add(name, step.where, write(name, step, verdict), verdict, step.rule)

    def _pairs(self, name: str, step: Step, verdict: str) -> str:
        """Let the n-th of one side meet the n-th of the other."""
        key, side = step.key, step.side
        other = (
            "CASE WHEN ours THEN max(account) FILTER (WHERE NOT ours) OVER p "
            "ELSE max(account) FILTER (WHERE ours) OVER p END"
            if verdict == "wrong_account"
            else "NULL::text"
        )
        return f"""
{name}_counted AS (
    SELECT *, count(*) FILTER (WHERE {side}) OVER k AS here,
           count(*) FILTER (WHERE NOT ({side})) OVER k AS there,
           row_number() OVER (PARTITION BY {key}, ({side}) ORDER BY {_ORDER}) AS nth
    FROM {self._left} WHERE {step.where} WINDOW k AS (PARTITION BY {key})
),
{name}_met AS (
    SELECT *, min(day) OVER p AS first_on, max(day) OVER p AS last_on,
           {other} AS other_account, concat_ws(':', '{name}', {key}, nth) AS match
    FROM {name}_counted WINDOW p AS (PARTITION BY {key}, nth)
),
{name}_seen AS MATERIALIZED (
    SELECT {_OWN}, match, first_on, last_on, other_account,
           nth <= least(here, there) AND {step.within} AS taken
    FROM {name}_met
)"""

    def _sums(self, name: str, step: Step, verdict: str) -> str:
        """Match all of both sides where their sums are equal; as `amount`, whatever the sums."""
        equal = (
            "true"
            if verdict == "amount"
            else "sum(CASE WHEN ours THEN amount ELSE -amount END) OVER k = 0"
        )
        return f"""
{name}_seen AS MATERIALIZED (
    SELECT {_OWN}, concat_ws(':', '{name}', {step.key}) AS match,
           min(day) OVER k AS first_on, max(day) OVER k AS last_on, NULL::text AS other_account,
           {step.both} AND {equal} AND {step.only} AS taken
    FROM {self._left} WHERE {step.where} WINDOW k AS (PARTITION BY {step.key})
)"""

    def _add(self, name: str, where: str, seen: str, verdict: str, rule: str) -> None:
        self._parts.append(
            f"""{seen.strip()},
{name}_left AS MATERIALIZED (
    SELECT {_OWN} FROM {self._left} WHERE ({where}) IS NOT TRUE
    UNION ALL
    SELECT {_OWN} FROM {name}_seen WHERE taken IS NOT TRUE
)"""
        )
        alone = verdict == "wrong_account"
        self._taken.append(
            f"SELECT account, {_SINGLE if alone else 'match'} AS match, '{verdict}' AS verdict, "
            f"'{rule}' AS rule, {_MEMBER}, "
            f"{'other_account' if alone else 'NULL::text'} AS other_account, "
            f"{'day' if alone else 'first_on'} AS first_on, "
            f"{'day' if alone else 'last_on'} AS last_on, false AS may_return "
            f"FROM {name}_seen WHERE taken"
        )
        self._left = f"{name}_left"

    def ended(self, rules: RuleSet) -> str:
        """Give what no rule took its verdict, and write the whole."""
        left, days = self._left, rules.days_of("by_reference")
        referred = _REFERRED if rules.has("by_reference") else _NOT_REFERRED
        self._parts.append(
            f"""known_marks AS MATERIALIZED (
    SELECT account, instruction AS mark, sign(amount) AS way FROM items
    WHERE ours AND instruction IN (SELECT instruction FROM {left} WHERE NOT ours)
    UNION
    SELECT account, batch, sign(amount) FROM items
    WHERE ours AND batch IN (SELECT batch FROM {left} WHERE NOT ours AND instruction IS NULL)
),
known_references AS MATERIALIZED (
    {referred}
),
judged AS (
    SELECT l.*, CASE WHEN ours THEN 'missing_at_bank'
                     WHEN m.mark IS NOT NULL OR r.reference IS NOT NULL THEN 'duplicate'
                     ELSE 'unknown_at_bank' END AS verdict
    FROM {left} AS l
    LEFT JOIN known_marks AS m
           ON NOT l.ours AND m.account = l.account AND m.mark = coalesce(l.instruction, l.batch)
          AND m.way = sign(l.amount)
    LEFT JOIN known_references AS r
           ON NOT l.ours AND r.account = l.account AND r.reference = l.reference
          AND r.amount = l.amount
          AND l.day BETWEEN r.earliest - {days} AND r.latest + {days}
),
marked AS (
    {" UNION ALL ".join(self._taken)}
    UNION ALL
    SELECT account, {_SINGLE}, verdict, '', {_MEMBER}, NULL, day, day,
           amount > 0 AND (verdict = 'missing_at_bank' AND instruction IS NOT NULL
                           OR verdict = 'unknown_at_bank' AND batch IS NULL AND says_return)
    FROM judged
)"""
        )
        return ",\n".join(self._parts)


_REFERRED = """SELECT account, reference, amount, min(day) AS earliest, max(day) AS latest
    FROM by_reference_seen WHERE taken AND ours GROUP BY account, reference, amount"""
_NOT_REFERRED = """SELECT account, reference, amount, day AS earliest, day AS latest
    FROM items WHERE false"""
_ORDER = "day, account, (CASE WHEN NOT ours THEN month END), name"
_SINGLE = "concat_ws(':', 'alone', account, CASE WHEN NOT ours THEN month END, name)"
_MEMBER = (
    "CASE WHEN ours THEN name END AS movement, CASE WHEN NOT ours THEN month END AS month, "
    "CASE WHEN NOT ours THEN name END AS line, day, amount, instruction, batch"
)


def returns(relation: str, rules: RuleSet = CURRENT) -> str:
    """Write step `by_return` over a relation of MATCH_COLUMNS; the WITH list ends in `matches`.

    Holds: rows whose `may_return` is false go through as they are; of the others, those that were
           paired before are taken as if they stood alone
    """
    days, counts = rules.days_of("by_return"), str(rules.has("by_return")).lower()
    near = (
        "PARTITION BY account, amount ORDER BY day "
        f"RANGE BETWEEN '{days} days' PRECEDING AND '{days} days' FOLLOWING"
    )
    return f"""
choices AS (
    SELECT *, count(*) FILTER (WHERE movement IS NOT NULL) OVER n AS movements,
           count(*) FILTER (WHERE line IS NOT NULL) OVER n AS lines,
           CASE WHEN movement IS NOT NULL THEN movement
                ELSE min(movement) OVER n END AS meets
    FROM {relation} WHERE may_return WINDOW n AS ({near})
),
mutual AS MATERIALIZED (
    SELECT *, max(movements) OVER p = 1 AND max(lines) OVER p = 1
              AND count(*) OVER p = 2 AND {counts} AS taken,
           min(day) OVER p AS earliest, max(day) OVER p AS latest
    FROM choices WINDOW p AS (PARTITION BY account, meets)
),
matches ({MATCH_COLUMNS}) AS (
    SELECT {MATCH_COLUMNS} FROM {relation} WHERE NOT may_return
    UNION ALL
    SELECT account,
           CASE WHEN taken THEN 'return:' || meets
                ELSE concat_ws(':', 'alone', account, month, coalesce(movement, line)) END,
           CASE WHEN taken THEN 'matched' WHEN movement IS NOT NULL THEN 'missing_at_bank'
                ELSE 'unknown_at_bank' END,
           CASE WHEN taken THEN 'return' ELSE '' END,
           movement, month, line, day, amount, instruction, batch, NULL::text,
           CASE WHEN taken THEN earliest ELSE day END, CASE WHEN taken THEN latest ELSE day END,
           true
    FROM mutual
)"""
