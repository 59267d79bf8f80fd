"""The broker's jars: fetched once, checked against their pins, from any repository."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.runtime.embedded import kafka_jars
from services.runtime.errors import ChecksumMismatch, DownloadFailed

PATHS = ("org/one/first/1.0/first-1.0.jar", "org/two/second/2.1/second-2.1.jar")


class Repository:
    """A Maven repository of two jars on this machine."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.folder = folder
        handler = type("Handler", (SimpleHTTPRequestHandler,), {"log_message": self._log})
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(handler, directory=str(folder))
        )
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _log(self, _form: str, *parts: object) -> None:
        self.asked.append(str(parts[0]))

    def put(self, path: str, content: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    repository = Repository(tmp_path / "repository")
    pins = tmp_path / "pins"
    pins.write_text("# a comment\n")
    for path in PATHS:
        repository.put(path, path.encode())
        with pins.open("a") as stream:
            stream.write(f"{hashlib.sha256(path.encode()).hexdigest()}  {path}\n")
    monkeypatch.setattr(kafka_jars, "PINS", pins)
    yield repository
    repository.close()


def test_jars_are_fetched_once(repository: Repository, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fetched = kafka_jars.jars(cache, repository.address)
    assert [file.read_bytes().decode() for file in fetched] == list(PATHS)
    asked = len(repository.asked)
    assert kafka_jars.jars(cache, repository.address) == fetched
    assert len(repository.asked) == asked


def test_a_jar_that_was_cut_off_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    cut, _ = kafka_jars.jars(tmp_path / "cache", repository.address)
    cut.write_bytes(cut.read_bytes()[:5])
    again, _ = kafka_jars.jars(tmp_path / "cache", repository.address)
    assert again.read_bytes().decode() == PATHS[0]


def test_a_jar_that_is_not_the_pinned_one_is_refused_and_removed(
    repository: Repository, tmp_path: Path
) -> None:
    repository.put(PATHS[1], b"something else")
    with pytest.raises(ChecksumMismatch, match=r"second-2\.1\.jar"):
        kafka_jars.jars(tmp_path / "cache", repository.address)
    assert not list((tmp_path / "cache").rglob("second-2.1.jar"))


def test_a_jar_that_is_not_there_is_named_with_its_source(
    repository: Repository, tmp_path: Path
) -> None:
    (repository.folder / PATHS[0]).unlink()
    with pytest.raises(DownloadFailed, match=r"first-1\.0\.jar.*127\.0\.0\.1"):
        kafka_jars.jars(tmp_path / "cache", repository.address)


def test_the_pinned_jars_hold_one_version_of_kafka_and_a_log_binding() -> None:
    coordinates = [pin.coordinate for pin in kafka_jars.pins()]
    kafka = [name for name in coordinates if name.startswith("org.apache.kafka:")]
    assert f"org.apache.kafka:kafka-clients:{kafka_jars.VERSION}" in kafka
    assert {name.rsplit(":", 1)[1] for name in kafka} == {kafka_jars.VERSION}
    assert set(kafka_jars.WANTED) <= set(coordinates)
