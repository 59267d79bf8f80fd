"""Compose as shipped, on a real engine: `python -m tests.compose`, or `make compose-test`.

In:   an engine (DOCKER_HOST, else the usual socket); other images by the file's own variables
Out:  0 when everything was seen, 1 when not; 77 where there is no engine (1 with REQUIRE_DOCKER=1)
Holds: a project, a copy of the files and volumes of its own, which are gone afterwards
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
from confluent_kafka import Consumer

from services.flow import PROCESSES
from services.runtime.embedded.home import free_port

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = Path(sysconfig.get_path("scripts"), "docker-compose")
PROJECT = "benefit-ledger-test"
EXAMPLES = ROOT / "docs" / "reference" / "examples"
APPLICATION = "district-211202.hrss:TL-2022-005120"
PASSWORD = "p@ss/w#rd%"
NO_ENGINE = 77
IDLE_SECONDS = 40.0
IDLE_CORES = 0.3


class Project:
    """The files as a user has them after a clone, with a `.env` from the example."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web_port, self.kafka_port = free_port(), free_port()
        for name in _shipped():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        own = {
            "POSTGRES_PASSWORD": f"'{PASSWORD}'",
            "WEB_PORT": str(self.web_port),
            "KAFKA_PORT": str(self.kafka_port),
        }
        lines = (folder / ".env.example").read_text().splitlines()
        (folder / ".env").write_text(
            "".join(
                f"{name}={own.get(name, value)}\n" if equals else f"{line}\n"
                for line in lines
                for name, equals, value in [line.partition("=")]
            )
        )

    def call(
        self, *arguments: str, given: bytes = b"", seconds: float = 900
    ) -> subprocess.CompletedProcess[bytes]:
        """Call compose."""
        return subprocess.run(
            [str(COMPOSE), "-p", PROJECT, *arguments],
            cwd=self.folder,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
        )

    def must(self, *arguments: str, given: bytes = b"") -> str:
        """Call compose, and end where it fails."""
        done = self.call(*arguments, given=given)
        if done.returncode:
            tail = (done.stdout + done.stderr).decode(errors="replace")[-3000:]
            raise AssertionError(f"compose {' '.join(arguments)}: {done.returncode}\n{tail}")
        return done.stdout.decode()

    def states(self) -> dict[str, str]:
        """Every service that runs for ever, with its health."""
        lines = self.must("ps", "--format", "json").splitlines()
        found = [orjson.loads(line) for line in lines if line.strip()]
        return {one["Service"]: one["Health"] for one in found}


def _shipped() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


class Engine:
    """What the engine itself says, by its own interface."""

    def __init__(self) -> None:
        host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        socket = host.removeprefix("unix://") if host.startswith("unix://") else None
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=socket) if socket else None,
            base_url="http://engine" if socket else host.replace("tcp://", "http://"),
            timeout=30,
        )

    def answers(self) -> bool:
        """Whether there is one."""
        try:
            return self._client.get("/_ping").status_code == 200
        except httpx.HTTPError:
            return False

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time of each container of the project so far."""
        label = orjson.dumps({"label": [f"com.docker.compose.project={PROJECT}"]}).decode()
        containers = self._client.get("/containers/json", params={"filters": label}).json()
        found = {}
        for one in containers:
            stats = self._client.get(
                f"/containers/{one['Id']}/stats", params={"stream": "false", "one-shot": "true"}
            ).json()
            name = one["Labels"]["com.docker.compose.service"]
            found[name] = stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
        return found


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say what was done and how long it took."""
    began = time.monotonic()
    yield
    _say(f"{time.monotonic() - began:7.1f} s  {what}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Bring it up, use it, look at it, take it down."""
    engine = Engine()
    if not engine.answers():
        _say("no engine answers: set DOCKER_HOST, or start one")
        return 1 if os.environ.get("REQUIRE_DOCKER") == "1" else NO_ENGINE
    with tempfile.TemporaryDirectory(prefix="compose-") as folder:
        project = Project(Path(folder))
        project.call("down", "--volumes", "--remove-orphans")
        try:
            _seen(project, engine)
        except (AssertionError, httpx.HTTPError) as failure:
            _say(f"FAILED: {failure}")
            _say(project.call("ps", "--all").stdout.decode())
            _say(project.call("logs", "--tail", "15").stdout.decode()[-8000:])
            return 1
        finally:
            project.call("down", "--volumes", "--remove-orphans", "--timeout", "20")
    _say("compose works as shipped")
    return 0


def _seen(project: Project, engine: Engine) -> None:
    with timed("image built"):
        project.must("build", "keys")
    with timed("up --wait, rc 0"):
        project.must("up", "--wait")
    _all_healthy(project)
    said = project.must("logs", "keys")
    assert "keys key show" in said, said
    key = project.must("run", "--rm", "-T", "keys", "key", "show")
    with timed("the example application is granted"):
        messages = b"".join(
            (EXAMPLES / f"{name}.json").read_bytes()
            for name in ("budget.allocated", "application.submitted")
        )
        project.must("run", "--rm", "-T", "topics", "publish", "/dev/stdin", given=messages)
        _granted(f"127.0.0.1:{project.kafka_port}")
    with httpx.Client(base_url=f"http://127.0.0.1:{project.web_port}") as pages:
        assert pages.get("/").status_code == 200
        shown = _until(lambda: pages.get(f"/applications/{APPLICATION}"), "the application's page")
        assert "TL-2022-005120" in shown.text
    _say("           its page is reached from this machine")
    _metrics(project)
    _idle(engine)
    with timed("down and up again: the same key, healthy"):
        project.must("down", "--timeout", "30")
        project.must("up", "--wait")
        _all_healthy(project)
        assert project.must("run", "--rm", "-T", "keys", "key", "show") == key
    refused = project.call("run", "--rm", "-T", "keys", "key", "take", given=b"A" * 43 + b"=")
    assert refused.returncode == 1, refused
    assert "Traceback" not in refused.stderr.decode(), refused


def _all_healthy(project: Project) -> None:
    wanted = {process.name for process in PROCESSES} | {"kafka", "postgres"}
    states = project.states()
    assert states == dict.fromkeys(wanted, "healthy"), states


def _granted(bootstrap: str) -> None:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "auditor", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(["benefits.outcomes.v1"])
    deadline = time.monotonic() + 120
    seen: list[Any] = []
    try:
        while time.monotonic() < deadline:
            message = consumer.poll(1)
            if message is None or message.error():
                continue
            told = orjson.loads(message.value() or b"{}")
            seen.append((told["type"], told["data"].get("application")))
            if seen[-1] == ("outcome.granted", APPLICATION):
                return
    finally:
        consumer.close()
    raise AssertionError(f"not granted; told was {seen}")


def _until(ask: Any, what: str) -> httpx.Response:
    deadline = time.monotonic() + 60
    while (answer := ask()).status_code != 200:
        assert time.monotonic() < deadline, f"{what}: {answer.status_code}"
        time.sleep(0.5)
    found: httpx.Response = answer
    return found


def _metrics(project: Project) -> None:
    """Every process is asked for its metrics from another container."""
    script = (
        "import sys, urllib.request as u; [u.urlopen(x, timeout=5).read() for x in sys.argv[1:]]"
    )
    addresses = [
        f"http://{process.name}:{9100 + number}/metrics" for number, process in enumerate(PROCESSES)
    ]
    project.must("exec", "-T", "web", "python", "-c", script, *addresses)
    _say("           metrics of every process are read inside the network")


def _idle(engine: Engine) -> None:
    before = engine.cpu_seconds()
    began = time.monotonic()
    time.sleep(IDLE_SECONDS)
    after = engine.cpu_seconds()
    seconds = time.monotonic() - began
    cores = {name: (after[name] - before[name]) / seconds for name in sorted(after)}
    shares = ", ".join(f"{name} {share:.3f}" for name, share in cores.items())
    total = sum(cores.values())
    _say(f"           idle: {total:.3f} cores ({shares})")
    assert total <= IDLE_CORES, f"idle takes {total:.3f} cores"


if __name__ == "__main__":
    sys.exit(main())
