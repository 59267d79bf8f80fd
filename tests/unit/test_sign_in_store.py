"""Signing in over a real database: guessing, replay, lock-out, fixation, theft, expiry."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from projections.engine.migrate import migrate
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.postgres import roles
from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts, attempts, kept_forms, sessions
from services.sign_in.kept_forms import KeptForm
from services.sign_in.own_account import Changed, Enrolled
from services.sign_in.signing_in import CodeAsked, Entered, NotRight, StartAgain, TriedTooOften
from tests.staff_accounts import AGENT, FIRST, HERE, KEY, NOW, PASSWORD, Office, code, later

AWAY = "203.0.113.9"
_TABLES = "external, kept_forms, attempts, sessions, pending, recovery_codes, accounts"


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """A database at its newest step; each test empties it."""

    async def make() -> None:
        server = await asyncpg.connect(postgres.dsn())
        await server.execute("CREATE DATABASE sign_in TEMPLATE template0")
        await server.close()
        await migrate(postgres.dsn("sign_in"))

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, make()).result(120)
    return postgres.dsn("sign_in")


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    """An office in which nobody has an account yet."""
    tables = ", ".join(f"access.{name}" for name in _TABLES.split(", "))
    owner = await asyncpg.connect(database)
    await owner.execute(f"TRUNCATE {tables}")
    await owner.close()
    as_the_pages = roles.settings_of("web", roles.WEB)
    async with asyncpg.create_pool(
        database, min_size=1, max_size=12, server_settings=as_the_pages
    ) as pool:
        yield Office(pool)


async def test_a_first_sign_in_leads_to_a_new_password_and_a_second_factor(office: Office) -> None:
    await office.add()
    token = await office.enter("li-jing", FIRST)
    who = await office.sessions.find(token, HERE, NOW)
    assert who is not None
    assert (who.user, who.name, who.must_change) == ("li-jing", "李静", True)
    changed = await office.own.change_password(who, FIRST, PASSWORD, PASSWORD, HERE, AGENT, NOW)
    assert isinstance(changed, Changed)
    who = await office.sessions.find(changed.token, HERE, NOW)
    assert who is not None
    assert who.must_change, "there is no second factor yet"
    waiting = await office.own.begin_enrolment(who)
    assert (await office.own.begin_enrolment(who)).secret == waiting.secret
    enrolled = await office.own.enrol(who, code(waiting.secret, NOW), "", HERE, NOW)
    assert isinstance(enrolled, Enrolled)
    assert len(enrolled.codes) == 10
    who = await office.sessions.find(changed.token, HERE, NOW)
    assert who is not None
    assert not who.must_change
    assert who.confirmed_at is None


async def test_people_must_sign_in_from_the_first_account_on(office: Office) -> None:
    assert not await office.sessions.required()
    await office.add()
    assert await office.sessions.required()


async def test_both_steps_are_needed_and_each_token_opens_its_own_alone(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    asked = await office.signing_in.by_password(" LI-JING ", PASSWORD, HERE, AGENT, at)
    assert isinstance(asked, CodeAsked)
    assert await office.sessions.find(asked.token, HERE, at) is None
    wrong = await office.signing_in.by_code(asked.token, "000000", HERE, AGENT, at)
    assert wrong == NotRight()
    entered = await office.signing_in.by_code(asked.token, code(secret, at), HERE, AGENT, at)
    assert isinstance(entered, Entered)
    assert entered.token != asked.token
    assert await office.sessions.find(entered.token, HERE, at) is not None
    again = await office.signing_in.by_code(asked.token, code(secret, at), HERE, AGENT, at)
    assert again == StartAgain()


async def test_the_second_step_waits_five_minutes(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    asked = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
    assert isinstance(asked, CodeAsked)
    over = at + timedelta(minutes=5)
    answer = await office.signing_in.by_code(asked.token, code(secret, over), HERE, AGENT, over)
    assert answer == StartAgain()


async def test_a_code_opens_once_also_for_two_at_the_same_moment(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    asked = [
        await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at) for _ in range(3)
    ]
    answers = await asyncio.gather(
        *(
            office.signing_in.by_code(one.token, code(secret, at), HERE, AGENT, at)
            for one in asked
            if isinstance(one, CodeAsked)
        )
    )
    assert sorted(type(one).__name__ for one in answers) == ["Entered", "NotRight", "NotRight"]


async def test_a_code_that_let_somebody_in_does_not_confirm_an_act(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    asked = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
    assert isinstance(asked, CodeAsked)
    entered = await office.signing_in.by_code(asked.token, code(secret, at), HERE, AGENT, at)
    assert isinstance(entered, Entered)
    who = await office.sessions.find(entered.token, HERE, at)
    assert who is not None
    assert who.confirmed_at is None
    used = await office.signing_in.confirm(who.session, who.user, code(secret, at), HERE, at)
    assert used == NotRight()
    at += timedelta(seconds=30)
    assert (
        await office.signing_in.confirm(who.session, who.user, code(secret, at), HERE, at) is None
    )
    who = await office.sessions.find(entered.token, HERE, at)
    assert who is not None
    assert who.confirmed_at == at


async def test_a_recovery_code_opens_once_and_confirms_nothing(office: Office) -> None:
    _secret, codes = await office.enrolled()
    at = later(minutes=5)
    for wanted in (Entered, NotRight):
        asked = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
        assert isinstance(asked, CodeAsked)
        answer = await office.signing_in.by_code(asked.token, codes[3], HERE, AGENT, at)
        assert isinstance(answer, wanted)
    assert await accounts.recovery_codes_left(office.pool, "li-jing") == 9
    confirmed = await office.signing_in.confirm("S-1", "li-jing", codes[4], HERE, at)
    assert confirmed == NotRight()


@pytest.mark.parametrize("user", ["li-jing", "nobody-here", "su-spended", "orchid tramway"])
async def test_a_wrong_password_tells_nothing_and_costs_one_computation(
    office: Office, user: str
) -> None:
    await office.add()
    await office.add("su-spended", "苏")
    await accounts.suspend(office.pool, "su-spended", "wang-fang", NOW)
    typed = FIRST if user == "su-spended" else "no such password"
    answers = []
    for nth in range(7):
        before = office.passwords.computed
        answer = await office.signing_in.by_password(user, typed, HERE, AGENT, NOW)
        answers.append((answer, office.passwords.computed - before, nth))
    assert answers[:5] == [(NotRight(), 1, nth) for nth in range(5)]
    assert answers[5:] == [(TriedTooOften(later(seconds=30)), 0, nth) for nth in (5, 6)]


async def test_a_name_that_is_no_account_is_not_kept_as_typed(office: Office) -> None:
    await office.signing_in.by_password("Tr0mb0ne of mine", "li-jing", HERE, AGENT, NOW)
    (tried,) = await attempts.latest(office.pool)
    assert tried.account.startswith("?")
    assert "mb0ne" not in str(tried)


async def test_guessing_at_once_gets_no_more_tries_than_guessing_in_a_row(office: Office) -> None:
    await office.add()
    answers = await asyncio.gather(
        *(
            office.signing_in.by_password("li-jing", f"guess {nth}", f"10.0.1.{nth}", AGENT, NOW)
            for nth in range(30)
        )
    )
    assert sum(isinstance(one, NotRight) for one in answers) == 5
    assert office.passwords.computed == 5
    right = await office.signing_in.by_password("li-jing", FIRST, AWAY, AGENT, later(seconds=29))
    assert right == TriedTooOften(later(seconds=30))
    await office.enter("li-jing", FIRST, later(seconds=31))
    wrong = await office.signing_in.by_password("li-jing", "x", HERE, AGENT, later(seconds=32))
    assert wrong == NotRight(), "a complete sign-in forgives"


async def test_the_right_password_alone_forgives_no_wrong_code(office: Office) -> None:
    await office.enrolled()
    at, token = later(minutes=5), ""
    for _ in range(5):
        asked = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
        assert isinstance(asked, CodeAsked)
        token = asked.token
        assert await office.signing_in.by_code(token, "123456", HERE, AGENT, at) == NotRight()
    held = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
    assert held == TriedTooOften(at + timedelta(seconds=30))
    assert isinstance(
        await office.signing_in.by_code(token, "123456", HERE, AGENT, at), TriedTooOften
    )


async def test_an_address_that_guesses_at_many_accounts_waits(office: Office) -> None:
    await office.add()
    for nth in range(20):
        await office.signing_in.by_password(f"user-{nth}", "x", AWAY, AGENT, later(seconds=nth))
    at = later(seconds=30)
    held = await office.signing_in.by_password("li-jing", FIRST, AWAY, AGENT, at)
    assert held == TriedTooOften(later(minutes=15))
    assert office.passwords.computed == 20
    await office.enter("li-jing", FIRST, at)  # from elsewhere
    opened = await office.signing_in.by_password("li-jing", FIRST, AWAY, AGENT, later(minutes=15))
    assert isinstance(opened, Entered)


async def test_who_hammers_is_noted_once_a_minute(office: Office) -> None:
    for second in range(40):
        await office.signing_in.by_password("who", "x", AWAY, AGENT, later(seconds=second / 2))
    tried = await attempts.latest(office.pool)
    assert [one.outcome for one in tried].count(attempts.REFUSED) == 1


async def test_nothing_in_the_database_is_a_token_a_password_or_a_secret(office: Office) -> None:
    secret, codes = await office.enrolled()
    token = await _signed_in(office, secret, later(minutes=5))
    await kept_forms.keep(
        office.pool, KEY, "li-jing", KeptForm("/r", "/a", [("reason", "家中失火")], "/"), NOW
    )
    said = ""
    for table in _TABLES.split(", "):
        said += str(
            [tuple(row) for row in await office.pool.fetch(f"SELECT * FROM access.{table}")]
        )
    for hidden in (token, secret, PASSWORD, FIRST, *codes, "家中失火"):
        assert hidden not in said
    digest = await office.pool.fetchval("SELECT digest FROM access.sessions LIMIT 1")
    assert await office.sessions.find(digest.hex(), HERE, NOW) is None


async def test_a_session_ends_unused_and_ends_in_all(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    token = await _signed_in(office, secret, at)
    assert await office.sessions.find(token, HERE, at + timedelta(minutes=14, seconds=59))
    at += timedelta(minutes=14, seconds=59)
    assert await office.sessions.find(token, HERE, at + timedelta(minutes=15)) is None
    assert await office.sessions.find(token, HERE, at) is None, "once over, over"

    token = await _signed_in(office, secret, later(hours=1))
    for minutes in range(0, 600, 10):
        assert await office.sessions.find(token, HERE, later(hours=1, minutes=minutes))
    assert await office.sessions.find(token, HERE, later(hours=11)) is None
    rows = await sessions.listed(office.pool, "li-jing")
    over = {row.state(later(days=1), office.limits) for row in rows}
    assert over == {"password", "idle", "whole"}


async def test_what_a_page_is_told_of_the_end_is_when_it_ends(office: Office) -> None:
    await office.add()
    token, told = await office.enter("li-jing", FIRST), NOW
    for second in (0, 59, 61, 100):
        at = later(seconds=second)
        who = await office.sessions.find(token, HERE, at)
        assert who is not None
        told = who.idle_until
    assert told == later(minutes=16, seconds=1)
    assert await office.sessions.find(token, HERE, told - timedelta(seconds=1)) is not None
    over = later(hours=1)
    assert await office.sessions.find(token, HERE, over) is None


async def test_a_change_of_password_ends_every_other_session_and_renames_this_one(
    office: Office,
) -> None:
    await office.add()
    stolen = await office.enter("li-jing", FIRST)
    mine = await office.enter("li-jing", FIRST)
    who = await office.sessions.find(mine, HERE, NOW)
    assert who is not None
    changed = await office.own.change_password(who, FIRST, PASSWORD, PASSWORD, HERE, AGENT, NOW)
    assert isinstance(changed, Changed)
    for token in (stolen, mine):
        assert await office.sessions.find(token, HERE, NOW) is None
    renamed = await office.sessions.find(changed.token, HERE, NOW)
    assert renamed is not None
    assert (renamed.session, renamed.csrf) != (who.session, who.csrf)


async def test_a_session_can_be_ended_by_its_user_and_by_a_suspension(office: Office) -> None:
    await office.add()
    await office.add("zhao-min", "赵敏")
    mine, other = await office.enter("li-jing", FIRST), await office.enter("zhao-min", FIRST)
    who = await office.sessions.find(other, HERE, NOW)
    assert who is not None
    assert not await sessions.end_one(office.pool, who.session, "li-jing", NOW)
    assert await office.sessions.find(other, HERE, NOW) is not None
    assert await sessions.end_one(office.pool, who.session, "zhao-min", NOW)
    assert await office.sessions.find(other, HERE, NOW) is None
    await accounts.suspend(office.pool, "li-jing", "wang-fang", NOW)
    assert await office.sessions.find(mine, HERE, NOW) is None


@pytest.mark.parametrize(
    ("former", "wanted", "again"),
    [
        ("not the old one", PASSWORD, PASSWORD),
        (FIRST, PASSWORD, PASSWORD + "x"),
        (FIRST, "password1234", "password1234"),
        (FIRST, FIRST, FIRST),
        (FIRST, "orchid li-jing tramway", "orchid li-jing tramway"),
    ],
)
async def test_a_password_that_is_not_taken_changes_nothing(
    office: Office, former: str, wanted: str, again: str
) -> None:
    await office.add()
    token = await office.enter("li-jing", FIRST)
    who = await office.sessions.find(token, HERE, NOW)
    assert who is not None
    why = await office.own.change_password(who, former, wanted, again, HERE, AGENT, NOW)
    assert isinstance(why, str)
    assert await office.sessions.find(token, HERE, NOW) is not None
    await office.enter("li-jing", FIRST)


async def test_another_telephone_takes_a_code_of_the_old_one(office: Office) -> None:
    secret, _codes = await office.enrolled()
    at = later(minutes=5)
    who = await office.sessions.find(await _signed_in(office, secret, at), HERE, at)
    assert who is not None
    waiting = await office.own.begin_enrolment(who)
    new, at = waiting.secret, at + timedelta(seconds=30)
    assert new != secret
    for former in ("", code(new, at), "000000"):
        assert isinstance(await office.own.enrol(who, code(new, at), former, HERE, at), str)
    done = await office.own.enrol(who, code(new, at), code(secret, at), HERE, at)
    assert isinstance(done, Enrolled)
    assert isinstance(await office.own.enrol(who, code(new, at), "", HERE, at), str)


async def test_a_secret_opens_for_its_own_account_alone(office: Office) -> None:
    secret, _codes = await office.enrolled()
    await office.enrolled("zhao-min")
    await office.pool.execute(
        "UPDATE access.accounts SET code_secret = (SELECT code_secret FROM access.accounts WHERE "
        "user_id = 'li-jing'), code_step = NULL WHERE user_id = 'zhao-min'"
    )
    at = later(minutes=5)
    asked = await office.signing_in.by_password("zhao-min", PASSWORD, HERE, AGENT, at)
    assert isinstance(asked, CodeAsked)
    with pytest.raises(Exception, match="one-time codes"):
        await office.signing_in.by_code(asked.token, code(secret, at), HERE, AGENT, at)


async def test_a_form_is_kept_for_its_person_and_for_a_day(office: Office) -> None:
    await office.add()
    form = KeptForm(
        "/budgets/close", "/budgets/close?lang=en", [("document", "财 1 号")], "/budgets"
    )
    number = await kept_forms.keep(office.pool, KEY, "li-jing", form, NOW)
    assert number is not None

    async def found(user: str, **time: float) -> Any:
        return await kept_forms.find(office.pool, KEY, user, number, later(**time))

    assert await found("li-jing", hours=23) == form
    assert await found("zhao-min", hours=1) is None
    assert await found("li-jing", hours=24) is None
    large = KeptForm("/r", "/a", [("reason", "x" * 70_000)], "/")
    assert await kept_forms.keep(office.pool, KEY, "li-jing", large, NOW) is None
    for _ in range(30):
        await kept_forms.keep(office.pool, KEY, "li-jing", form, NOW)
    assert await office.pool.fetchval("SELECT count(*) FROM access.kept_forms") == 20


async def test_only_a_session_that_ran_out_by_itself_may_leave_a_form(office: Office) -> None:
    await office.add()
    token = await office.enter("li-jing", FIRST)
    who = await office.sessions.find(token, HERE, NOW)
    assert who is not None
    lately = await office.sessions.lately(token)
    assert lately == ("li-jing", who.csrf, later(minutes=15))
    assert await office.sessions.lately("made-up") is None
    await office.sessions.end(token, sessions.SIGNED_OUT, NOW)
    assert await office.sessions.lately(token) is None


async def _signed_in(office: Office, secret: str, at: Any) -> str:
    asked = await office.signing_in.by_password("li-jing", PASSWORD, HERE, AGENT, at)
    assert isinstance(asked, CodeAsked)
    entered = await office.signing_in.by_code(asked.token, code(secret, at), HERE, AGENT, at)
    assert isinstance(entered, Entered)
    return entered.token


def test_the_key_of_access_marks_and_seals_apart() -> None:
    other = AccessKey(b"j" * 32)
    assert KEY.mark("li-jing") == AccessKey(b"k" * 32).mark("li-jing") != other.mark("li-jing")
