"""Sides: a commit laid out in a temporary directory, and its command line run from there.

In:   a commit; the packages of the present environment
Out:  what its commands print; its long processes, until they are stopped
Holds: a side sees its own tree and installed packages, never the present checkout: its interpreter
       has a site of its own, without the editable install. Nothing of a side is imported here: its
       command is found by its own pyproject.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import tarfile
import tomllib
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

ROOT = Path(__file__).parents[2]
PREFIX = "BENEFIT_LEDGER_"
_LAUNCHER = Path(__file__).with_name("launcher.py")
_CALL = (
    "import sys; from {module} import {function} as call; sys.argv[0] = 'benefit-ledger'; call()"
)
_KEPT_SETTINGS = ("BENEFIT_LEDGER_CACHE", "BENEFIT_LEDGER_MAVEN_REPOSITORY")
_STOP_SECONDS = 60
_CALL_SECONDS = 3600


class NotRun(Exception):
    """A side could not be laid out or started; the message says why."""


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: str
    out: str
    err: str


Moved = Callable[[int], None]
"""Told how many calls of a plan are done."""


def commit_of(name: str, repository: Path = ROOT) -> str:
    """The full id of a commit.

    Raises: NotRun
    """
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise NotRun(f"git knows no commit {name}")
    return found.stdout.strip()


def interpreter(home: Path) -> Path:
    """Make an interpreter that has the present packages, but not the present checkout."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(home)
    (site,) = home.glob("lib/python*/site-packages")
    packages = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site / "present.pth").write_text("".join(f"{path}\n" for path in packages))
    return home / "bin" / "python"


class Side:
    """One commit, ready to run."""

    def __init__(
        self, name: str, commit: str, home: Path, python: Path, repository: Path = ROOT
    ) -> None:
        """Lay a commit out under `home`.

        Raises: NotRun
        """
        self.name = name
        self.commit = commit
        self.tree = home / "tree"
        self._home = home
        self._python = python
        self._plans = 0
        self.tree.mkdir(parents=True)
        archive = home / "tree.tar"
        subprocess.run(["git", "archive", "--output", archive, commit], cwd=repository, check=True)
        with tarfile.open(archive) as packed:
            packed.extractall(self.tree, filter="data")
        archive.unlink()
        pages = repository / "node_modules"
        if pages.is_dir():
            (self.tree / "node_modules").symlink_to(pages.resolve())
        scripts = tomllib.loads((self.tree / "pyproject.toml").read_text())["project"]["scripts"]
        self.entry = str(scripts["benefit-ledger"])

    @property
    def places(self) -> dict[str, str]:
        """This side's own directories, as they may stand in what it prints."""
        return {str(self._home): "SIDE"}

    def environment(self, **settings: object) -> dict[str, str]:
        """The surroundings of a process of this side: its tree first, and only these settings."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith((PREFIX, "PYTHON")) or name in _KEPT_SETTINGS
        }
        own = {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
        fixed = {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUNBUFFERED": "1"}
        return {**kept, **fixed, **own, "PYTHONPATH": str(self.tree)}

    def command(self, *arguments: str) -> list[str]:
        """The command line of a call of `benefit-ledger`."""
        module, _, function = self.entry.partition(":")
        call = _CALL.format(module=module, function=function)
        return [str(self._python), "-P", "-c", call, *arguments]

    def call(self, *arguments: str, **settings: object) -> Said:
        """Call `benefit-ledger` as a user does, and wait for its end."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.tree,
            env=self.environment(**settings),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_CALL_SECONDS,
            check=False,
        )
        out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        return Said(str(done.returncode), out, err)

    def call_each(
        self, calls: Sequence[Sequence[str]], moved: Moved = lambda _done: None, **settings: object
    ) -> list[Said]:
        """Call it once for each of `calls`, in one process that starts once.

        Raises: NotRun when the process itself ends early
        """
        self._plans += 1
        folder = self._home / f"calls-{self._plans}"
        folder.mkdir()
        paths = [folder / f"{number:05}.x" for number, _ in enumerate(calls)]
        plan = folder / "plan.json"
        plan.write_bytes(
            orjson.dumps(
                [
                    {"arguments": list(call), "path": str(path)}
                    for call, path in zip(calls, paths, strict=True)
                ]
            )
        )
        log = folder / "launcher.log"
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                [str(self._python), "-P", str(_LAUNCHER), self.entry, str(plan)],
                cwd=self.tree,
                env=self.environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                moved(int(line))
        if process.returncode:
            raise NotRun(f"{self.name}: the command line ended early: {_tail(log)}")
        said = [
            Said(
                path.with_suffix(".code").read_text(),
                path.with_suffix(".out").read_text(errors="replace"),
                path.with_suffix(".err").read_text(errors="replace"),
            )
            for path in paths
        ]
        shutil.rmtree(folder)
        return said

    @contextlib.contextmanager
    def running(self, *arguments: str, **settings: object) -> Iterator["Running"]:
        """Keep a long process running for as long as the block lasts."""
        self._plans += 1
        log = self._home / f"running-{self._plans}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.tree,
                env=self.environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Running(f"{self.name} {' '.join(arguments)}", process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Running(NamedTuple):
    """A process that was started."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def must_live(self) -> None:
        """Say so when it has ended by itself.

        Raises: NotRun
        """
        if self.process.poll() is not None:
            raise NotRun(f"{self.name} ended with {self.process.returncode}: {_tail(self.log)}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-1500:].strip() or "(it printed nothing)"
