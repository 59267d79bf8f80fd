"""The words behind the hashes that decisions cite are kept once in each partition."""

from datetime import date
from hashlib import sha256
from typing import Any

from events import streams
from events.approvals import ApprovalProposed
from events.codec import decode_fact, encode_fact
from events.envelope import Asked, Position, Recorded
from events.figures import StateFigure
from events.rule_texts import RuleTextRecorded
from policies.engine.registry import Policies
from policies.reference_data.bundle_texts import cited, read_bundle
from services.streams import StreamStore
from services.wording.cited_figures import cited_figures
from tests.given_when_then import Scene, applies, certificate, policies

RATES = "skill_upgrade.employee_rates"
TIELING = streams.figures("211200")


class Kept:
    """One partition that keeps texts, and what it was asked."""

    def __init__(self, law: Policies | None = None) -> None:
        self.store = StreamStore(law or policies(), keeps_texts=True)
        self.asked: list[Asked] = []
        self.facts: list[Recorded] = []
        self.scene = Scene("2022-09-02")

    def ask(self, asked: Asked) -> list[Recorded]:
        """Decide a command and its follow-ups on streams of figures and rules."""
        at = Position(0, len(self.asked), 0)
        self.asked.append(asked)
        decision = self.store.decide(asked, at)
        found = list(decision.facts)
        self.facts += found
        for ask, _ in decision.follow_ups:
            if streams.kind(ask.stream) == "rules":
                found += self.ask(ask)
        return found

    def applies(self, number: int, programme: str = "skill-upgrade") -> list[Recorded]:
        """Let an employee apply."""
        token = f"person-{number}-token"
        facts: dict[str, Any] = certificate() | {
            "person.status": "在职",
            "insured_months": 12,
            "certificate.number": str(number),
        }
        command = applies(
            str(number), facts, programme=programme, applied_on="2022-09-02", payee=token
        )
        return self.ask(self.scene.asked(streams.beneficiary(token), command))

    def states(self, yuan: int, document: str) -> list[Recorded]:
        """State a figure of 铁岭."""
        act = StateFigure(
            jurisdiction="211200",
            name=RATES,
            from_on=date(2022, 9, 1),
            value={"四级": yuan},
            document=document,
            supersedes="" if document == "文件-1" else "文件-1",
        )
        return self.ask(self.scene.asked(TIELING, act))


def texts(facts: list[Recorded]) -> list[RuleTextRecorded]:
    """The texts among facts."""
    return [one.body for one in facts if isinstance(one.body, RuleTextRecorded)]


def test_the_first_decision_that_cites_a_text_has_it_beside_itself_and_no_later_one() -> None:
    partition = Kept()
    first = partition.applies(1)
    (proposed,) = [one.body for one in first if isinstance(one.body, ApprovalProposed)]
    assert [(one.kind, one.hash) for one in texts(first)] == [
        ("policy", proposed.policy.content_hash),
        ("figures", proposed.policy.bundle_hash),
    ]
    for one in texts(first):
        assert sha256(one.text.encode()).hexdigest() == one.hash
    assert texts(partition.applies(2)) == []


def test_a_decision_by_another_figure_keeps_the_new_bundle_alone() -> None:
    partition = Kept()
    partition.applies(1)
    partition.states(1800, "文件-1")
    (one,) = texts(partition.applies(2))
    assert one.kind == "figures"
    found = cited(read_bundle(one.text), date(2022, 9, 2))
    (rates,) = [figure for figure in found if figure.name == RATES]
    assert rates.span is not None
    assert (rates.span.row.value, rates.span.document) == ({"四级": 1800}, "文件-1")
    assert str(rates.span.first) == "2022-09-01"


def test_the_figures_are_cited_by_the_document_that_counted_on_the_day() -> None:
    partition = Kept()
    (_, before) = texts(partition.applies(1))
    partition.states(1800, "文件-1")
    (after,) = texts(partition.applies(2))
    declared = policies().written.declared
    label = declared[RATES].label
    for text, value, day, document in (
        (before, "三级 2000、五级 1000、四级 1500", "2021-01-01", "文件未载明，系统默认"),
        (after, "四级 1800", "2022-09-01", "文件-1"),
    ):
        lines = cited_figures(text.text, date(2022, 9, 2), declared)
        assert f"{label}：{value}，自 {day} 起，依据 {document}" in lines


def test_a_day_that_nobody_states_is_cited_as_such() -> None:
    (_, bundle) = texts(Kept().applies(1))
    lines = cited_figures(bundle.text, date(2019, 1, 1), policies().written.declared)
    assert all(line.endswith("：2019-01-01 无规定") for line in lines)


def test_a_partition_that_is_folded_again_keeps_nothing_twice_and_answers_alike() -> None:
    partition = Kept()
    partition.applies(1)
    partition.states(1800, "文件-1")
    partition.applies(2)
    folded = StreamStore(policies(), keeps_texts=True)
    for recorded in partition.facts:
        folded.fold(decode_fact(encode_fact(recorded)))
    again = Kept()
    again.store, again.asked, again.scene = folded, list(partition.asked), partition.scene
    assert texts(again.applies(3)) == []
    partition_raw = [encode_fact(one) for one in partition.facts]
    replayed = StreamStore(Policies.load(), keeps_texts=True)
    raw = [
        one
        for nth, asked in enumerate(partition.asked[: len(partition.asked)])
        for one in replayed.decide(asked, Position(0, nth, 0)).raw
    ]
    assert raw == partition_raw


def test_a_repeat_keeps_nothing() -> None:
    partition = Kept()
    partition.applies(1)
    asked = partition.asked[0]
    assert partition.store.decide(asked, Position(0, 9, 0)).facts == ()


def test_a_text_has_an_id_and_a_place_of_its_own() -> None:
    facts = Kept().applies(1)
    assert len({one.id for one in facts}) == len(facts)
    kept = [one for one in facts if isinstance(one.body, RuleTextRecorded)]
    assert [(one.stream, one.seq) for one in kept] == [("rules/0", 1), ("rules/0", 2)]
    assert {one.cause for one in facts} == {facts[0].cause}


def test_a_store_in_memory_keeps_no_texts() -> None:
    scene = Scene("2022-09-02")
    scene.when(streams.beneficiary("person-1-token"), applies("1"))
    assert texts(scene.ledger.facts) == []


def test_a_decision_whose_texts_are_too_long_counts_without_them() -> None:
    partition = Kept()
    partition.store = StreamStore(policies(), 3_000, keeps_texts=True)
    facts = partition.applies(1)
    assert any(isinstance(one.body, ApprovalProposed) for one in facts)
    assert texts(facts) == []
