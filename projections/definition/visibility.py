"""Visibility: what of a history, a person or a file is shown to a session, as functions of the books.

In:   the settings of a session (`projections.definition.scoping`)
Out:  the functions `party_here`, `party_only_here`, `stream_here`, `file_here` of a schema of books
Holds: every kind of stream says how it is scoped; the functions read the live books, as who asks,
       but for `party_only_here`, which tells whether there is anything else and nothing of it
"""

from hashlib import sha256

from projections.definition.scoping import in_district, listed

_NAME = "substr(asked, strpos(asked, '/') + 1)"


def _part(number: int) -> str:
    return f"split_part(asked, '/', {number})"


def _named(table: str, column: str) -> str:
    return f"EXISTS (SELECT FROM books.{table} AS t WHERE t.{column} = {_NAME})"


_OF_ACCOUNT = f"{_part(2)} = ANY {listed('accounts')}"
_OF_PARTY = f"books.party_only_here({_NAME})"

STREAMS: dict[str, str] = {
    "budget": in_district(_part(4), f"CASE {_part(2)} WHEN 'fund' THEN {_part(3)} END"),
    "period": in_district(_part(3), _part(2)),
    "treasury": in_district(_part(2)),
    "figures": "true",
    "rules": "true",
    "batch": _named("batches", "batch"),
    "import": _named("imports", "number"),
    "applications": _named("application_files", "number"),
    "submission": _named("submissions", "submission"),
    "voucher": _named("vouchers", "voucher"),
    "report": _named("reports", "number"),
    "sample": _named("samples", "number"),
    "disclosure": _named("disclosures", "number"),
    "statement": _named("statement_files", "number"),
    "account": _OF_ACCOUNT,
    "difference": _OF_ACCOUNT,
    "matching": _OF_ACCOUNT,
    "beneficiary": _OF_PARTY,
    "payee": _OF_PARTY,
    "user": _named("users", "user_id"),
    "looks": f"{_NAME} = (SELECT current_setting('benefit.user', true))",
    "household": "false",
    "letter": "false",
}
"""Kinds of streams, each with the condition under which a fact about no application is shown."""

_FILES = {
    "imports": "file_digest",
    "application_files": "file_digest",
    "statement_files": "file_digest",
    "batches": "file_digest",
    "disclosures": "file_digest",
    "difference_notes": "evidence",
    "treasury_figures": "evidence",
}
"""Tables whose rows name a file that is kept in the vault, and in which column."""

_HAS = (
    ("applications", "beneficiary", "region"),
    ("applications", "payee", "region"),
    ("vouchers", "holder", "district"),
    ("submissions", "employer", "region"),
    ("post_months", "employer", "district"),
)
"""Where a person or unit has something: the table, its column of tokens, its column of regions."""


def functions(schema: str) -> str:
    """Write the statements that make the functions in a schema."""
    streams = "\n".join(f"        WHEN '{kind}' THEN {seen}" for kind, seen in STREAMS.items())
    files = " OR ".join(
        f"EXISTS (SELECT FROM books.{table} AS t WHERE t.{column} = asked)"
        for table, column in _FILES.items()
    )
    here = " OR ".join(
        f"EXISTS (SELECT FROM books.{table} AS t WHERE t.{column} = asked)"
        for table, column, _ in _HAS
    )
    elsewhere = " OR ".join(
        f"EXISTS (SELECT FROM books.{table} AS t WHERE t.{column} = asked"
        f" AND (t.{region} = ANY {listed('districts')}) IS NOT TRUE)"
        for table, column, region in _HAS
    )
    return "\n".join(
        (
            _function(schema, "party_here", here),
            # as its owner, who sees what is elsewhere too
            _function(
                schema,
                "party_only_here",
                f"({here}) AND NOT ({elsewhere})",
                "SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
            ),
            _function(schema, "stream_here", f"CASE {_part(1)}\n{streams}\n        ELSE false END"),
            _function(
                schema,
                "file_here",
                f"{files} OR EXISTS (SELECT FROM books.reports AS t, jsonb_each_text(t.files) AS f"
                " WHERE f.value = asked)",
            ),
        )
    )


def digest() -> str:
    """Digest the functions, so that books whose functions are other ones are noticed."""
    return sha256(functions("s").encode()).hexdigest()[:16]


def _function(schema: str, name: str, answer: str, how: str = "") -> str:
    # plpgsql looks for the tables when it is asked, so that books that take a name over find their own
    return f"""CREATE FUNCTION {schema}.{name}(asked text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE {how} AS $$
BEGIN
    RETURN {answer};
END $$;"""
