"""The layouts of the shipped banks, as the tests ask for them."""

from services.banking.banks.layouts import AnswerLayout, PaymentFileLayout, StatementLayout
from services.banking.banks.registry import shipped_banks


def payment_layout(bank: str) -> PaymentFileLayout:
    """How a bank wants to be told what to pay."""
    layout = shipped_banks()[bank].payment_file
    assert layout is not None
    return layout


def answer_layout(bank: str) -> AnswerLayout:
    """How a bank writes its answers in a sheet."""
    layout = shipped_banks()[bank].answer
    assert layout is not None
    return layout


def statement_layout(bank: str) -> StatementLayout:
    """How a bank writes its statements."""
    layout = shipped_banks()[bank].statement
    assert layout is not None
    return layout
