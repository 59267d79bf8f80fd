"""A package that nobody may write to: what every account may read already is not touched."""

from pathlib import Path

import pytest

from services.runtime.embedded.postgres_server import make_readable


def test_what_may_be_read_already_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "postgres"
    program.parent.mkdir(mode=0o700)
    program.touch(mode=0o700)
    make_readable(program.parent, files=0o555)
    assert program.parent.stat().st_mode & 0o777 == 0o755
    assert program.stat().st_mode & 0o777 == 0o755

    def read_only(path: Path, mode: int) -> None:
        raise OSError(30, "Read-only file system", str(path), mode)

    monkeypatch.setattr(Path, "chmod", read_only)
    make_readable(program.parent, files=0o555)
    with pytest.raises(OSError, match="Read-only"):
        make_readable(program.parent, files=0o777)
