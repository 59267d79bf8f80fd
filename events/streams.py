"""Streams: how the ordered histories are named, and which partition carries each.

In:    the parts of a stream's name
Out:   the name, and its parts again
Holds: a stream is named and taken apart here alone, and taking apart gives what it was made of;
       a stream's partition is Kafka's own murmur2 of its name, as any Kafka client computes it
"""

from functools import cache
from itertools import count

from murmurhash2 import murmurhash2

_KAFKA_SEED = 0x9747B28C


def beneficiary(token: str) -> str:
    """Name the history of the person or unit whom caps count."""
    return f"beneficiary/{token}"


def payee(token: str) -> str:
    """Name the history of whoever gets the money and owes it back."""
    return f"payee/{token}"


def household(name: str) -> str:
    """Name the history of those who live together; the number is upstream's own."""
    return f"household/{name}"


def fund_line(fund: str, district: str, year: int) -> str:
    """Name the budget line of one fund, district and year."""
    return f"budget/fund/{fund}/{district}/{year}"


def ceiling_line(name: str, district: str, year: int) -> str:
    """Name the budget line of a shared ceiling (an agency's, a programme's quota)."""
    return f"budget/ceiling/{name}/{district}/{year}"


def batch(number: str) -> str:
    """Name the history of one payment file."""
    return f"batch/{number}"


def submission(key: str) -> str:
    """Name the history of an employer's batch; `key` is ``source:application``."""
    return f"submission/{key}"


def prior_use_file(number: str) -> str:
    """Name the history of a file of earlier benefits."""
    return f"import/{number}"


def statement_file(number: str) -> str:
    """Name the history of a bank's file of an account."""
    return f"statement/{number}"


def application_file(number: str) -> str:
    """Name the history of a file of applications that staff handed in."""
    return f"applications/{number}"


def disclosure(number: str) -> str:
    """Name the history of a public list or statement."""
    return f"disclosure/{number}"


def voucher(key: str) -> str:
    """Name the history of a training voucher; `key` is ``source:number``."""
    return f"voucher/{key}"


def letter(place: str) -> str:
    """Name the history of a dead letter; `place` is ``topic/partition/offset/line``."""
    return f"letter/{place}"


def sample(number: str) -> str:
    """Name the history of a sample that is drawn for inspection."""
    return f"sample/{number}"


def account(bank_account: str, month: str) -> str:
    """Name one bank account's month; `month` is ``yyyy-mm``."""
    return f"account/{bank_account}/{month}"


def difference(bank_account: str, number: str) -> str:
    """Name the history of one difference of a bank account; `number` is ``D-…``."""
    return f"difference/{bank_account}/{number}"


def matching(bank_account: str) -> str:
    """Name the history of what people match by hand on one bank account."""
    return f"matching/{bank_account}"


def report(number: str) -> str:
    """Name the history of one report; `number` is ``R-…``."""
    return f"report/{number}"


def period(fund: str, district: str) -> str:
    """Name the history of the closed months of one fund in one district."""
    return f"period/{fund}/{district}"


def treasury(city: str, month: str) -> str:
    """Name the history of what a city's treasury states of a month."""
    return f"treasury/{city}/{month}"


def user(name: str) -> str:
    """Name the history of somebody who may sign in."""
    return f"user/{name}"


def looks(user: str) -> str:
    """Name the history of what somebody of the staff has seen unmasked."""
    return f"looks/{user}"


def figures(jurisdiction: str) -> str:
    """Name the history of what a district, city or province has stated."""
    return f"figures/{jurisdiction}"


@cache
def rules(partition: int, partitions: int) -> str:
    """Name the history of the rules that one partition goes by: the first such name that lies in it."""
    return next(
        name
        for name in (f"rules/{number}" for number in count())
        if partition_of(name, partitions) == partition
    )


def budget_line(line_kind: str, name: str, district: str, year: int) -> str:
    """Name a budget line by its parts, as `line_parts` gives them."""
    return f"budget/{line_kind}/{name}/{district}/{year}"


def kind(stream: str) -> str:
    """Tell a stream's kind, the part before the first slash."""
    return stream.partition("/")[0]


def name_of(stream: str) -> str:
    """Tell what a stream is named after: the token, number or key that it was made of."""
    return stream.partition("/")[2]


def account_month(stream: str) -> tuple[str, str]:
    """Split the name of a bank account's month into (bank account, ``yyyy-mm``)."""
    bank_account, _, month = name_of(stream).rpartition("/")
    return bank_account, month


def line_year(line: str) -> int:
    """Tell the year of a budget line."""
    return line_parts(line)[3]


def line_parts(line: str) -> tuple[str, str, str, int]:
    """Split a budget line's name into (kind, fund or name, district, year)."""
    _, line_kind, name, district, year = line.split("/")
    return line_kind, name, district, int(year)


def partition_of(stream: str, partitions: int) -> int:
    """Tell which partition of `commands` and of `ledger` carries a stream."""
    return int(murmurhash2(stream.encode(), _KAFKA_SEED) & 0x7FFFFFFF) % partitions
