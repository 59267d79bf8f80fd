"""The real number of a city's account: typed by two people, sealed, and in the payment file alone."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from policies.cities.accounts import check_digits
from services.clerk.payers import NumberMissing, NumberUnfit, payer_of
from services.demo.cast.account_numbers import invented_number
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.runtime.vault.city_accounts import NothingToConfirm, NumbersDiffer, SamePerson
from services.tools.staff.bank_files import NoSuchAccount
from services.tools.staff.paying_accounts import (
    AccountOfAnother,
    NumberDoesNotFit,
    account_states,
    confirm_number,
    set_number,
    without_number,
)
from tests.example_cities import cities

ACCOUNT = next(iter(cities().accounts.values()))
NUMBER = invented_number(ACCOUNT)
OTHER = f"88{NUMBER[2:]}"
CITY = next(city for city in cities() if ACCOUNT in city.accounts)
MAKER, CHECKER = CITY.about.staff[:2]


async def test_a_number_pays_when_a_second_person_has_typed_the_same(vault: Vault) -> None:
    alias = ACCOUNT.alias
    with pytest.raises(NothingToConfirm):
        await vault.confirm_city_account(alias, NUMBER, "王芳")
    await vault.state_city_account(alias, NUMBER, "李静")
    with pytest.raises(NumberMissing):
        await payer_of(cities(), vault, alias)
    with pytest.raises(SamePerson):
        await vault.confirm_city_account(alias, NUMBER, " 李静 ")
    with pytest.raises(NumbersDiffer) as refused:
        await vault.confirm_city_account(alias, OTHER, "王芳")
    assert NUMBER not in str(refused.value)
    assert OTHER not in str(refused.value)
    await vault.confirm_city_account(alias, NUMBER, "王芳")
    kept = (await vault.city_accounts())[alias]
    assert (kept.number, kept.stated_by, kept.confirmed_by) == (NUMBER, "李静", "王芳")
    assert NUMBER not in repr(kept)
    payer = await payer_of(cities(), vault, alias)
    assert (payer.name, payer.number) == (cities().city_of_account(alias).about.payer, NUMBER)  # type: ignore[union-attr]
    with pytest.raises(NothingToConfirm):
        await vault.confirm_city_account(alias, NUMBER, "王芳")


async def test_until_a_new_number_is_confirmed_the_one_before_pays(vault: Vault) -> None:
    alias = ACCOUNT.alias
    await vault.state_city_account(alias, NUMBER, "李静")
    await vault.confirm_city_account(alias, NUMBER, "王芳")
    await vault.state_city_account(alias, OTHER, "王芳")
    assert (await vault.city_accounts())[alias].number == NUMBER
    assert await vault.city_accounts_waiting() == {alias: "王芳"}
    await vault.confirm_city_account(alias, OTHER, "李静")
    assert (await vault.city_accounts())[alias].number == OTHER
    assert await vault.city_accounts_waiting() == {}


async def test_a_number_that_the_citys_file_contradicts_pays_nothing(vault: Vault) -> None:
    alias = ACCOUNT.alias
    wrong = f"{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}"
    await vault.state_city_account(alias, wrong, "李静")
    await vault.confirm_city_account(alias, wrong, "王芳")
    with pytest.raises(NumberUnfit) as refused:
        await payer_of(cities(), vault, alias)
    assert wrong not in str(refused.value)


async def test_what_is_at_rest_is_sealed(prepared: Settings, vault: Vault) -> None:
    await vault.state_city_account(ACCOUNT.alias, NUMBER, "李静")
    connection = await asyncpg.connect(prepared.postgres_dsn)
    try:
        (sealed,) = await connection.fetch("SELECT sealed FROM vault.city_accounts")
        assert NUMBER.encode() not in sealed["sealed"]
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "UPDATE vault.city_accounts SET confirmed_by = stated_by, confirmed_at = now()"
            )
    finally:
        await connection.close()


async def test_what_is_typed_must_fit_the_citys_file(prepared: Settings) -> None:
    with pytest.raises(NoSuchAccount, match="nobody"):
        await set_number(prepared, "nobody", NUMBER, MAKER.id)
    for typed, says in (("12", "8 至 32 位"), (f"{NUMBER}1", "末四位")):
        with pytest.raises(NumberDoesNotFit, match=says):
            await set_number(prepared, ACCOUNT.alias, typed, MAKER.id)
    strangers = [
        said
        for city in cities()
        if city is not CITY
        for one in city.about.staff
        for said in (one.id, one.id.upper(), one.name)
    ]
    assert strangers
    for stranger in strangers:
        for act in (set_number, confirm_number):
            with pytest.raises(AccountOfAnother, match="的经办人员，不能办"):
                await act(prepared, ACCOUNT.alias, NUMBER, stranger)
    spaced = " ".join(NUMBER[start : start + 4] for start in range(0, 16, 4))
    await set_number(prepared, ACCOUNT.alias, f"{spaced}\n", MAKER.id)
    with pytest.raises(SamePerson):  # by name or by id, it is one person
        await confirm_number(prepared, ACCOUNT.alias, NUMBER, f" {MAKER.name}")
    states = {one.account.alias: one for one in await account_states(prepared)}
    assert "等待另一人复核" in states[ACCOUNT.alias].obstacle
    assert len(without_number(list(states.values()), ACCOUNT.from_)) == len(states)
    await confirm_number(prepared, ACCOUNT.alias, NUMBER, CHECKER.name)
    states = {one.account.alias: one for one in await account_states(prepared)}
    assert states[ACCOUNT.alias].obstacle == ""
    assert states[ACCOUNT.alias].kept


def test_check_digits_tell_two_digits_that_changed_places() -> None:
    stated = ACCOUNT.model_copy(update={"check_digits": check_digits(NUMBER)})
    assert stated.misfit_of(NUMBER) == ""
    first, second = next((i, i + 1) for i in range(8) if NUMBER[i] != NUMBER[i + 1])
    swapped = list(NUMBER)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert "校验位" in stated.misfit_of("".join(swapped))
    assert check_digits("794") == "44"  # the example of ISO 7064


def test_a_number_is_read_from_standard_input_and_never_shown(
    prepared: Settings, tmp_path: Path
) -> None:
    environment = {
        "BENEFIT_LEDGER_POSTGRES_DSN": prepared.postgres_dsn,
        "BENEFIT_LEDGER_VAULT_KEY_FILE": str(prepared.vault_key_file),
        "BENEFIT_LEDGER_CITY": str(prepared.city.absolute()),
        "BENEFIT_LEDGER_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": "/usr/bin:/bin",
    }

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.cli", "accounts", *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=60,
        )

    alias = ACCOUNT.alias
    assert run("set", alias, "--by", MAKER.name, typed=f"{NUMBER}\n").returncode == 0
    refused = run("confirm", alias, "--by", MAKER.name, typed=f"{NUMBER}\n")
    assert refused.returncode == 1
    assert "另一人" in refused.stderr
    assert run("confirm", alias, "--by", CHECKER.name, typed=f"{NUMBER}\n").returncode == 0
    listed, checked = run("list"), run("check")
    assert listed.returncode == 0, listed.stderr
    assert "是" in next(line for line in listed.stdout.splitlines() if alias in line)
    assert checked.returncode == 1
    assert f"✗ {alias}" not in checked.stdout
    assert NUMBER not in listed.stdout + checked.stdout + refused.stderr
