"""What it is about: the region and the fund of an act, by what it names and what its stream knows.

In:    a command, the state of its stream, the cities of the ledger
Out:   the act that is meant; a region and a fund, each empty where it has none
Holds: pure; what no region can be told of is everybody's: a person's status, a mark, a link
"""

from collections.abc import Iterator

from events import streams
from events.proposals import JudgeAct, ProposeAct
from events.values import Command
from policies.cities import BankAccount, Cities
from services.deciders.application_file.state import ApplicationFileState
from services.deciders.batch.state import BatchState
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.disclosure.state import DisclosureState
from services.deciders.payee.state.payee import PayeeState
from services.deciders.prior_uses.state import PriorUsesState
from services.deciders.report.state import ReportState
from services.deciders.statement_file.state import StatementFileState
from services.deciders.stream import Stream, application_named
from services.deciders.user.state import UserOfStaff
from services.deciders.voucher.state import VoucherState
from services.streams.maker_checker import act_of

_PLACES = ("region", "district", "jurisdiction", "city")


def act_in(stream: Stream, command: Command) -> Command:
    """What is to be done: of a proposal and its judgement, what was proposed."""
    match command:
        case ProposeAct():
            return act_of(command.act, command.version, command.body) or command
        case JudgeAct():
            proposed = (stream.proposals or {}).get(command.proposal)
            act = proposed and act_of(proposed.act, proposed.version, proposed.body)
            return act or command
    return command


def region_of(stream: Stream, name: str, act: Command, cities: Cities) -> str:
    """Tell the region of what an act is about; empty where it has none."""
    stated = getattr(act, "stated", None)
    said = [getattr(stated, "region", ""), *(getattr(act, place, "") for place in _PLACES)]
    if region := next((one for one in said if one), ""):
        return str(region)
    if account := _account_of(stream, name, act, cities):
        return account.district
    match streams.kind(name):
        case "budget":
            return name.split("/")[3] if name.count("/") == 4 else ""
        case "figures":
            return streams.name_of(name)
        case "period":
            return name.rpartition("/")[2]
    return _region_of_state(stream, act)


def fund_of(stream: Stream, name: str, act: Command, cities: Cities) -> str:
    """Tell the fund of what an act is about; empty where it has none, or where it has several."""
    if fund := getattr(act, "fund", ""):
        return str(fund)
    if account := _account_of(stream, name, act, cities):
        return account.fund
    match streams.kind(name), name.split("/"):
        case "budget", [_, "fund", fund, _, _]:
            return fund
        case "period", [_, fund, _]:
            return fund
    match stream.state:
        case BatchState(requested=asked) if asked is not None:
            return asked.fund
        case PayeeState() as payee:
            return next((fund for _, fund in _books_of(payee, act)), "")
    return ""


def _account_of(stream: Stream, name: str, act: Command, cities: Cities) -> BankAccount | None:
    """The bank account that an act names, or whose history this is."""
    alias = str(getattr(act, "bank_account", ""))
    match streams.kind(name), stream.state:
        case "account", _:
            alias = alias or streams.account_month(name)[0]
        case "difference", _:
            alias = alias or streams.account_month(name)[0]
        case _, StatementFileState(held=held) if held is not None:
            alias = alias or held.bank_account
    return cities.accounts.get(alias)


def _region_of_state(stream: Stream, act: Command) -> str:
    match stream.state:
        case BeneficiaryState() as person:
            claim = person.applications.filed.get(application_named(person, act))
            return claim.stated.region if claim else ""
        case PayeeState() as payee:
            return next((district for district, _ in _books_of(payee, act)), "")
        case BatchState() as batch:
            return batch.requested.district if batch.requested else ""
        case DisclosureState() as public:
            last = public.waiting or public.published
            return last.region if last else ""
        case VoucherState() as voucher:
            return voucher.issued.district if voucher.issued else ""
        case ApplicationFileState(held=held) | PriorUsesState(held=held):
            return held.region if held else ""
        case ReportState(issued=issued):
            return issued.region if issued else ""
        case UserOfStaff() as user:
            return user.region
    return ""


def _books_of(payee: PayeeState, act: Command) -> Iterator[tuple[str, str]]:
    """The district and fund of the books that a payment or a debt moves through."""
    debt = payee.debts.by_id.get(getattr(act, "clawback", ""))
    payment = payee.payments.by_id.get(getattr(act, "disbursement", ""))
    if owner := debt or payment:
        yield owner.money.district, owner.money.fund
    for _name, paid in payee.payments.of(application_named(payee, act)):
        yield paid.money.district, paid.money.fund
