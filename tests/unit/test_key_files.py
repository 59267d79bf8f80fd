"""Key files: made once, its owner's alone, each process with its own, old public keys kept."""

from pathlib import Path

import pytest

from services.runtime.errors import NotConfigured
from services.runtime.seals.key_files import (
    READERS,
    ledger_keys,
    ledger_seal,
    make_keys,
    packet_keys,
    packet_seal,
)
from services.runtime.seals.ledger_seals import Signed
from services.runtime.seals.packet_seals import PRODUCERS

PACKET = b"[]"


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    assert make_keys(tmp_path)
    made = files(tmp_path)
    assert not make_keys(tmp_path)
    assert files(tmp_path) == made
    for path in tmp_path.rglob("*.key"):
        assert path.stat().st_mode & 0o777 == 0o600, path
    for folder in tmp_path.iterdir():
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_only_the_desk_can_sign_and_only_the_desk_holds_every_producers_key(
    tmp_path: Path,
) -> None:
    make_keys(tmp_path)
    assert [p.parent.name for p in tmp_path.rglob("ledger.key")] == ["desk"]
    for name in PRODUCERS:
        headers = packet_seal(tmp_path, name).headers("commands", 3, PACKET)
        keys = packet_keys(tmp_path)
        assert keys.why_foreign("commands", 3, PACKET, headers) == ""
        assert "not that of" in keys.why_foreign("commands", 4, PACKET, headers)
        assert "not that of" in keys.why_foreign("other", 3, PACKET, headers)
        claims = [("producer", b"desk" if name != "desk" else b"web"), headers[1]]
        assert "not that of" in keys.why_foreign("commands", 3, PACKET, claims)


def test_every_reader_verifies_and_what_an_earlier_key_signed_stays_verified(
    tmp_path: Path,
) -> None:
    make_keys(tmp_path)
    earlier = ledger_seal(tmp_path).headers("ledger", 0, b"point")
    (tmp_path / "desk" / "ledger.key").unlink()
    assert make_keys(tmp_path)
    later = ledger_seal(tmp_path).headers("ledger", 0, b"point")
    assert earlier != later
    for reader in READERS:
        keys = ledger_keys(tmp_path, reader)
        assert len(keys.names) == 2
        for headers in (earlier, later):
            assert keys.signed("ledger", 0, b"point", headers) is Signed.OURS


def test_a_key_that_is_missing_or_open_to_others_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="key make"):
        packet_seal(tmp_path, "web")
    with pytest.raises(NotConfigured, match="key make"):
        ledger_keys(tmp_path, "projector")
    make_keys(tmp_path)
    key = tmp_path / "web" / "commands.key"
    key.chmod(0o644)
    with pytest.raises(NotConfigured, match="chmod 600"):
        packet_seal(tmp_path, "web")
    key.chmod(0o600)
    key.write_text("no key")
    with pytest.raises(NotConfigured, match="不是 base64"):
        packet_seal(tmp_path, "web")
