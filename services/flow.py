"""READ FIRST. The flow: every process, what it reads, what it writes, and who does it.

A message becomes money in this order. Each row runs as `benefit-ledger run NAME`, keeps nothing on
disk, and can be killed at any moment.
"""

from typing import NamedTuple


class Process(NamedTuple):
    """One process: its name, its topics and tables, and the function that runs it."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    handler: str
    does: str
    does_zh: str
    only_with: str = ""  # a setting; where that is not set, nobody runs the process

    @property
    def meets_books(self) -> bool:
        """Whether it reads or writes the tables of the books."""
        return any("books.*" in place for place in self.reads + self.writes)


PROCESSES: tuple[Process, ...] = (
    Process(
        "intake",
        reads=("benefits.*.v1 (upstream)",),
        writes=("vault", "commands", "benefits.dead-letters.v1"),
        handler="services.intake.worker:run",
        does="checks what upstream publishes, maps identities to tokens, packs commands",
        does_zh="受理：校验报文，身份换成代号，打包成命令",
    ),
    Process(
        "desk",
        reads=("commands", "ledger"),
        writes=("ledger", "commands (follow-ups)"),
        handler="services.desk.worker:run",
        does="decides under the notices and the caps; what it writes is the truth",
        does_zh="审核：按文件和限额作出决定，记入总账",
    ),
    Process(
        "projector",
        reads=("ledger", "benefits.dead-letters.v1"),
        writes=("Postgres: books.*",),
        handler="projections.engine.runner:run",
        does="turns facts into rows, journal entries and positions, in one transaction",
        does_zh="入库：事实变成台账、凭证和位点",
    ),
    Process(
        "outcomes",
        reads=("ledger", "benefits.dead-letters.v1"),
        writes=("benefits.outcomes.v1",),
        handler="services.outcomes.worker:run",
        does="tells upstream every decision, refusal and payment state, without personal data",
        does_zh="回执：把每个结果告诉上游，不带个人信息",
    ),
    Process(
        "clerk",
        reads=("Postgres: books.*", "vault"),
        writes=("commands", "payment files", "benefits.applications.v1 (released files)"),
        handler="services.clerk.worker:run",
        does="asks what is due today, and writes the payment file of a released batch",
        does_zh="到期：今天该付的、该发送的批次",
    ),
    Process(
        "web",
        reads=("Postgres: books.*", "vault (masked)"),
        writes=("commands",),
        handler="services.web.server:run",
        does="shows the books; what staff do becomes a command",
        does_zh="工作台：看账、对账，办理都成为命令",
    ),
    Process(
        "http-intake",
        reads=("POST /v1/events", "Postgres: control.source_tokens"),
        writes=("benefits.*.v1",),
        handler="services.http_intake.worker:run",
        does="publishes what systems without Kafka send over HTTP, and answers for each event",
        does_zh="HTTP 受理：没有 Kafka 的系统发来的报文，逐条答复并发到主题",
        only_with="http_intake_port",
    ),
)

BY_NAME: dict[str, Process] = {process.name: process for process in PROCESSES}
