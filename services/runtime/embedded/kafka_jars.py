"""Apache Kafka's jars: fetched once from Maven Central, each checked against its pinned SHA-256.

In:   `kafka-jars.sha256` in the folder above, which `sha256sum --check` reads too
Out:  a directory with all jars, kept in the user's cache
Holds: no jar is used that is not the pinned one
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests
from filelock import FileLock
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from services.runtime.errors import ChecksumMismatch, DownloadFailed

VERSION = "4.2.0"
# Without a log binding the broker logs nothing and dies silently.
WANTED = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3",
)
PINS = Path(__file__).parents[1] / "kafka-jars.sha256"


class Pin(NamedTuple):
    """One jar: its digest, and its place in a Maven repository."""

    sha256: str
    path: Path

    @property
    def coordinate(self) -> str:
        """Group, artifact and version, as the resolver wants them."""
        *group, artifact, version, _file = self.path.parts
        return f"{'.'.join(group)}:{artifact}:{version}"


def pins() -> list[Pin]:
    """The pinned jars."""
    lines = PINS.read_text().splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if not line.startswith("#"))
    return [Pin(sha256, Path(path)) for sha256, path in pairs]


def jars(cache: Path, repository: str = "", console: Console | None = None) -> list[Path]:
    """Every jar of the broker, fetched when the cache has it not.

    Raises: DownloadFailed, ChecksumMismatch
    """
    store = cache / "maven"
    store.mkdir(parents=True, exist_ok=True)
    source = repository or MAVEN_CENTRAL_URL
    with FileLock(store / "lock"):  # two first starts at once fetch only once
        missing = [pin for pin in pins() if not _is_right(store / pin.path, pin)]
        if missing:
            with _progress(len(missing), console or Console(stderr=True)) as resolver:
                context = MavenContext(resolver, store, [], {"source": source}, timeout=60)
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(lambda pin: _fetch(context, store, pin, source), missing))
    return [store / pin.path for pin in pins()]


def _is_right(file: Path, pin: Pin) -> bool:
    return file.exists() and _digest(file) == pin.sha256


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _fetch(context: MavenContext, store: Path, pin: Pin, source: str) -> None:
    target = store / pin.path
    target.unlink(missing_ok=True)  # a download that was cut off
    try:
        context.create_dependency(pin.coordinate).artifact.resolve()
    except (requests.RequestException, RuntimeError, OSError) as error:
        target.unlink(missing_ok=True)
        raise DownloadFailed(pin.path.name, source, str(error)) from error
    found = _digest(target)
    if found != pin.sha256:
        target.unlink()
        raise ChecksumMismatch(pin.path.name, source, pin.sha256, found)


@contextmanager
def _progress(count: int, console: Console) -> Iterator[PythonResolver]:
    """A resolver whose downloads all move one bar."""
    title = f"Apache Kafka {VERSION}, {count} jars"
    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    if not console.is_terminal:
        console.print(f"Fetching {title} …")
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task, known, lock = progress.add_task(title, total=0), [0], threading.Lock()

        @contextmanager
        def one_file(_name: str, size: int) -> Iterator[Callable[[int], None]]:
            with lock:
                known[0] += size
                progress.update(task, total=known[0])
            yield lambda count: progress.advance(task, count)

        yield PythonResolver(progress_callback=one_file)


def _pin_anew(store: Path) -> None:
    """Resolve what the broker needs and write the list; for whoever moves to another version."""
    context = MavenContext(PythonResolver(), store, [])
    chosen: dict[str, Path] = {}
    for wanted in WANTED:
        # One by one, the broker first: resolved together, the log binding's list of versions
        # would put Kafka 3.9's clients under a broker of 4.2.
        inputs, found = context.resolver.resolve([context.create_dependency(wanted)])
        for dependency in [*inputs, *found]:
            if dependency.scope in ("compile", "runtime", None):
                name = f"{dependency.groupId}:{dependency.artifactId}"
                if name not in chosen:
                    chosen[name] = dependency.artifact.resolve().relative_to(store)
    paths = set(chosen.values())
    head = f"# The jars of {' and '.join(WANTED)}; written by python -m services.runtime.embedded.kafka_jars\n"
    PINS.write_text(head + "".join(f"{_digest(store / p)}  {p}\n" for p in sorted(paths)))


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        _pin_anew(Path(directory))
