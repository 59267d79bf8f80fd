"""Whose city: a city's systems and staff act on what is of that city, and on no other city's.

In:    a command on its way, the state of its stream, the cities of the ledger
Out:   a refusal, or None
Holds: pure; what no region can be told of is everybody's: a person's status, a mark, a link
"""

from events import ids, streams
from events.control import CommandRefused
from events.envelope import Asked
from events.proposals import JudgeAct, ProposeAct
from events.values import Command
from policies.cities import Cities
from services.deciders.batch.state import BatchState
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.disclosure.state import DisclosureState
from services.deciders.payee.state.payee import PayeeState
from services.deciders.stream import Stream, application_named
from services.deciders.voucher.state import VoucherState
from services.streams import guards
from services.streams.maker_checker import act_of

_PLACES = ("region", "district", "jurisdiction")


def refusal(stream: Stream, asked: Asked, cities: Cities) -> CommandRefused | None:
    """Refuse an act on what is of another city than whoever asks.

    Refuses: OF_ANOTHER_CITY
    """
    source, _event = ids.message_of(asked.by)
    if not source and not ids.is_staff(asked.by):
        return None
    region = region_of(stream, asked.stream, _act(stream, asked.body), cities)
    if not region:
        return None
    objection = (
        cities.objection(source, region)
        if source
        else cities.objection_to_staff(ids.staff_of(asked.by), region)
    )
    if not objection:
        return None
    return guards.refused(asked, asked.body, "OF_ANOTHER_CITY", objection)


def _act(stream: Stream, command: Command) -> Command:
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
    if account := cities.accounts.get(getattr(act, "bank_account", "")):
        return account.district
    match streams.kind(name):
        case "budget":
            return name.split("/")[3] if name.count("/") == 4 else ""
        case "account":
            alias, _month = streams.account_month(name)
            return cities.accounts[alias].district if alias in cities.accounts else ""
        case "figures":
            return streams.name_of(name)
    return _of_state(stream, act)


def _of_state(stream: Stream, act: Command) -> str:
    match stream.state:
        case BeneficiaryState() as person:
            claim = person.applications.filed.get(application_named(person, act))
            return claim.stated.region if claim else ""
        case PayeeState() as payee:
            return _of_payee(payee, act)
        case BatchState() as batch:
            return batch.requested.district if batch.requested else ""
        case DisclosureState() as public:
            last = public.waiting or public.published
            return last.region if last else ""
        case VoucherState() as voucher:
            return voucher.issued.district if voucher.issued else ""
    return ""


def _of_payee(payee: PayeeState, act: Command) -> str:
    """The books that a payment or a debt moves through."""
    debt = payee.debts.by_id.get(getattr(act, "clawback", ""))
    payment = payee.payments.by_id.get(getattr(act, "disbursement", ""))
    if owner := debt or payment:
        return owner.money.district
    paid = payee.payments.of(application_named(payee, act))
    return paid[0][1].money.district if paid else ""
