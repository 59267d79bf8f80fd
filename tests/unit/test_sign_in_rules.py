"""Signing in, what needs no database: passwords, codes, waiting, the ends of a session."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from services.sign_in import one_time_codes, passwords, recovery_codes, throttle
from services.sign_in.passwords import Passwords, objection
from services.sign_in.session_rules import SessionLimits, why_over
from services.sign_in.throttle import Failures
from tests.staff_accounts import CHEAP, NOW, code, later

OWN = ("li-jing", "李静")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("short-one-11", None),
        ("elevenchars", passwords.TOO_SHORT),
        ("x" * 129, passwords.TOO_LONG),
        ("password1234", passwords.GUESSABLE),
        ("qwertyuiop123", passwords.GUESSABLE),
        ("111111111111", passwords.GUESSABLE),
        ("P@ssw0rd2026!", passwords.GUESSABLE),
        ("benefit-ledger", passwords.GUESSABLE),
        ("orchid LI JING tramway 7", passwords.OWN_NAME),
        ("李静在七里河边散步看电车", passwords.OWN_NAME),
        ("tramway\x00orchid seven", passwords.UNSEEN),
        ("orchid tramway seven", None),
        ("七里河畔三更灯火五更鸡鸣", None),
    ],
)
def test_which_passwords_are_taken(typed: str, why: str | None) -> None:
    assert objection(typed, OWN) == why


def test_length_is_counted_after_full_width_letters_are_plain() -> None:
    assert objection("ｏｒｃｈｉｄ　ｔｒａｍｗａｙ　７", OWN) is None
    assert objection("㍿㍿㍿", OWN) != passwords.TOO_SHORT  # NFKC: four characters each


async def test_a_long_password_is_taken_whole() -> None:
    words = "orchid tramway seven rivers and a bridge over the quiet water at "
    long = words + words[::-1][: 128 - len(words)]
    assert len(words) > 64
    assert objection(words, OWN) is None
    assert objection(long, OWN) is None
    hashes = Passwords(CHEAP)
    hashed = await hashes.hash(long)
    assert (await hashes.check(hashed, long)).right
    assert not (await hashes.check(hashed, long[:-1])).right


async def test_a_hash_is_argon2id_with_its_parameters_and_opens_in_either_writing() -> None:
    hashes = Passwords()
    hashed = await hashes.hash("orchid tramway seven")
    found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", hashed)
    assert found is not None
    memory, time, _lanes = map(int, found.groups())
    assert memory >= 65536
    assert time >= 3
    assert (await hashes.check(hashed, "ｏｒｃｈｉｄ tramway seven")).right
    assert not (await hashes.check(hashed, "Orchid tramway seven")).right


async def test_a_hash_with_other_parameters_is_made_anew_when_its_password_is_given() -> None:
    old = await Passwords(CHEAP).hash("orchid tramway seven")
    today = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert (await today.check(old, "another one altogether")).new_hash is None
    new = (await today.check(old, "orchid tramway seven")).new_hash
    assert new is not None
    assert "m=16,t=2" in new
    assert (await today.check(new, "orchid tramway seven")) == (True, None)


@pytest.mark.parametrize("known", [None, "", "no hash at all"])
async def test_without_a_hash_nothing_is_right(known: str | None) -> None:
    assert not (await Passwords(CHEAP).check(known, "")).right


def test_a_first_password_is_long_and_never_the_same() -> None:
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {19}


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@given(st.integers(-90, 90))
def test_a_code_counts_half_a_minute_before_and_after(seconds: int) -> None:
    typed = code(SECRET, NOW + timedelta(seconds=seconds))
    near = -30 <= seconds < 60  # NOW is where a step begins
    assert (one_time_codes.step_of(SECRET, typed, NOW, None) is not None) == near


@given(st.lists(st.integers(0, 300), max_size=8))
def test_no_step_is_used_twice_and_none_after_a_later_one(moments: list[int]) -> None:
    last, used = None, []
    for seconds in moments:
        at = NOW + timedelta(seconds=seconds)
        step = one_time_codes.step_of(SECRET, code(SECRET, at), at, last)
        if step is not None:
            used.append(step)
            last = step
    assert used == sorted(set(used))


def test_a_code_may_have_spaces_and_full_width_digits_and_nothing_else() -> None:
    typed = code(SECRET, NOW)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in typed)
    for written in (f" {typed[:3]} {typed[3:]} ", wide):
        assert one_time_codes.step_of(SECRET, written, NOW, None) is not None
    for written in ("", typed[:5], typed + "0", "二二二二二二", typed.replace(typed[0], "x")):
        assert one_time_codes.step_of(SECRET, written, NOW, None) is None


def test_a_secret_has_160_bits_and_is_drawn_without_style_or_script() -> None:
    secret = one_time_codes.new_secret()
    assert len(secret) == 32
    drawn = one_time_codes.picture_of(secret, "li-jing")
    assert drawn.startswith("<svg ")
    assert "style" not in drawn
    assert "script" not in drawn
    address = one_time_codes.address_of(secret, "li-jing")
    assert address.startswith("otpauth://totp/")
    assert secret in address


def test_recovery_codes_open_however_they_are_spaced() -> None:
    codes = recovery_codes.new_codes()
    assert len(set(codes)) == 10
    for one in codes:
        plain = one.replace("-", "")
        assert recovery_codes.digest_of(one) == sha256(plain.encode()).digest()
        assert recovery_codes.digest_of(f" {plain.lower()} ") == recovery_codes.digest_of(one)
    assert recovery_codes.digest_of("ABCD-EFGH") is None


@given(st.integers(0, 10_000))
def test_the_wait_grows_with_failures_and_never_over_a_quarter_of_an_hour(many: int) -> None:
    opens = throttle.account_opens_at(Failures(many, NOW))
    if many < 5:
        assert opens is None
        return
    assert opens is not None
    following = throttle.account_opens_at(Failures(many + 1, NOW))
    assert following is not None
    assert timedelta(seconds=30) <= opens - NOW <= following - NOW <= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_address(address: str, place: str) -> None:
    assert throttle.place_of(address) == place


def test_when_a_session_is_over() -> None:
    limits = SessionLimits()
    ends_at = NOW + limits.whole
    assert why_over(NOW, ends_at, later(minutes=15, seconds=-1), limits) is None
    assert why_over(NOW, ends_at, later(minutes=15), limits) == "idle"
    assert why_over(later(hours=9, minutes=59), ends_at, later(hours=10), limits) == "whole"
