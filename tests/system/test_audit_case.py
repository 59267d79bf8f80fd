"""A case written from a real ledger and real books is what lies on the ledger, and only the desk's."""

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from events.codec import CHECKPOINT_KEY
from events.rule_texts import RuleTextRecorded
from projections.engine.migrate import migrate
from projections.queries import position_vector
from services.audit import case_records
from services.audit.case_check import Check
from services.audit.case_records import NotOnTheLedger
from services.audit.case_writing import FetchRecords, NoSuchCase, written
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings
from services.runtime.vault import make_key_file
from services.tools.audit.cases import take_out
from tests.given_when_then import policies
from tests.handmade_ledgers import filed, granted, paid_history, publish
from tests.system.test_projector import facts_are, projecting, until

APPLICATION = "district-211202.hrss:A0000001"


async def put_foreign(settings: Settings) -> None:
    """Let a stranger write a copy of a checkpoint to every partition."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
    await producer.start()
    try:
        for partition in range(settings.partitions):
            await producer.send_and_wait(
                settings.topics.ledger, b'{"no": "checkpoint"}', key=CHECKPOINT_KEY,
                headers=[("signature", b"x" * 64), ("key", b"x" * 8)], partition=partition,
            )  # fmt: skip
    finally:
        await producer.stop()


async def test_a_case_is_what_lies_on_the_ledger(settings: Settings) -> None:
    history, later = paid_history(3), "district-211202.hrss:A0000009"
    await migrate(settings.postgres_dsn)
    bootstrap, topic = settings.kafka_bootstrap, settings.topics.ledger
    first = len(history.facts)
    await publish(bootstrap, topic, history.facts[: first // 2], settings.partitions, 7)
    await put_foreign(settings)
    await publish(bootstrap, topic, history.facts[first // 2 :], settings.partitions, 7)
    make_key_file(settings.vault_key_file)
    keys = ledger_keys(settings.keys_dir, "operator")
    fetch: FetchRecords = lambda places: case_records.read(settings, keys, places)  # noqa: E731
    db = await asyncpg.connect(settings.postgres_dsn)
    try:
        async with projecting(settings):
            await until(facts_are(db, first))
            before = await position_vector.current(db)
            case = await written(db, APPLICATION, before, policies(), fetch)
            check = Check(case.content)
            assert not check.faults
            assert check.signers == set(keys.names)
            assert all("规则原文" in said for said in check.unproved), "a hand-made ledger has none"
            assert case.beneficiary == "tok000000001"
            history.add("beneficiary/tok000000009", filed(later, "tok000000009"))
            history.add("beneficiary/tok000000001", granted(APPLICATION, "tok000000001"))
            await publish(bootstrap, topic, history.facts[first:], settings.partitions)
            await until(facts_are(db, len(history.facts)))
        again = await written(db, APPLICATION, before, policies(), fetch)
        now = await written(db, APPLICATION, None, policies(), fetch)
        assert again.content == case.content, "the same vector, the same bytes"
        assert now.content != case.content
        assert not Check(now.content).faults
        with pytest.raises(NoSuchCase):
            await written(db, later, before, policies(), fetch)
        with pytest.raises(NotOnTheLedger):
            await fetch([(settings.partitions, 0)])
        # whoever owns the database can pass over its guards
        await db.execute("SET session_replication_role = replica")
        await db.execute(
            "UPDATE books.postings SET amount_fen = -149999 WHERE amount_fen < 0 AND code = '2211'"
        )
        tampered = await written(db, APPLICATION, before, policies(), fetch)
        faults = Check(tampered.content).faults
        assert faults
        assert all("journal.json" in fault for fault in faults), "a row of the books is named"
        taken = await take_out(settings, policies(), APPLICATION, before, "审计抽查", "shen.ji")
        looks = await db.fetch("SELECT token, field, purpose, who FROM vault.reveals")
        assert [tuple(row) for row in looks] == [("tok000000001", "case", "审计抽查", "shen.ji")]
        assert taken.content == tampered.content
    finally:
        await db.close()


def test_the_fact_that_keeps_a_text_is_known_by_its_fields() -> None:
    assert {"hash", "text"} <= set(RuleTextRecorded.__struct_fields__)
