"""Streams: names and partitions that any Kafka client computes alike."""

import pytest

from events import streams


@pytest.mark.parametrize(
    ("stream", "hashed"),
    [  # the vectors of Kafka's own UtilsTest.testMurmur2
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_a_partition_is_kafkas_own_murmur2(stream: str, hashed: int) -> None:
    for partitions in (1, 7, 12, 1_000_003):
        assert streams.partition_of(stream, partitions) == (hashed & 0x7FFFFFFF) % partitions


def test_a_name_tells_its_kind() -> None:
    named = {
        streams.beneficiary("token-of-somebody"): "beneficiary",
        streams.payee("token-of-somebody"): "payee",
        streams.fund_line("employment_subsidy", "211202", 2022): "budget",
        streams.ceiling_line("agency-1", "211202", 2022): "budget",
        streams.batch("B2208310003"): "batch",
        streams.account("icbc-1234", "2022-08"): "account",
    }
    assert {name: streams.kind(name) for name in named} == named


def test_a_budget_line_is_taken_apart_as_it_was_put_together() -> None:
    fund = streams.fund_line("employment_subsidy", "211202", 2022)
    ceiling = streams.ceiling_line("agency-1", "211202", 2022)
    assert streams.line_parts(fund) == ("fund", "employment_subsidy", "211202", 2022)
    assert streams.line_parts(ceiling) == ("ceiling", "agency-1", "211202", 2022)


def test_streams_of_one_kind_are_spread_over_all_partitions() -> None:
    used = {streams.partition_of(streams.beneficiary(f"token-{n}"), 12) for n in range(400)}
    assert used == set(range(12))
