"""The vault on a real database: one id one token, one application one owner, whoever comes at once."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import pytest

from events.contract.inbound.documents import DocumentKind, person_id
from events.contract.inbound.identity import Account, Party, check_character
from projections.engine.migrate import migrate
from services.intake.memory_vault import MemoryVault
from services.runtime.errors import NotConfigured
from services.runtime.vault import Vault, VaultAnswer, VaultRequest, make_key_file
from services.runtime.vault.keys import WrongKey, load_key_file
from services.runtime.vault.requests import (
    FindApplication,
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    RegisterParty,
    RegisterWithdrawal,
)


def person(number: int, name: str = "张晓三") -> Party:
    first = f"21120219900307{number:03d}"
    return Party("person", first + check_character(first), name)


def account(number: int, holder: str = "张晓三") -> Account:
    return Account("中国工商银行", f"62220200{number:08d}", holder)


def files(
    application: str, who: Party, digest: int = 1, payee: Party | None = None
) -> RegisterApplication:
    return RegisterApplication(application, f"{digest:064x}", who, payee or who, account(1))


@pytest.fixture
async def pool(database: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    await migrate(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=6) as pool:
        yield pool


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    make_key_file(tmp_path / "vault.key")
    return tmp_path / "vault.key"


@pytest.fixture
async def vault(pool: "asyncpg.Pool[asyncpg.Record]", key_file: Path) -> Vault:
    return await Vault.open(pool, key_file)


async def test_one_id_has_one_token_and_names_stay_masked(vault: Vault) -> None:
    first, again, other = await vault.answer(
        [files("s:1", person(1)), files("s:2", person(1)), files("s:3", person(2, "欧阳晓明"))]
    )
    (later,) = await vault.answer([files("s:4", person(1, "张小三"))])
    assert first.token == again.token == later.token != other.token
    assert first.account_token == again.account_token != other.account_token
    shown = await vault.names([first.token, other.token, "unknown"])
    assert {token: tuple(masked) for token, masked in shown.items()} == {
        first.token: ("张*三", "211***********" + person(1).id[-4:], False, "", ("张*三",)),
        other.token: ("欧**明", "211***********" + person(2).id[-4:], False, "", ()),
    }
    public = (await vault.public_names([first.token]))[first.token]
    assert tuple(public) == ("张*三", "211*************" + person(1).id[-2:], False, "", ())
    assert not first.name_differs
    assert not again.name_differs
    assert later.name_differs


async def test_another_name_is_seen_within_one_batch_and_in_another_writing_is_none(
    vault: Vault,
) -> None:
    first, other, same = await vault.answer(
        [
            files("s:1", person(1, "Li Ming")),
            files("s:2", person(1, "王五")),
            files("s:3", person(1, "LI MING")),
        ]
    )
    assert first.token == other.token == same.token
    assert (first.name_differs, other.name_differs, same.name_differs) == (False, True, False)
    shown = (await vault.names([first.token]))[first.token]
    assert set(shown.others) == {"王*", "L*****G"}


@pytest.mark.parametrize(
    ("kind", "number", "country", "shown"),
    [
        ("passport", "M12345678", "KOR", ("M******78", "护照")),
        ("hk_macao_permit", "H12345678", "", ("H******78", "港澳居民来往内地通行证")),
        ("taiwan_permit", "12345678", "", ("1*****78", "台湾居民来往大陆通行证")),
        ("permanent_residence", "USA310070010112", "", ("USA********0112", "外国人永久居留身份证")),
        (
            "permanent_residence",
            "911124198108030024",
            "",
            ("911***********0024", "外国人永久居留身份证"),
        ),
        (
            "residence_permit",
            "810000199001010019",
            "",
            ("810***********0019", "港澳台居民居住证"),
        ),
    ],
)
async def test_every_document_has_a_key_a_mask_and_a_name_of_its_own(
    vault: Vault, kind: DocumentKind, number: str, country: str, shown: tuple[str, str]
) -> None:
    found = person_id(kind, number, country)
    assert found is not None
    one, other = await vault.answer(
        [
            RegisterParty(Party("person", found, "金示例")),
            RegisterParty(Party("person", "TW:" + number, "金示例")),
        ]
    )
    assert (one.token == other.token) == (kind == "taiwan_permit")
    masked = (await vault.names([one.token]))[one.token]
    assert (masked.number, masked.document) == shown
    assert await vault.reveal(one.token, "number", "核对", "li") == number


async def test_the_payment_file_gets_its_accounts(vault: Vault) -> None:
    (admitted,) = await vault.answer([files("s:1", person(1))])
    assert await vault.accounts([admitted.account_token, "unknown"]) == {
        admitted.account_token: account(1)
    }


async def test_another_account_is_another_token_and_the_first_one_stays(vault: Vault) -> None:
    (old,) = await vault.answer([files("s:1", person(1))])
    (new,) = await vault.answer([RegisterCorrection("s:1", person(1), person(1), account(2))])
    assert new.account_token != old.account_token
    found = await vault.accounts([old.account_token, new.account_token])
    assert found[old.account_token] == account(1)
    assert found[new.account_token] == account(2)


async def test_a_reveal_is_recorded_with_who_and_why(
    vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    (admitted,) = await vault.answer([files("s:1", person(1))])
    assert await vault.reveal(admitted.token, "name", "核实身份", "li.jing") == "张晓三"
    assert await vault.reveal(admitted.token, "number", "核实身份", "li.jing") == person(1).id
    number = await vault.reveal(admitted.account_token, "account", "更正账户", "wang.fang")
    assert number == account(1).number
    rows = await pool.fetch("SELECT token, field, purpose, who FROM vault.reveals ORDER BY reveal")
    assert [tuple(row) for row in rows] == [
        (admitted.token, "name", "核实身份", "li.jing"),
        (admitted.token, "number", "核实身份", "li.jing"),
        (admitted.account_token, "account", "更正账户", "wang.fang"),
    ]
    with pytest.raises(ValueError, match="purpose"):
        await vault.reveal(admitted.token, "name", " ", "li.jing")


async def test_a_search_is_recorded_found_or_not_and_nobody_is_made_known_by_it(
    vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    (admitted,) = await vault.answer([files("s:1", person(1))])
    assert await vault.search(person(1), "信访答复", "shen.ji") == admitted.token
    assert await vault.search(person(2), "信访答复", "shen.ji") is None
    await vault.record_case(admitted.token, "审计抽查", "li.jing")
    looks = await vault.looks()
    assert [(one.token, one.field, one.who) for one in looks] == [
        (admitted.token, "case", "li.jing"),
        ("", "search", "shen.ji"),
        (admitted.token, "search", "shen.ji"),
    ]
    assert [one.field for one in await vault.looks(token=admitted.token)] == ["case", "search"]
    assert [one.field for one in await vault.looks(who="shen.ji", most=1)] == ["search"]
    with pytest.raises(ValueError, match="purpose"):
        await vault.search(person(1), " ", "shen.ji")
    assert await pool.fetchval("SELECT count(*) FROM vault.parties") == 1


async def test_one_account_of_several_payees_is_told_without_its_number(vault: Vault) -> None:
    one, two, other = await vault.answer(
        [
            RegisterAccount(person(1), account(1)),
            RegisterAccount(person(2), account(1)._replace(holder="李四", bank="另一网点")),
            RegisterAccount(person(2), account(2)),
        ]
    )
    tokens = [one.account_token, two.account_token, other.account_token]
    assert len(set(tokens)) == 3
    same = await vault.same_accounts([*tokens, "unknown"])
    assert set(same) == set(tokens)
    assert same[tokens[0]] == same[tokens[1]] != same[tokens[2]]
    assert account(1).number not in "".join(same.values())


async def test_one_phone_of_several_people_is_told_without_its_number_until_one_is_erased(
    vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    def called(application: str, who: Party, phone: str) -> RegisterApplication:
        return files(application, who)._replace(phone=phone)

    mobile, other = "13800138000", "02474001234"
    one, again, two, none, last = await vault.answer(
        [
            called("s:1", person(1), mobile),
            called("s:2", person(1), mobile),
            called("s:3", person(2), mobile),
            files("s:4", person(3)),
            called("s:5", person(3), other),
        ]
    )
    assert one.phone_token == again.phone_token != two.phone_token
    assert one.phone_token[:1] == "t"
    assert none.phone_token == ""
    (corrected,) = await vault.answer(
        [RegisterCorrection("s:4", person(3), person(3), account(1), mobile)]
    )
    tokens = [one.phone_token, two.phone_token, last.phone_token, corrected.phone_token]
    same = await vault.same_phones([*tokens, "unknown", ""])
    assert set(same) == set(tokens)
    assert same[tokens[0]] == same[tokens[1]] == same[tokens[3]] != same[tokens[2]]
    assert mobile not in "".join(same.values())
    await pool.execute("UPDATE vault.parties SET data_key = NULL WHERE token = $1", two.token)
    assert set(await vault.same_phones(tokens)) == set(tokens) - {tokens[1]}


async def test_nothing_at_rest_is_readable(
    vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    await vault.answer([files("s:1", person(1))._replace(phone="13800138000")])
    stored = b""
    for table in ("parties", "accounts", "phones", "register", "keys"):
        for row in await pool.fetch(f"SELECT * FROM vault.{table}"):
            stored += b"".join(v for v in row if isinstance(v, bytes))
            stored += "".join(v for v in row if isinstance(v, str)).encode()
    for secret in (person(1).id, "张晓三", account(1).number, "中国工商银行", "13800138000"):
        assert secret.encode() not in stored


async def test_the_first_application_stands(vault: Vault) -> None:
    (first,) = await vault.answer([files("s:1", person(1), 1)])
    repeat, changed, stranger = await vault.answer(
        [files("s:1", person(1), 1), files("s:1", person(1), 2), files("s:1", person(2), 1)]
    )
    assert first.is_new
    for admitted in (repeat, changed, stranger):
        assert not admitted.is_new
        assert (admitted.registered_token, admitted.registered_digest) == (first.token, f"{1:064x}")
    assert stranger.token != first.token


@pytest.mark.parametrize("turn", range(3))
async def test_two_intakes_at_once_agree_on_every_owner(vault: Vault, turn: int) -> None:
    """Thousands of claims by different people on the same numbers, in four at once."""
    dice = random.Random(turn)

    def batch() -> list[VaultRequest]:
        wanted: list[VaultRequest] = [
            files(f"s:{dice.randrange(300)}", person(dice.randrange(200)), dice.randrange(3))
            for _ in range(400)
        ]
        wanted += [RegisterWithdrawal(f"s:{dice.randrange(300)}", "{}") for _ in range(50)]
        dice.shuffle(wanted)
        return wanted

    batches = [batch() for _ in range(8)]
    found = await asyncio.gather(*map(vault.answer, batches))
    owners: dict[str, set[tuple[str, str]]] = {}
    firsts: dict[str, int] = {}
    tokens: dict[Party, set[str]] = {}
    for wanted, admitted in zip(batches, found, strict=True):
        for one, answer in zip(wanted, admitted, strict=True):
            if isinstance(one, RegisterApplication):
                owners.setdefault(one.application, set()).add(
                    (answer.registered_token, answer.registered_digest)
                )
                firsts[one.application] = firsts.get(one.application, 0) + answer.is_new
                tokens.setdefault(one.beneficiary, set()).add(answer.token)
    assert all(len(pair) == 1 for pair in owners.values())
    assert set(firsts.values()) == {1}
    assert all(len(known) == 1 for known in tokens.values())
    assert len({token for known in tokens.values() for token in known}) == len(tokens)


async def test_a_withdrawal_and_its_application_at_once_always_meet(vault: Vault) -> None:
    """Whichever comes second sees the other: the note is found, or the owner is."""
    for number in range(40):
        key = f"s:{number}"
        (filed,), (withdrawn,) = await asyncio.gather(
            vault.answer([files(key, person(number))]),
            vault.answer([RegisterWithdrawal(key, '{"n": 1}')]),
        )
        assert bool(filed.earlier_withdrawal) != bool(withdrawn.registered_token)


async def test_a_review_and_its_application_at_once_always_meet(vault: Vault) -> None:
    """Whichever comes second sees the other: the note is found, or the owner is."""
    for number in range(40):
        key = f"r:{number}"
        (filed,), (found,) = await asyncio.gather(
            vault.answer([files(key, person(number))]),
            vault.answer([FindApplication(key, "k", "{}")]),
        )
        assert bool(filed.earlier_messages) == found.is_waiting != bool(found.registered_token)


async def test_what_waits_is_listed_and_ends_once(vault: Vault) -> None:
    await vault.answer(
        [
            FindApplication("w:1", "k", "{}"),
            RegisterWithdrawal("w:2", "{}"),
            FindApplication("w:2", "k", "{}"),
        ]
    )
    listed = await vault.awaited_applications()
    assert [(one.application, one.notes) for one in listed] == [
        ("w:1", {"k": "{}"}),
        ("w:2", {"k": "{}"}),
    ]
    await vault.answer([FindApplication("w:1", "other", "{}")])
    for one in listed:
        await vault.end_waiting(one)
    (left,) = await vault.awaited_applications()  # something has come since it was listed
    assert (left.application, sorted(left.notes)) == ("w:1", ["k", "other"])
    (filed,) = await vault.answer([files("w:2", person(1))])
    assert (filed.earlier_withdrawal, filed.earlier_messages) == ("{}", ())


async def test_a_place_that_is_forgotten_is_free_and_what_waited_waits_on(vault: Vault) -> None:
    await vault.answer([FindApplication("f:1", "k", "{}")])
    await vault.answer([files("f:1", person(1)), files("f:2", person(1))])
    await vault.unregister(["f:1", "f:2"])
    first, second = await vault.answer([files("f:1", person(2), 2), files("f:2", person(2), 2)])
    assert (first.is_new, first.earlier_messages) == (True, ("{}",))
    assert (second.is_new, second.registered_token) == (True, second.token)


async def test_memory_answers_as_the_vault_does(vault: Vault) -> None:
    """The what-if tool must not see another register than intake."""
    dice = random.Random(7)
    memory = MemoryVault()
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})

    def renamed(admitted: Sequence[VaultAnswer], names: dict[str, str]) -> list[tuple[object, ...]]:
        """With tokens numbered in the order in which they are first seen."""
        return [
            tuple(
                names.setdefault(part, f"#{len(names)}")
                if isinstance(part, str) and len(part) == 33
                else part
                for part in answer
            )
            for answer in admitted
        ]

    def wanted() -> VaultRequest:
        key, who = f"s:{dice.randrange(12)}", person(dice.randrange(6))
        payee = person(dice.randrange(6))
        choices: list[VaultRequest] = [
            RegisterApplication(
                key, f"{dice.randrange(3):064x}", who, payee, account(dice.randrange(3))
            ),
            RegisterCorrection(key, who, payee, account(dice.randrange(3))),
            RegisterWithdrawal(key, '{"n": 1}'),
            FindApplication(key, f"k{dice.randrange(3)}", '{"n": 2}'),
            RegisterParty(who),
        ]
        return dice.choice(choices)

    for _ in range(60):
        batch = [wanted() for _ in range(dice.randrange(1, 6))]
        real = renamed(await vault.answer(batch), names[0])
        assert real == renamed(memory.answer_now(batch), names[1])


async def test_a_vault_opens_with_its_own_key_only(
    pool: "asyncpg.Pool[asyncpg.Record]", key_file: Path, tmp_path: Path
) -> None:
    await Vault.open(pool, key_file)
    other = tmp_path / "other.key"
    make_key_file(other)
    with pytest.raises(WrongKey, match="VAULT_KEY_FILE"):
        await Vault.open(pool, other)


def test_a_missing_or_open_key_file_is_explained(key_file: Path, tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="没有身份库的密钥文件"):
        load_key_file(tmp_path / "nowhere.key")
    key_file.chmod(0o644)
    with pytest.raises(NotConfigured, match="chmod 600"):
        load_key_file(key_file)
    key_file.write_text("no key")
    key_file.chmod(0o600)
    with pytest.raises(NotConfigured, match="32 字节密钥"):
        load_key_file(key_file)


def test_a_key_file_is_the_owner_s_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "vault.key"
    assert make_key_file(file)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert not make_key_file(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
