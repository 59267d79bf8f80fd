"""Every process, as compose runs it: touches its own file, and serves its metrics on its own port."""

from contextlib import AsyncExitStack
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from projections.engine.migrate import migrate
from services.flow import PROCESSES
from services.machine.supervisor import Supervisor
from services.runtime.embedded.home import free_port
from services.runtime.settings import Settings
from services.runtime.telemetry import metrics_port
from services.runtime.vault import make_key_file
from tests.whole_ledger import until


async def test_every_process_touches_its_file_and_serves_its_metrics(
    settings: Settings, tmp_path: Path
) -> None:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    # the intake over HTTP runs only where it has a port
    more = {name: free_port() for name in ("metrics_port", "web_port", "http_intake_port")}
    alarms: list[str] = []
    files = {process.name: tmp_path / f"{process.name}.alive" for process in PROCESSES}
    settings = settings.model_copy(update=more)

    def served(name: str) -> bool:
        address = f"http://127.0.0.1:{metrics_port(settings, name)}/metrics"
        try:
            with urlopen(address, timeout=5) as answer:
                return b"python_info" in answer.read()
        except (URLError, OSError):
            return False

    def touched(name: str) -> bool:
        return files[name].exists()

    def forget(name: str) -> None:
        files[name].unlink()

    async with AsyncExitStack() as running:
        for name, file in files.items():
            own = settings.model_copy(update={"health_file": str(file)})
            await running.enter_async_context(Supervisor(own, (name,), alarms.append))
        for name in files:

            async def lives(name: str = name) -> bool:
                return touched(name) and served(name)

            await until(f"a sign of life of {name}", lives)
        for name in files:
            forget(name)

            async def lives_on(name: str = name) -> bool:
                return touched(name)

            await until(f"another sign of life of {name}", lives_on)
    assert alarms == []
