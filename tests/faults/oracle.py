"""Oracle: what must be true after a run, judged from what was stated and what lies on raw storage.

In:    what upstream sent and what the broker acknowledged; every committed record of the ledger, the
       outcomes and the dead letters; plain rows of the books; the instructions that a bank was given
Out:   what is wrong, each with the name of its invariant
Holds: imports nothing of the product: the notice, the caps, the accounts and the verdicts are
       written down here once more, from 铁市就组发〔2022〕1号#八 and the public contract
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

RATE_FEN = {"五级": 100_000, "四级": 150_000, "三级": 200_000}
MOST_A_YEAR = 3
PLAN_MONTH_FEN, PLAN_MONTHS = 54_000, 5
"""60 of a hundred of the 900 yuan that somebody pays for each month of a plan over two years."""
DRAWING = "领取失业保险金期间"

EXPENSE, PAYABLE, IN_TRANSIT, BANK = "5001", "2211", "2241", "1002"
JUDGED = ("ApprovalProposed", "ApprovalDenied", "ApprovalReferred")
TOLD = ("ApprovalGranted", "ApprovalDenied", "ApprovalReferred", "DisbursementSettled")
GIVES_BACK = ("ApprovalWithdrawn", "ApprovalLapsed")
ANSWERS = {"payment.settled": "DisbursementSettled", "payment.returned": "DisbursementReturned"}
MOST_SHOWN = 5

Place = tuple[str, int, int]
Fact = Mapping[str, Any]


class Sent(NamedTuple):
    """One message of upstream or of the bank; `good`: a reader of the contract would take it.

    `places` are the topic, partition and offset of every copy that the broker has acknowledged.
    """

    event: Mapping[str, Any]
    good: bool
    places: tuple[Place, ...]

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.event.get("type", ""))

    @property
    def key(self) -> str:
        """The application that it is about."""
        return f"{self.event['source']}:{self.event['data'].get('application', '')}"


class Evidence(NamedTuple):
    """All that is looked at."""

    sent: Sequence[Sent]
    ledger: Sequence[Sequence[Fact]]
    letters: Sequence[Mapping[str, Any]]
    outcomes: Sequence[Mapping[str, Any]]
    mirrored: frozenset[tuple[str, int, str]]
    postings: Sequence[tuple[str, str, int]]
    """Fact, account, fen."""
    files: Sequence[tuple[str, int]]
    """Instruction and fen of every line of every file that the bank took."""


class Judgement:
    """Everything that is wrong, and figures about what was seen."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.figures: Counter[str] = Counter()

    def say(self, invariant: str, what: str) -> None:
        """Note a breach; the first few of an invariant are enough."""
        self.figures[f"wrong: {invariant}"] += 1
        if self.figures[f"wrong: {invariant}"] <= MOST_SHOWN:
            self.wrong.append(f"{invariant}: {what}")


def judge(evidence: Evidence) -> Judgement:
    """Judge a run that has come to rest."""
    found = Judgement()
    facts = [fact for partition in evidence.ledger for fact in partition]
    for fact in facts:
        found.figures[fact["type"]] += 1
    found.figures["facts"] = len(facts)
    found.figures["messages"] = len(evidence.sent)
    _histories(evidence.ledger, found)
    _control(facts, found)
    _filed(evidence.sent, facts, found)
    _caps(evidence.sent, facts, found)
    _budget(facts, found)
    _payments(evidence, facts, found)
    _verdicts(evidence.sent, facts, found)
    _journal(facts, evidence.postings, found)
    _letters(evidence, found)
    _outcomes(facts, evidence.outcomes, found)
    _mirror(facts, evidence.mirrored, found)
    return found


def _histories(ledger: Sequence[Sequence[Fact]], found: Judgement) -> None:
    """Every history is dense, lies on one partition, and no fact is there twice."""
    last: Counter[str] = Counter()
    home: dict[str, int] = {}
    ids: set[str] = set()
    for number, partition in enumerate(ledger):
        for fact in partition:
            stream = fact["stream"]
            if home.setdefault(stream, number) != number:
                found.say("one home", f"{stream} lies on {home[stream]} and {number}")
            if fact["seq"] != last[stream] + 1:
                found.say("dense", f"{stream} goes from {last[stream]} to {fact['seq']}")
            last[stream] = fact["seq"]
            if fact["id"] in ids:
                found.say("once", f"fact {fact['id']} stands twice")
            ids.add(fact["id"])
    found.figures["streams"] = len(last)


def _control(facts: Iterable[Fact], found: Judgement) -> None:
    """No decider failed on a command."""
    for fact in facts:
        if fact["type"] == "CommandSetAside":
            found.say("set aside", f"{fact['stream']}: {fact['body'].get('error')}")


def _claims(sent: Iterable[Sent]) -> dict[str, Sent]:
    return {one.key: one for one in sent if one.good and one.kind == "application.submitted"}


def _filed(sent: Sequence[Sent], facts: Sequence[Fact], found: Judgement) -> None:
    """What was acknowledged is filed once and judged once; nothing else is."""
    filed = Counter(f["body"]["application"] for f in facts if f["type"] == "ApplicationFiled")
    judged = Counter(
        f["body"]["application"]
        for f in facts
        if f["type"] in JUDGED and f["body"].get("attempt", 1) == 1
    )
    claims = _claims(sent)
    for key, one in claims.items():
        if one.places and filed[key] != 1:
            found.say("acknowledged is filed", f"{key} is filed {filed[key]} times")
        if filed[key] and judged[key] != 1:
            found.say("filed is judged", f"{key} is judged {judged[key]} times")
    for key in filed.keys() - claims.keys():
        found.say("nothing from nowhere", f"{key} is filed, and nobody sent it")
    found.figures["applications"] = len(filed)


class _Person:
    """What counts for one person, from what was stated."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[str, tuple[str, str], str]] = {}

    def hindrances(self, data: Mapping[str, Any]) -> list[str]:
        """Why a claim may not be proposed now."""
        if data["programme"] != "skill-upgrade":
            return []
        year, craft, certificate = _uses(data)
        facts = data["facts"]
        found = []
        if not any(str(one).startswith(DRAWING) for one in facts["person.status"]):
            found.append("not drawing")
        if facts["certificate.level"] not in RATE_FEN:
            found.append("no rate")
        if sum(other[0] == year for other in self.taken.values()) >= MOST_A_YEAR:
            found.append("three a year")
        if any(other[1] == craft for other in self.taken.values()):
            found.append("same occupation and level")
        if any(other[2] == certificate for other in self.taken.values()):
            found.append("same certificate")
        return found


def _uses(data: Mapping[str, Any]) -> tuple[str, tuple[str, str], str]:
    facts = data["facts"]
    craft = (facts["certificate.occupation"], facts["certificate.level"])
    return data["applied_on"][:4], craft, facts["certificate.number"]


def _amount(data: Mapping[str, Any]) -> int | None:
    if data["programme"] != "skill-upgrade":
        return PLAN_MONTH_FEN * PLAN_MONTHS
    return RATE_FEN.get(data["facts"]["certificate.level"])


def _caps(sent: Sequence[Sent], facts: Sequence[Fact], found: Judgement) -> None:
    """Each judgement is what the notice says of what was stated, in the order of the person."""
    claims = _claims(sent)
    persons: dict[str, _Person] = defaultdict(_Person)
    token_of: dict[str, str] = {}
    person_of: dict[str, str] = {}
    for fact in facts:
        kind, body = fact["type"], fact["body"]
        key = body.get("application", "")
        if key not in claims:
            continue
        data = claims[key].event["data"]
        who = data["beneficiary"]["id"]
        if kind == "ApplicationFiled":
            if token_of.setdefault(who, fact["stream"]) != fact["stream"]:
                found.say("one person, one history", f"{key} is on {fact['stream']}")
            if person_of.setdefault(fact["stream"], who) != who:
                found.say("one history, one person", f"{fact['stream']} has two persons")
        elif kind == "ApprovalProposed":
            if reasons := persons[who].hindrances(data):
                found.say("caps and clauses", f"{key} is proposed: {', '.join(reasons)}")
            if body["amount"] != _amount(data):
                found.say("rate", f"{key} gets {body['amount']}")
            if data["programme"] == "skill-upgrade":
                persons[who].taken[key] = _uses(data)
        elif kind in ("ApprovalDenied", "ApprovalReferred"):
            if not persons[who].hindrances(data):
                found.say("wrongly refused", f"{key}: {kind} {body.get('code')}")
        elif kind in GIVES_BACK:
            persons[who].taken.pop(key, None)


class _Lines:
    """The money of every line, who waits for it, and what each claim is granted of it."""

    def __init__(self, found: Judgement) -> None:
        self.found = found
        self.left: Counter[str] = Counter()
        self.held: Counter[tuple[str, str]] = Counter()
        self.waiting: dict[str, list[_Waiter]] = defaultdict(list)
        self.proposed: set[str] = set()
        self.granted: dict[str, Counter[str]] = {}
        self.later: dict[_Waiter, str] = {}

    def see(self, fact: Fact) -> None:
        """Take one fact."""
        kind, body, stream = fact["type"], fact["body"], fact["stream"]
        if kind == "BudgetAllocated":
            self.left[stream] += body["amount"]
        elif kind == "BudgetCommitted":
            self._committed(stream, body)
        elif kind == "BudgetReleased":
            self.left[stream] += body["amount"]
            self.held[body["application"], stream] -= body["amount"]
            place = (body["application"], body["turn"] // WAY)
            if body["from_queue"] and place in self.waiting[stream]:
                self.waiting[stream].remove(place)
        elif kind == "BudgetQueued":
            self.waiting[stream].append(_waiter(body["ask"]))
        elif kind == "BudgetDequeued":
            if self.waiting[stream][:1] != [_waiter(body["ask"])]:
                self.found.say("in its turn", f"{body['ask']['application']} leaves {stream}")
            else:
                self.waiting[stream].pop(0)
        elif kind == "ApprovalProposed":
            self.proposed.add(body["application"])
        elif kind == "ApprovalGranted":
            self._granted(body)
        elif kind == "LaterYearCommitted":
            self.later.pop((body["application"], body["turn"] // WAY), None)
            self.granted[body["application"]][body["line"]] += body["amount"] - body["surplus"]

    def _committed(self, stream: str, body: Mapping[str, Any]) -> None:
        ask = body["ask"]
        self.left[stream] -= body["amount"]
        self.held[ask["application"], stream] += body["amount"]
        if self.left[stream] < 0:
            self.found.say("budget", f"{stream} is overdrawn by {-self.left[stream]}")
        if self.waiting[stream] and not ask["turn"] % WAY:
            self.found.say("in its turn", f"{ask['application']} overtakes on {stream}")

    def _granted(self, body: Mapping[str, Any]) -> None:
        key = body["application"]
        if key in self.granted:
            self.found.say("granted once", key)
        self.granted[key] = Counter({one["line"]: one["amount"] for one in body["taken"]})
        self.later |= {(key, one["turn"] // WAY): one["line"] for one in body["later"]}
        whole = sum(one["amount"] for one in (*body["taken"], *body["later"]))
        if whole != body["amount"]:
            self.found.say("years are the plan", f"{key} is {whole} by years")


def _budget(facts: Sequence[Fact], found: Judgement) -> None:
    """A line never commits more than it has, nobody is overtaken, and what is granted of a year is
    what stays committed there: by the year of its first part at once, by later ones in their turn."""
    lines = _Lines(found)
    for fact in facts:
        lines.see(fact)
    gone = {f["body"]["application"] for f in facts if f["type"] in GIVES_BACK}
    due = {
        (key, line): amount
        for key, of in lines.granted.items()
        for line, amount in of.items()
        if key not in gone
    }
    for where in lines.held.keys() | due.keys():
        if lines.held[where] != due.get(where, 0):
            found.say("committed is granted", f"{where}: {lines.held[where]}, {due.get(where)}")
    queued = {waiter for queue in lines.waiting.values() for waiter in queue}
    for key in lines.proposed - gone:
        if key not in lines.granted and (key, 0) not in queued:
            found.say("ends or waits", f"{key} is neither granted nor in a queue")
    for waiter, line in lines.later.items():
        if waiter[0] not in gone and waiter not in lines.waiting[line]:
            found.say("ends or waits", f"{waiter} waits for no line")
    found.figures["waiting for money"] = sum(not way for _, way in queued)
    found.figures["waiting for a later year"] = sum(bool(way) for _, way in queued)


WAY = 1000
"""So many turns each way of a claim over the lines has: 0 is the first, each later year has its own."""

_Waiter = tuple[str, int]


def _waiter(ask: Mapping[str, Any]) -> _Waiter:
    return ask["application"], ask["turn"] // WAY


def _payments(evidence: Evidence, facts: Sequence[Fact], found: Judgement) -> None:
    """What is granted is ordered once, sits in one batch at a time, and goes to the bank once."""
    granted = {f["body"]["application"]: f["body"] for f in facts if f["type"] == "ApprovalGranted"}
    ordered: Counter[str] = Counter()
    batch_of: dict[str, str] = {}
    amount_of: dict[str, int] = {}
    for fact in facts:
        kind, body = fact["type"], fact["body"]
        if kind == "DisbursementOrdered":
            ordered[body["application"]] += 1
            amount = body["money"]["amount"]
            if body["application"] not in granted:
                found.say("paid is granted", f"{body['application']} is ordered")
            elif granted[body["application"]]["amount"] != amount:
                found.say("paid is granted", f"{body['disbursement']} is {amount}")
        elif kind == "DisbursementBatched":
            if batch_of.setdefault(body["disbursement"], body["batch"]) != body["batch"]:
                found.say("one batch", f"{body['disbursement']} is in two")
        elif kind in ("DisbursementUnbatched", "DisbursementReturned"):
            batch_of.pop(body["disbursement"], None)
        elif kind == "DisbursementSent":
            amount_of[body["instruction"]] = body["money"]["amount"]
    for key, times in ordered.items():
        if times > 1:
            found.say("ordered once", f"{key} is ordered {times} times")
    given = Counter(instruction for instruction, _ in evidence.files)
    for instruction, amount in evidence.files:
        if given[instruction] > 1:
            found.say("handed over once", f"{instruction} is in {given[instruction]} files")
        if amount_of.get(instruction, amount) != amount:
            found.say("file is ledger", f"{instruction} is {amount} in the file")
    for instruction in amount_of.keys() - given.keys():
        found.say("file is ledger", f"{instruction} is sent, and in no file")
    found.figures["payments sent"] = len(amount_of)


def _verdicts(sent: Sequence[Sent], facts: Sequence[Fact], found: Judgement) -> None:
    """Whatever a bank answers how often, an instruction is settled once and returned once."""
    told: dict[str, set[str]] = defaultdict(set)
    for one in sent:
        if one.good and one.places and one.kind in ANSWERS:
            told[one.event["data"]["instruction"]].add(ANSWERS[one.kind])
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        if fact["type"] in ANSWERS.values():
            heard[fact["body"]["instruction"]][fact["type"]] += 1
    for instruction, kinds in told.items():
        if not heard[instruction]:
            found.say("answer is recorded", f"{instruction} was answered, and nothing came of it")
        for kind, times in heard[instruction].items():
            if times > 1:
                found.say("one verdict", f"{instruction}: {kind} {times} times")
            if kind not in kinds:
                found.say("one verdict", f"{instruction}: {kind}, which no bank said")
        if len(kinds) > 1:
            found.figures["contradictory answers"] += 1
    for instruction in heard.keys() - told.keys():
        found.say("answer is recorded", f"{instruction} has a result, and no bank was heard")


def _moves(fact: Fact) -> Counter[str]:
    """What a fact moves, by account; a debit is positive."""
    kind, body = fact["type"], fact["body"]
    debit, credit = {
        "DisbursementOrdered": (EXPENSE, PAYABLE),
        "DisbursementSent": (PAYABLE, IN_TRANSIT),
        "DisbursementSettled": (IN_TRANSIT, BANK),
        "DisbursementCancelled": (PAYABLE, EXPENSE),
        "DisbursementReturned": (BANK if body.get("after_settlement") else IN_TRANSIT, PAYABLE),
    }.get(kind, ("", ""))
    if not debit:
        return Counter()
    amount = body["money"]["amount"]
    return Counter({debit: amount, credit: -amount})


def _journal(
    facts: Sequence[Fact], postings: Sequence[tuple[str, str, int]], found: Judgement
) -> None:
    """Every entry is what its fact moves, and by account the sums are those of the ledger."""
    entries: dict[str, Counter[str]] = defaultdict(Counter)
    booked: Counter[str] = Counter()
    for fact_id, code, amount in postings:
        entries[fact_id][code] += amount
        booked[code] += amount
    due: Counter[str] = Counter()
    for fact in facts:
        moves = _moves(fact)
        for code, amount in moves.items():
            due[code] += amount
        if dict(entries.pop(fact["id"], Counter())) != dict(moves):
            found.say("entry is fact", f"{fact['type']} {fact['id']}")
    for fact_id in entries:
        found.say("entry is fact", f"{fact_id} is booked, and is no fact that moves money")
    for code in due.keys() | booked.keys():
        if due[code] != booked[code]:
            found.say("account", f"{code} has {booked[code]}, the ledger says {due[code]}")
        found.figures[f"account {code}"] = booked[code]
    if sum(booked.values()):
        found.say("account", f"debits and credits differ by {sum(booked.values())}")


def _letters(evidence: Evidence, found: Judgement) -> None:
    """What could not be taken has a letter, and nothing else has."""
    letters = {(one["topic"], one["partition"], one["offset"]) for one in evidence.letters}
    bad = {place for one in evidence.sent if not one.good for place in one.places}
    good = {place for one in evidence.sent if one.good for place in one.places}
    for place in sorted(bad - letters):
        found.say("refused has a letter", f"{place}")
    for place in sorted(letters & good):
        found.say("only refused has a letter", f"{place}")
    found.figures["dead letters"] = len(letters)


def _outcomes(
    facts: Sequence[Fact], outcomes: Sequence[Mapping[str, Any]], found: Judgement
) -> None:
    """Upstream hears each decision and payment, once."""
    told = Counter(str(one["id"]) for one in outcomes)
    for fact in facts:
        if fact["type"] in TOLD and not told[fact["id"]]:
            found.say("decided is told", f"{fact['type']} {fact['id']}")
    for name, times in told.items():
        if times > 1:
            found.say("told once", f"{name} is told {times} times")
    found.figures["outcomes"] = len(told)


def _mirror(
    facts: Sequence[Fact], mirrored: frozenset[tuple[str, int, str]], found: Judgement
) -> None:
    """The books hold the facts of the ledger, and no others."""
    there = {(fact["stream"], fact["seq"], fact["id"]) for fact in facts}
    for stream, seq, _ in sorted(there - mirrored)[:MOST_SHOWN]:
        found.say("books are ledger", f"{stream} {seq} is missing")
    for stream, seq, _ in sorted(mirrored - there)[:MOST_SHOWN]:
        found.say("books are ledger", f"{stream} {seq} is on no ledger")
