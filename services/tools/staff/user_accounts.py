"""user_accounts: accounts of staff, as an administrator makes, resets and suspends them.

In:   a user's id; who does it
Out:  a password for the first sign-in, once; lists
Holds: a reset takes the password and the second factor, and ends every session; nothing of an
       account is ever deleted
"""

from datetime import UTC, datetime
from typing import NamedTuple

from projections.queries import users
from services.machine.connections import books
from services.runtime.city import cities_of
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.sign_in import accounts, administration, attempts, passwords, sessions
from services.sign_in.accounts import StaffAccount
from services.sign_in.attempts import SignInAttempt
from services.sign_in.passwords import Passwords
from services.sign_in.role_texts import written
from services.sign_in.sessions import SessionRow
from services.wording.languages import translate


class NotAUserId(OperatingFailure):
    """A text that cannot be a user's id."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"“{user}”不能作用户名，没有建立。",
            "请用小写字母、数字和连字符，2 至 31 位，如 zhang-san。",
        )


class NoName(OperatingFailure):
    """Nobody says how a user is called."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"city.yaml 的 staff 里没有 {user}，也没有写姓名。", "请加上 --name 姓名。"
        )


class AccountThere(OperatingFailure):
    """There is such an account already."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"已有账号 {user}，没有改动。",
            f"忘记口令或丢失手机的：benefit-ledger users reset {user}",
        )


class NoSuchUser(OperatingFailure):
    """There is no such account, or nothing to do about it."""

    def __init__(self, user: str, what: str = "") -> None:
        super().__init__(what or f"没有账号 {user}。", "用 `benefit-ledger users list` 查看。")


class PasswordNotTaken(OperatingFailure):
    """A password that is not good enough."""

    def __init__(self, why: str) -> None:
        super().__init__(translate(why), "请另选一个；不写 --ask 时由系统生成。")


class FirstPassword(NamedTuple):
    """A password for the first sign-in; empty where the administrator has typed one."""

    user: str
    name: str
    password: str


async def add(
    settings: Settings, user: str, name: str, typed: str | None, by: str, *, external: bool
) -> FirstPassword:
    """Make an account; `external`: its person signs in at the organisation alone.

    Raises: NotAUserId, NoName, PasswordNotTaken, AccountThere; DatabaseAway, BooksMissing
    """
    called = check(settings, user, name)
    hashed, shown = (None, "") if external else await _hashed(user, called, typed)
    async with books(settings.postgres_dsn) as connection:
        if not await accounts.add(connection, user, called, hashed, by, datetime.now(UTC)):
            raise AccountThere(user)
    return FirstPassword(user, called, shown)


def check(settings: Settings, user: str, name: str) -> str:
    """How a new user is called, if there may be such an account.

    Raises: NotAUserId, NoName
    """
    if accounts.USER_ID.fullmatch(user) is None:
        raise NotAUserId(user)
    member = cities_of(settings).staff.get(user)
    called = name or (member.name if member else "")
    if not called:
        raise NoName(user)
    return called


async def reset(settings: Settings, user: str, typed: str | None, by: str) -> FirstPassword:
    """Take password, second factor and sessions away, and give a password for a first sign-in.

    Raises: NoSuchUser, PasswordNotTaken; DatabaseAway, BooksMissing
    """
    now = datetime.now(UTC)
    async with books(settings.postgres_dsn) as connection:
        account = await accounts.find(connection, user)
        if account is None:
            raise NoSuchUser(user)
        hashed, shown = await _hashed(user, account.name, typed)
        async with connection.transaction():
            await administration.put_password(connection, user, hashed, by, now)
    return FirstPassword(user, account.name, shown)


async def suspend(settings: Settings, user: str, by: str) -> int:
    """Let an account open nothing, and end its sessions; how many there were.

    Raises: NoSuchUser; DatabaseAway, BooksMissing
    """
    now = datetime.now(UTC)
    async with books(settings.postgres_dsn) as connection, connection.transaction():
        if not await accounts.suspend(connection, user, by, now):
            raise NoSuchUser(user, f"没有在用的账号 {user}。")
        return await sessions.end_all(connection, user, now, f"{sessions.SUSPENDED}:{by}")


async def reinstate(settings: Settings, user: str) -> None:
    """Let a suspended account open again what its roles open.

    Raises: NoSuchUser; DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        if not await accounts.reinstate(connection, user):
            raise NoSuchUser(user, f"没有停用的账号 {user}。")


async def listed(settings: Settings) -> list[tuple[StaffAccount, str]]:
    """Every account with the roles that stand in the books, as people write them.

    Raises: DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        known = {one.user_id: one.grants for one in await users.everybody(connection)}
        rows = await accounts.listed(connection)
    return [(one, "；".join(map(written, known.get(one.user_id, ())))) for one in rows]


async def sessions_of(settings: Settings, user: str | None) -> list[SessionRow]:
    """Sessions of a user or of all, the latest first.

    Raises: DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        return await sessions.listed(connection, user)


async def attempts_of(settings: Settings, user: str | None) -> list[SignInAttempt]:
    """Tries of a user or of all, the latest first.

    Raises: DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        return await attempts.latest(connection, user)


async def end(settings: Settings, session: str, by: str) -> None:
    """End one session.

    Raises: NoSuchUser; DatabaseAway, BooksMissing
    """
    async with books(settings.postgres_dsn) as connection:
        why = f"{sessions.ENDED}:{by}"
        if not await sessions.end_one(connection, session, None, datetime.now(UTC), why):
            raise NoSuchUser(session, f"没有在用的会话 {session}。")


async def _hashed(user: str, name: str, typed: str | None) -> tuple[str, str]:
    if typed is None:
        typed = shown = passwords.one_time_password()
    else:
        shown = ""
        if (why := passwords.objection(typed, (user, name))) is not None:
            raise PasswordNotTaken(why)
    return await Passwords().hash(typed), shown
