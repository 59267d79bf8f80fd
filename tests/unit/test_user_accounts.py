"""Accounts as an administrator makes, resets and suspends them from a terminal."""

from datetime import UTC, datetime

import asyncpg
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings
from services.sign_in import accounts, passwords, sessions
from services.sign_in.session_rules import SessionLimits
from services.tools.staff import user_accounts
from tests.web_pages import books_of


async def test_an_account_is_made_reset_suspended_and_reinstated(postgres: PostgresServer) -> None:
    dsn = books_of(postgres, "user_accounts", [])
    settings = Settings(postgres_dsn=dsn)
    for user, name, why in (
        ("Li Jing", "李静", user_accounts.NotAUserId),
        ("qian-duo", "", user_accounts.NoName),
    ):
        with pytest.raises(why):
            await user_accounts.add(settings, user, name, None, "root", external=False)
    with pytest.raises(user_accounts.PasswordNotTaken):
        await user_accounts.add(
            settings, "qian-duo", "钱多", "password1234", "root", external=False
        )
    made = await user_accounts.add(settings, "qian-duo", "钱多", None, "root", external=False)
    with pytest.raises(user_accounts.AccountThere):
        await user_accounts.add(settings, "qian-duo", "钱多", None, "root", external=False)
    db = await asyncpg.connect(dsn)
    try:
        now = datetime.now(UTC)
        await sessions.open_session(db, "qian-duo", "10.0.0.7", "", now, SessionLimits())
        await db.execute("UPDATE access.accounts SET code_secret = 'sealed', must_change = false")
        again = await user_accounts.reset(settings, "qian-duo", None, "root")
        assert made.password != again.password
        assert await db.fetchval("SELECT code_secret FROM access.accounts") is None
        assert await db.fetchval("SELECT ended_why FROM access.sessions") == "reset:root"
        await db.execute("TRUNCATE access.sessions")
        kept = await accounts.find(db, "qian-duo")
        assert kept is not None
        assert kept.must_change
        hashes = passwords.Passwords()
        assert not (await hashes.check(kept.password, made.password)).right
        assert (await hashes.check(kept.password, again.password)).right
        await sessions.open_session(db, "qian-duo", "10.0.0.7", "", now, SessionLimits())
    finally:
        await db.close()
    assert await user_accounts.suspend(settings, "qian-duo", "root") == 1
    with pytest.raises(user_accounts.NoSuchUser):
        await user_accounts.suspend(settings, "qian-duo", "root")
    await user_accounts.reinstate(settings, "qian-duo")
    ((listed, roles),) = await user_accounts.listed(settings)
    assert (listed.user_id, listed.suspended_at, roles) == ("qian-duo", None, "")
    (row,) = await user_accounts.sessions_of(settings, "qian-duo")
    assert row.ended_why == "suspended:root"
