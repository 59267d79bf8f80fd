"""The demo's accounts: four people in roles that the ledger grants, shown once."""

from datetime import UTC, datetime
from io import StringIO

import pyotp
import pytest
from rich.console import Console
from typer.testing import CliRunner

from policies.access import access
from services.cli.app import app
from services.cli.demo_accounts import show_accounts
from services.deciders.user.decider import wrong_with
from services.demo.cast.city import PlayedCity, played_city
from services.demo.play.accounts import ROLES, DemoAccount, grants
from services.sign_in.one_time_codes import new_secret, step_of
from tests.example_cities import EXAMPLES, cities


@pytest.fixture(params=["211200", "210400"])
def city(request: pytest.FixtureRequest) -> PlayedCity:
    return played_city(EXAMPLES, request.param)


def test_four_people_have_roles_that_the_ledger_grants_them(city: PlayedCity) -> None:
    for served in (cities(), city.cities):  # the whole folder, and the city alone
        own = grants(city, served)
        assert len(own) == 4
        assert set(own) <= set(city.staff), "each is one of the city's staff"
        for user, (region, roles) in own.items():
            assert wrong_with(roles, region, served) is None, user


def test_every_role_is_somebodys() -> None:
    assert {role for roles in ROLES.values() for role in roles} == set(access().roles)


def shown(*accounts: DemoAccount) -> str:
    console = Console(file=StringIO(), width=160)
    show_accounts(accounts, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_passwords_and_keys_are_shown_whole_and_not_again() -> None:
    secret = new_secret()
    new = DemoAccount("li-jing", "李静", "财务", "abcd-efgh-jkmn-pqrs", secret)
    text = shown(new)
    assert "abcd-efgh-jkmn-pqrs" in text
    assert secret in text
    assert "只显示这一次" in text
    assert "benefit-ledger users code" in text
    again = shown(new._replace(password="", secret=""))
    assert "已给过" in again
    assert "只显示这一次" not in again
    assert "users reset" in again


def test_the_terminal_says_the_code_of_a_key() -> None:
    secret = new_secret()
    result = CliRunner().invoke(app, ["users", "code"], input=f"{secret.lower()}\n")
    assert result.exit_code == 0, result.output
    code = result.output.split()[0]
    assert step_of(secret, code, datetime.now(UTC), None) is not None
    assert pyotp.TOTP(secret).verify(code, valid_window=1)
    assert CliRunner().invoke(app, ["users", "code"], input="不是密钥\n").exit_code == 1
