"""Candidates of a match by hand: by amount, days and payee, in an order, with the reasons."""

from datetime import date

from projections.queries.manual_matches import MatchItem
from services.runtime.masking import Masked
from services.web.reconciliation.candidates import candidates

A = "icbc-1234"
NAMES = {"zhang": Masked("张*三", "211***0001"), "li": Masked("李*", "211***0002")}


def line(name: str, day: int, words: str = "", payee: str = "") -> MatchItem:
    return MatchItem(
        A, None, "2022-08", name, date(2022, 8, day), -100, "unknown_at_bank", "", None, None, None,
        payee or None, words,
    )  # fmt: skip


def movement(name: str, day: int, payee: str = "zhang") -> MatchItem:
    return MatchItem(
        A, name, None, None, date(2022, 8, day), -100, "missing_at_bank", "", None, None, "a", payee,
        None,
    )  # fmt: skip


def test_the_payee_goes_before_the_nearest_day() -> None:
    far, near = movement("far", 1), movement("near", 9, "li")
    found = candidates([(line("k", 10, "补贴 张小三"), one) for one in (near, far)], NAMES)
    assert [one.movement.name for one in found] == ["far", "near"]
    assert found[0].reasons == "金额相同；相差 9 天；摘要中的户名与收款人相符；另有同额的，请核对"
    assert found[1].reasons == "金额相同；相差 1 天；另有同额的，请核对"


def test_the_only_choice_of_both_sides_is_called_so() -> None:
    (one,) = candidates([(line("k", 9), movement("m", 9))], NAMES)
    assert one.reasons == "金额相同；同一天；两边都只有这一笔同额"
    pairs = [(line("k", 9), movement("m", 9)), (line("l", 9), movement("m", 9))]
    assert [one.only for one in candidates(pairs, NAMES)] == [False, False]


def test_an_instruction_of_the_same_payee_is_a_reason() -> None:
    (one,) = candidates([(line("k", 9, payee="zhang"), movement("m", 9))], {})
    assert "流水所写指令的收款人与账面相同" in one.reasons
    (other,) = candidates([(line("k", 9, payee="li"), movement("m", 9))], {})
    assert "收款人" not in other.reasons
    (nobody,) = candidates([(line("k", 9), movement("m", 9)._replace(payee=None))], {})
    assert not nobody.same_payee


def test_a_name_that_the_mask_does_not_fit_is_none() -> None:
    for words, fits in (("张三", False), ("张小三补贴", True), ("张小四", False), ("", False)):
        (one,) = candidates([(line("k", 9, words), movement("m", 9))], NAMES)
        assert one.named is fits, words
    (hidden,) = candidates(
        [(line("k", 9, "张小三"), movement("m", 9, "x"))], {"x": Masked("**", "")}
    )
    assert not hidden.named
