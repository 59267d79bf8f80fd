"""How a claim is decided: version first, then every clause, then what nobody can tell."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from events.values import FactValue
from policies import Claim, Deny, Grant, NothingUsed, Policies, Refer, TrailLine, render_trail
from policies.engine.versions import ROOT
from tests.given_when_then import policies

POLICIES = policies()
NOBODY = NothingUsed()
CLAIMANT: dict[str, FactValue] = {
    "person.status": "领取失业保险金期间",
    "certificate.level": "四级",
    "certificate.occupation": "电工",
    "certificate.number": "2221",
    "certificate.issued_on": "2022-03-15",
}


def claim(
    day: str, facts: dict[str, FactValue] | None = None, region: str = "211202", **more: str
) -> Claim:
    programme = more.get("programme", "skill-upgrade")
    return Claim(programme, region, date.fromisoformat(day), CLAIMANT if facts is None else facts)


class Used(NothingUsed):
    """Somebody who has used a cap up."""

    def used(self, family: str, cap: str, period: str) -> int:
        return 3 if (family, cap, period) == ("skill-upgrade", "per_year", "2022") else 0


def test_a_region_is_named_as_its_city_calls_it_and_lies_in_it_whoever_knows_it() -> None:
    jobseeker = claim("2022-08-12", {"diploma.school_region": "211201"}, programme="jobseeking")
    for law, name in ((POLICIES, "铁岭市本级（211201）"), (Policies.load(), "211201")):
        (line,) = (one for one in law.evaluate(jobseeker, NOBODY).trail if one[0] == "in_city")
        assert line == ("in_city", True, name, "铁岭市（211200）")


def test_a_grant_names_text_figures_slots_funds_and_payee() -> None:
    outcome = POLICIES.evaluate(claim("2022-08-12"), NOBODY)
    assert isinstance(outcome, Grant)
    assert outcome.amount_fen == 150_000
    assert outcome.plan == ((1, 150_000, "at_grant", ()),)
    assert outcome.slots == (
        ("no_repeat", "*", "电工|四级", 0),
        ("per_year", "2022", "", 0),
        ("certificate", "*", "2221", 0),
    )
    assert outcome.funds == ("unemployment_insurance",)
    assert outcome.payee == "applicant"
    ref = outcome.policy
    assert (ref.programme, ref.version, ref.jurisdiction) == (
        "skill-upgrade",
        "2022-01-01",
        "211200",
    )
    assert POLICIES.policy(ref.content_hash).text.cite == "铁市就组发〔2022〕1号#八"


def test_the_same_claim_gives_the_same_outcome_from_fresh_files() -> None:
    again = Policies.load().evaluate(claim("2022-08-12"), NOBODY)
    assert again == POLICIES.evaluate(claim("2022-08-12"), NOBODY)


def test_what_is_known_to_fail_denies_although_something_is_missing() -> None:
    facts = {name: value for name, value in CLAIMANT.items() if name != "certificate.number"}
    outcome = POLICIES.evaluate(claim("2023-03-16", facts), NOBODY)
    assert isinstance(outcome, Deny)
    assert outcome.code == "CLAUSE_FAILED"
    assert outcome.failing == ("in_time", "in_job", "employee_in_time")


def test_a_full_cap_names_the_code_and_every_failing_clause_is_listed() -> None:
    facts: dict[str, FactValue] = {**CLAIMANT, "certificate.level": "一级"}
    outcome = POLICIES.evaluate(claim("2022-08-12", facts), Used())
    assert isinstance(outcome, Deny)
    assert outcome.code == "CAP_REACHED"
    assert outcome.failing == ("per_year", "claimant_rate")


def test_a_referral_says_what_an_approval_would_take() -> None:
    facts: dict[str, FactValue] = {**CLAIMANT, "person.status": "在职"}
    outcome = POLICIES.evaluate(claim("2022-08-12", facts), NOBODY)
    assert isinstance(outcome, Refer)
    assert (outcome.code, outcome.about) == ("MISSING_FACT", ("insured",))
    assert "失业保险累计缴费月数（insured_months）" in outcome.text
    assert outcome.amount_fen == 150_000
    assert [slot.cap for slot in outcome.slots] == ["no_repeat", "per_year", "certificate"]


@pytest.mark.parametrize(
    ("day", "region", "says"),
    [
        ("2020-06-01", "211202", "2021-01-01至2021-12-31尚未开始"),
        ("2022-06-01", "210402", "2021-01-01至2021-12-31已截止"),
    ],
)
def test_without_a_version_the_window_is_named(day: str, region: str, says: str) -> None:
    outcome = POLICIES.evaluate(claim(day, region=region), NOBODY)
    assert isinstance(outcome, Deny)
    assert outcome.code == "NO_POLICY"
    assert says in outcome.text
    assert outcome.policy is not None
    (line,) = render_trail(POLICIES.policy(outcome.policy.content_hash), outcome.trail)
    assert line.startswith("✗ select")


@pytest.mark.parametrize(("region", "programme"), [("110101", "skill-upgrade"), ("211202", "gift")])
def test_where_nothing_was_ever_offered_no_policy_is_cited(region: str, programme: str) -> None:
    outcome = POLICIES.evaluate(claim("2022-08-12", region=region, programme=programme), NOBODY)
    assert isinstance(outcome, Deny)
    assert (outcome.code, outcome.policy) == ("NO_POLICY", None)


def test_a_district_falls_to_its_city_and_another_city_to_the_province() -> None:
    graduate: dict[str, FactValue] = {"hardship.category": ["残疾"]}
    places = {}
    for region in ("211202", "210411", "210000", "210902"):
        seen = POLICIES.evaluate(
            claim("2021-08-12", graduate, region, programme="jobseeking"), NOBODY
        )
        assert seen.policy is not None
        places[region] = seen.policy.jurisdiction
    assert places == {
        "211202": "211200",
        "210411": "210400",
        "210000": "210000",
        "210902": "210000",
    }


def test_two_versions_of_one_place_on_one_day_are_referred(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "programmes", tmp_path / "programmes")
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    later = tmp_path / "programmes/jobseeking/211200-2022-07-21.yaml"
    text = later.read_text(encoding="utf-8")
    later.write_text(
        text.replace("supersedes:\n- {version: 2021-07-21, assume: P1}\n", ""), "utf-8"
    )
    outcome = Policies.load(tmp_path).evaluate(
        claim("2022-08-12", {}, programme="jobseeking"), NOBODY
    )
    assert isinstance(outcome, Refer)
    assert outcome.code == "TWO_VERSIONS"
    assert outcome.about == ("211200-2021-07-21", "211200-2022-07-21")


def test_a_citys_own_figure_goes_first_and_changes_only_the_bundle(tmp_path: Path) -> None:
    group = tmp_path / "skill_upgrade"
    group.mkdir()
    row = "- {from: 2022-01-01, value: {四级: 1800}, source: 铁岭市人社局 2022-08-01}"
    (group / "211200.yaml").write_text(f"employee_rates:\n{row}\n", "utf-8")
    employee: dict[str, FactValue] = {**CLAIMANT, "person.status": "在职", "insured_months": 12}
    shipped = POLICIES.evaluate(claim("2022-08-12", employee), NOBODY)
    own = Policies.load(overrides=tmp_path).evaluate(claim("2022-08-12", employee), NOBODY)
    assert isinstance(shipped, Grant)
    assert isinstance(own, Grant)
    assert (shipped.amount_fen, own.amount_fen) == (150_000, 180_000)
    assert shipped.policy.content_hash == own.policy.content_hash
    assert shipped.policy.bundle_hash != own.policy.bundle_hash


def test_layout_and_comments_do_not_change_the_content_hash(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "programmes", tmp_path / "programmes")
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    for path in tmp_path.glob("programmes/*/*.yaml"):
        path.write_text("# a comment\n" + path.read_text(encoding="utf-8") + "\n\n", "utf-8")
    assert {policy.content_hash for policy in Policies.load(tmp_path)} == {
        policy.content_hash for policy in POLICIES
    }


def test_a_trail_reads_as_the_notice_with_clause_and_quote() -> None:
    outcome = POLICIES.evaluate(claim("2022-08-12"), Used())
    assert outcome.policy is not None
    policy = POLICIES.policy(outcome.policy.content_hash)
    lines = render_trail(policy, outcome.trail)
    assert (
        "✗ per_year：2022年已享受3次，上限3次 —— "
        "铁市就组发〔2022〕1号#八「每人每年享受补贴次数最多不超过3次」" in lines
    )
    assert (
        "    ✓ in_time：取得证书日期 2022-03-15，申请日期 2022-08-12，末日 2023-03-15 —— "
        "铁市就组发〔2022〕1号#八「在取得证书一年内」" in lines
    )


def test_a_trail_that_was_stored_as_plain_tuples_reads_the_same() -> None:
    outcome = POLICIES.evaluate(claim("2022-08-12"), NOBODY)
    assert outcome.policy is not None
    policy = POLICIES.policy(outcome.policy.content_hash)
    stored = [TrailLine._make(tuple(line)) for line in outcome.trail]
    assert render_trail(policy, stored) == render_trail(policy, outcome.trail)


@pytest.mark.parametrize(
    ("programme", "region", "day", "named"),
    [
        ("post-skill", "211202", "2022-01-01", "211200-2021-01-01"),
        ("post-skill", "210402", "2022-01-01", "210400-2021-01-01"),
        ("post-skill", "211302", "2022-01-01", "210000-2021-01-01"),
        ("unemployment-assistance", "211202", "2022-01-01", "211200-2021-01-01"),
        ("one-off-hiring", "211202", "2022-01-01", "210000-2020-04-02"),
        ("one-off-hiring", "211202", "2023-01-01", "211200-2022-07-21"),
    ],
)
def test_an_ended_window_is_that_of_the_own_place_and_the_latest_there(
    programme: str, region: str, day: str, named: str
) -> None:
    outcome = POLICIES.evaluate(claim(day, region=region, programme=programme), NOBODY)
    assert isinstance(outcome, Deny)
    assert outcome.code == "NO_POLICY"
    assert outcome.policy is not None
    assert f"{outcome.policy.jurisdiction}-{outcome.policy.version}" == named


def test_what_only_an_earlier_notice_still_covers_and_refuses_names_the_later_one_that_ended() -> (
    None
):
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "unit.insured_paying": True,
        "unit.size": "小型",
        "retention.ground": "中小微企业",
        "premium.year": 2020,
        "unit.laid_off": 0,
        "unit.insured_at_year_end": 20,
    }
    refused = claim("2022-01-04", facts, region="211202", programme="job-retention")
    outcome = POLICIES.evaluate(refused, NOBODY)
    assert isinstance(outcome, Deny)
    assert outcome.policy is not None
    assert (outcome.policy.jurisdiction, outcome.code) == ("211200", "NO_POLICY")
    assert "2021-12-31已截止" in outcome.text
    assert "210000-2020-01-01" in outcome.text


@pytest.mark.parametrize("name", ["city-title-award", "internship-base-award"])
def test_what_the_clause_says_is_quoted_and_not_a_convention_of_ours(name: str) -> None:
    for policy in POLICIES:
        if policy.text.policy == name:
            (once,) = [cap for cap in policy.text.caps if cap.id == "once"]
            assert once.quote == "一次性奖补"
