"""The frame of the pages: scope, languages, clauses, and where they may be served."""

import re
import socket
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from events import codes
from events.approvals import ApprovalDenied, ApprovalProposed
from policies.cities import NO_CITY, read_cities
from policies.engine.versions import Policy
from projections.queries.keyset import Mark
from projections.queries.scope import within
from services.web import server
from services.web.parts.paging import read_mark
from services.web.request import actors
from services.web.request.fields import NotUnderstood
from services.web.request.scope import PageScope, read_scope
from services.wording import city_names
from services.wording.clauses import clauses
from services.wording.languages import choose, translate
from tests.given_when_then import ZHANG, Scene, applies, certificate, only, policies

WEB = Path(server.__file__).parent
ROOMS = tuple(
    WEB.parent / name
    for name in ("web", "wording", "spreadsheets", "documents", "reports", "sign_in")
)
WORDING = WEB.parent / "wording"
TODAY = date(2022, 9, 1)


def test_a_scope_is_carried_on_in_one_order_and_its_defaults_are_left_out() -> None:
    scope = PageScope(TODAY, date(2022, 8, 31), None, "211202", None, language="en")
    assert scope.link("/batches", state="prepared", fund=None) == (
        "/batches?as_of=2022-08-31&district=211202&lang=en&state=prepared"
    )
    assert PageScope(TODAY).link("/") == "/"
    assert scope.historical
    assert not PageScope(TODAY).historical


def test_a_region_counts_with_what_lies_below_it() -> None:
    def counted(region: str) -> list[str]:
        codes = ("211200", "211202", "211299", "210400", "210401", "210000")
        return [code for code in codes if PageScope(TODAY, district=region).holds(code)]

    assert counted("210000") == ["211200", "211202", "211299", "210400", "210401", "210000"]
    assert counted("211200") == ["211200", "211202", "211299"]
    assert counted("211202") == ["211202"]
    assert (within("210000"), within("211200"), within("211202")) == ("21%", "2112%", "211202")
    assert within("=211200") == "211200", "the city alone"
    assert not PageScope(TODAY, district="211200").holds(None)
    assert PageScope(TODAY).holds(None), "what belongs to no region is counted where all are"


def test_who_may_act_is_whom_the_cities_of_this_ledger_name() -> None:
    other = read_cities(Path(__file__).parents[1] / "cities" / "210500")
    assert list(actors.staff_of(other)) == ["ma-li"]
    assert actors.actor("li-jing", other) is actors.NOBODY
    assert actors.actor("li-jing", policies().cities).name == "李静"
    city_names.choose(other)
    assert (actors.name_of("staff:ma-li"), actors.name_of("staff:li-jing")) == (
        "马莉",
        "staff:li-jing",
    )
    city_names.choose(policies().cities)
    assert (actors.name_of("staff:ma-li"), actors.name_of("staff:li-jing")) == (
        "staff:ma-li",
        "李静",
    )
    city_names.choose(NO_CITY)


def test_a_day_that_is_none_is_not_guessed_at() -> None:
    with pytest.raises(NotUnderstood):
        read_scope({"as_of": "2022-02-30"}, "zh", policies().cities.served)


def test_a_scope_is_of_the_cities_of_this_ledger_and_what_lies_in_them() -> None:
    served = policies().cities.served
    for own in ("211200", "211299", "210400"):
        assert read_scope({"district": own}, "zh", served).district == own
    with pytest.raises(NotUnderstood):
        read_scope({"district": "210100"}, "zh", served)


def test_knowledge_counts_to_the_end_of_its_day_in_shanghai() -> None:
    scope = PageScope(TODAY, known_set=date(2022, 8, 31))
    assert scope.known_until.isoformat() == "2022-08-31T16:00:00+00:00"


def test_a_mark_of_a_page_is_read_as_it_was_written() -> None:
    here = Mark(date(2022, 8, 12), "district:a,b")
    assert read_mark(str(here)) == here
    for wrong in ("2022-08-12", "x,y", "2022-08-12,"):
        with pytest.raises(ValueError, match=r".+"):
            read_mark(wrong)


def _texts() -> set[str]:
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    keywords = dict.fromkeys(("_", "translate", "marked"))
    found = chain.from_iterable(
        extract_from_dir(str(room), method_map=methods, keywords=keywords) for room in ROOMS
    )
    written = {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}
    of_staff = {said.text for said in (*codes.REFUSED.values(), *codes.OF_IMPORTS.values())}
    return written | of_staff | {said.wrong for said in codes.REASONS.values()}


def test_the_english_switch_is_complete_and_keeps_every_place() -> None:
    with (WORDING / "locales/en/LC_MESSAGES/messages.po").open("rb") as source:
        english = {str(m.id): str(m.string) for m in read_po(source, locale="en") if m.id}
    texts = _texts()
    assert texts - set(english) == set(), "without English"
    assert set(english) - texts == set(), "no longer used"
    for chinese, said in english.items():
        assert said, chinese
        places = re.findall(r"{\w+}", chinese)
        assert sorted(places) == sorted(re.findall(r"{\w+}", said)), chinese


def test_a_text_is_translated_where_it_is_shown() -> None:
    choose("en")
    assert translate("{n} 件", n=3) == "3 applications"
    choose("zh")
    assert translate("{n} 件", n=3) == "3 件"


def _policy(content_hash: str) -> Policy:
    return policies().policy(content_hash)


def test_clauses_of_a_way_that_was_not_needed_are_no_failures() -> None:
    granted = only(Scene().budget(5000).when(ZHANG, applies("a")), ApprovalProposed)
    told = {c.node: c for c in clauses(_policy(granted.policy.content_hash), granted.trail)}
    assert told["drawing"].verdict == "met"
    assert told["in_job"].verdict == "unused"
    assert "failed" not in {clause.verdict for clause in told.values()}
    assert told["in_time"].quote == "在取得证书一年内"


def test_every_failing_clause_of_a_denial_is_told() -> None:
    late = certificate(on="2021-03-15")
    denied = only(Scene().budget(5000).when(ZHANG, applies("a", late)), ApprovalDenied)
    assert denied.policy is not None
    told = {c.node: c for c in clauses(_policy(denied.policy.content_hash), denied.trail)}
    assert {node for node in denied.failing if told[node].verdict == "failed"}


def test_a_policy_that_is_not_here_still_shows_what_the_fact_carries() -> None:
    told = clauses(None, [("in_time", False, "2021-03-15/2022-08-12", "末日 2022-03-15")])
    assert told[0].verdict == "failed"
    assert "末日 2022-03-15" in told[0].sentence


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "example.org", "::"])
def test_the_pages_are_served_on_loopback_alone(host: str) -> None:
    with pytest.raises(server.OnlyLoopback, match="BENEFIT_LEDGER_WEB_HOST"):
        server.listening_socket(host, 0)


def test_a_port_that_is_taken_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(server.WebPortTaken, match="BENEFIT_LEDGER_WEB_PORT"):
            server.listening_socket("127.0.0.1", other.getsockname()[1])
