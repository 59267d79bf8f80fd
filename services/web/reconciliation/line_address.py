"""line address: where the page of one line of the bank is."""

from services.web.request.scope import segment


def address_of(account: str, month: str, line: str) -> str:
    """The page of a line, by its account, month and name."""
    return f"/statements/lines/{segment(account)}/{segment(month)}/{segment(line)}"
