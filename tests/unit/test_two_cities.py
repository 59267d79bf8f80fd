"""Two cities in one ledger: each sees its own, counts its own, and files its own."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
import yaml

from events.batches import BatchPrepared, BatchSent
from events.codec import decode_fact, encode_fact
from events.envelope import Recorded
from events.values import FactValue
from policies.cities import read_cities
from policies.engine.registry import Policies
from policies.engine.versions import ROOT, load_versions
from policies.reference_data.figure_reading import load_standards
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.example_cities import EXAMPLES, cities
from tests.handmade_ledgers import paid_history
from tests.training_year import Training
from tests.treasury_at_work import Treasury
from tests.web_pages import books_of, csv_records, csv_rows, pages_alone, routes, said, web_pages

ONE, OTHER = "211200", "210400"
SCOPES = (ONE, OTHER, "210402")
ELSEWHERE = {
    "211200": "210400",
    "211201": "210401",
    "211202": "210402",
    "211282": "210404",
    "icbc-1234": "fushun-1234",
    "ccb-2234": "fushun-2234",
    "ccb-2282": "fushun-2282",
    "TL-2022-": "FS-2022-",
    "PXQ-": "FPQ-",
    "district:": "fushun:",
    "B22": "B23",
    "-token": "-fushun",
    "p-": "f-",
}
"""What is another thing in the other city."""
OF_ALL = {
    "/operations": "the processes serve every city",
    "/operations/parked": "a message that stops is nobody's yet",
    "/dead-letters": "a message that could not be read names no region",
}
"""Pages that are about the ledger and no city."""


def there(text: str) -> str:
    """A text about one city, as it would be about the other."""
    return _THERE.sub(lambda hit: ELSEWHERE[hit[0]], text)


_THERE = re.compile("|".join(map(re.escape, ELSEWHERE)))


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """The shipped rules and two cities, of which the other pays as the one does."""
    folder = tmp_path_factory.mktemp("cities")
    for code in (ONE, OTHER):
        (folder / code).mkdir()
        (folder / code / "city.yaml").write_bytes((EXAMPLES / code / "city.yaml").read_bytes())
    (folder / ONE / "targets.yaml").write_bytes((EXAMPLES / ONE / "targets.yaml").read_bytes())
    accounts = (EXAMPLES / ONE / "accounts.yaml").read_text(encoding="utf-8")
    (folder / ONE / "accounts.yaml").write_text(accounts, encoding="utf-8")
    of_two = yaml.safe_load(there(accounts))["accounts"]
    kept = [
        one | {"alias": f"fushun-{one['alias'].removeprefix('fushun-')}"}
        for one in of_two
        if all(code[:4] == OTHER[:4] for code in one["districts"])
    ]
    text = yaml.safe_dump({"accounts": kept}, allow_unicode=True)
    (folder / OTHER / "accounts.yaml").write_text(text, encoding="utf-8")
    return Policies(load_versions(ROOT), load_standards(ROOT / "parameters"), read_cities(folder))


OF_TRAINING = ("/applications", "/head-count", "/posts", "/targets", "/vouchers")


def moved(facts: Iterable[Recorded]) -> list[Recorded]:
    """The same history, as it would be of the other city."""
    found = []
    for number, fact in enumerate(facts):
        other = decode_fact(there(encode_fact(fact).decode()).encode())
        own = f"{number:08x}-0000-5000-8000-000000000000"
        found.append(other._replace(id=own, cause=own.replace("0-", "1-", 1)))
    return found


def training(of: str) -> list[Recorded]:
    """The part of a year of training that is of one city."""
    whole = Training().at_random(7)
    own = {key for key, _, _, district, _, _ in whole.told if district.startswith(of[:4])}
    seq: dict[str, int] = {}
    found = []
    for fact in whole.history.facts:
        if getattr(fact.body, "application", "") in own:
            seq[fact.stream] = seq.get(fact.stream, 0) + 1
            found.append(fact._replace(seq=seq[fact.stream]))
    return found


@pytest.fixture(scope="module")
def ledgers() -> Mapping[str, Mapping[str, list[Recorded]]]:
    """Histories of each city by itself, and of both in one ledger."""
    summer = city.build().ledger.facts
    treasury = Treasury(5)
    treasury.run(900)
    acts = treasury.network.facts
    return {
        "summer": {ONE: summer, OTHER: moved(summer)},
        "treasury": {ONE: acts, OTHER: moved(acts)},
        "training": {ONE: training(ONE), OTHER: training(OTHER)},
    }


@pytest.fixture(scope="module")
def books(
    postgres: PostgresServer, ledgers: Mapping[str, Mapping[str, list[Recorded]]]
) -> dict[str, dict[str, str]]:
    """Books of each, and books of both."""
    return {
        name: {
            **{code: books_of(postgres, f"{name}_{code}", facts) for code, facts in of.items()},
            "both": books_of(postgres, f"{name}_both", _together(of)),
        }
        for name, of in ledgers.items()
    }


def _together(of: Mapping[str, list[Recorded]]) -> list[Recorded]:
    """Both histories as one, in which a person who is in both has one stream."""
    seq: dict[str, int] = {}
    found = []
    for fact in (one for own in of.values() for one in own):
        seq[fact.stream] = seq.get(fact.stream, 0) + 1
        found.append(fact._replace(seq=seq[fact.stream]))
    return found


@pytest.fixture
async def pages(
    books: dict[str, dict[str, str]], law: Policies
) -> AsyncIterator[dict[str, dict[str, httpx.AsyncClient]]]:
    """A client of the pages over each of these books."""
    async with AsyncExitStack() as stack:
        yield {
            name: {
                code: (await stack.enter_async_context(web_pages(dsn, law=law))).http
                for code, dsn in of.items()
            }
            for name, of in books.items()
        }


def addresses() -> Iterator[str]:
    """Every page that needs nothing but its address."""
    return (route.path for route in routes(pages_alone(), "GET") if "{" not in route.path)


PATHS = sorted(set(addresses()) - set(OF_ALL))


def exports(text: str) -> list[str]:
    """The files that a page offers."""
    return [unescape(href) for href in re.findall(r'href="([^"]*[?&]csv=[^"]*)"', text)]


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_of_one_city_is_what_it_is_without_the_other(
    pages: dict[str, dict[str, httpx.AsyncClient]], path: str
) -> None:
    for name, of in pages.items():
        if name == "training" and path not in OF_TRAINING:
            continue
        for scope in SCOPES:
            alone = of[ONE if scope == ONE else OTHER]
            asked = f"{path}?district={scope}&as_of=2022-08-31"
            both, own = await of["both"].get(asked), await alone.get(asked)
            assert both.status_code == own.status_code, (name, asked)
            if "html" not in own.headers.get("content-type", ""):
                assert both.text == own.text, (name, asked)
                continue
            assert words(both.text) == words(own.text), (name, asked)
            for file in exports(own.text):
                assert (await of["both"].get(file)).text == (await alone.get(file)).text, file


def words(text: str) -> list[str]:
    """What a page says, but for the ledger's length and when it was looked at."""
    return [line for line in said(text) if not re.search("条事实$|^位点核于", line)]


async def test_everything_is_the_sum_of_both(
    pages: dict[str, dict[str, httpx.AsyncClient]],
) -> None:
    of = pages["summer"]

    async def number(code: str, **scope: str) -> int:
        rows = await csv_rows(of[code], f"/applications?csv=applications&{urlencode(scope)}")
        return len(rows) - 2

    own = [await number(code) for code in (ONE, OTHER)]
    assert own[0] == own[1] > 60
    assert await number("both") == sum(own)
    assert await number("both", district="210000") == sum(own)
    assert await number("both", district=OTHER) == own[1]


async def test_targets_and_head_counts_are_each_citys_own(
    pages: dict[str, dict[str, httpx.AsyncClient]],
) -> None:
    both = pages["training"]["both"]
    own = await csv_records(both, f"/targets?year=2022&district={ONE}&csv=targets")
    goals = {row["指标"]: row for row in own}
    alone = await csv_records(pages["training"][ONE], "/targets?year=2022&csv=targets")
    assert goals["补贴性培训"]["目标"] == "14000"
    assert int(goals["补贴性培训"]["已完成"]) > 20
    assert own == alone, "nobody of the other city counts"
    other = (await both.get(f"/targets?year=2022&district={OTHER}")).text
    assert "抚顺市：本市的目录里没有年度目标" in other
    assert "14,000" not in other
    assert "铁岭市</a>" in other, "the city that has targets is a step away"


async def test_a_person_counts_once_in_each_city_and_once_in_the_province(
    postgres: PostgresServer, law: Policies
) -> None:
    course: dict[str, FactValue] = {"in_work.months": ["2022-03"]}
    year = Training()
    for number, (district, person) in enumerate(
        [
            ("211202", "person-in-both"),
            ("211221", "person-in-both"),
            ("210402", "person-in-both"),
            ("210404", "person-in-both"),
            ("211202", "person-only-here"),
            ("210404", "person-only-there"),
        ]
    ):
        year.trains(number, "in-work-training-hire", district, course, person=person)
    async with web_pages(books_of(postgres, "in_both", year.history.facts), law=law) as opened:

        async def heads(scope: str) -> int:
            path = f"/targets?year=2022&csv=head-counts{scope}"
            (row,) = await csv_records(opened.http, path)
            listed = f"/head-count?year=2022&count=in_work_training&csv=head-count{scope}"
            assert len(await csv_records(opened.http, listed)) == int(row["已完成"])
            return int(row["已完成"])

        assert await heads(f"&district={ONE}") == 2
        assert await heads(f"&district={OTHER}") == 2
        assert await heads("&district=210000") == 3
        assert await heads("&district=211202") == 2, "in the district of the year's first"
        assert await heads("&district=211221") == 0


async def test_a_batch_of_several_districts_is_in_the_scope_of_each(
    postgres: PostgresServer, law: Policies
) -> None:
    paid = [
        fact
        if "batch/" not in fact.stream
        else decode_fact(encode_fact(fact).replace(b'"district":"210402"', b'"district":"210400"'))
        for fact in moved(paid_history(3).facts)
    ]
    for last, path in (
        (BatchPrepared, "/tasks/release?csv=release"),
        (BatchSent, "/results?csv=x"),
    ):
        end = next(number for number, one in enumerate(paid) if isinstance(one.body, last))
        dsn = books_of(postgres, f"pooled_{last.__name__.lower()}", paid[: end + 1])
        async with web_pages(dsn, law=law) as opened:
            for district, listed in (
                ("210402", True),
                ("210400", True),
                ("210404", False),
                (ONE, False),
            ):
                text = (await opened.http.get(f"{path}&district={district}")).text
                assert ("B2308310000" in text) == listed, (path, district)


async def test_the_scope_offers_each_city_with_its_districts(
    pages: dict[str, dict[str, httpx.AsyncClient]],
) -> None:
    text = (await pages["summer"]["both"].get(f"/applications?district={OTHER}")).text
    group = re.search(r'<optgroup label="抚顺市">(.*?)</optgroup>', text)
    assert group
    assert '<option value="210400" selected>抚顺市</option>' in group[1]
    assert '<option value="210401">抚顺市本级</option>' in group[1], "a local code too"
    assert "2112" not in group[1]
    assert "全部区划" in text


async def test_figures_of_a_scope_are_those_that_count_in_it(
    books: dict[str, dict[str, str]],
) -> None:
    full = Policies.load(cities=cities())
    async with web_pages(books["training"]["both"], law=full) as opened:

        async def places(scope: str) -> set[str]:
            path = f"/policies/figures?csv=figures&district={scope}"
            return {row["地区"] for row in await csv_records(opened.http, path)}

        assert await places(ONE) == {"辽宁省", "铁岭市"}
        assert await places(OTHER) == {"辽宁省", "抚顺市"}
        assert await places("210402") == {"辽宁省", "抚顺市"}, "what its city states counts in it"
        assert await places("210000") == {"辽宁省", "铁岭市", "抚顺市"}
