"""Operating failures: what went wrong around us, and what the person at the machine can do.

A business refusal is a fact, and a broken invariant stops the worker; these are the third kind.
Each message has three parts: what happened, to which thing, and what to do.
"""

from pathlib import Path
from typing import ClassVar


class OperatingFailure(Exception):
    """The surroundings failed; nothing is wrong with the books.

    Holds: `may_pass` says whether trying again later can help
    """

    may_pass: ClassVar[bool] = False

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}\n{do}")
        self.what = what
        self.do = do


class NotConfigured(OperatingFailure):
    """A setting that this process needs is not there."""


class HomeInUse(OperatingFailure):
    """Another ledger runs on the same data directory."""

    def __init__(self, home: Path, owner: str) -> None:
        super().__init__(
            f"{home} 上已有另一个台账在运行（{owner}）。",
            "请先停止它，或用 BENEFIT_LEDGER_DATA_DIR 给这一个另设目录。",
        )


class PortTaken(OperatingFailure):
    """Something else listens on a port that was asked for."""

    def __init__(self, port: int, wanted_by: str, taken_by: str) -> None:
        super().__init__(
            f"{wanted_by} 指定的端口 {port} 已被 {taken_by} 占用。",
            "请结束那个程序，或不设端口：系统会自选一个空闲的。",
        )


class DiskFull(OperatingFailure):
    """The disk that holds the data has too little room."""

    may_pass = True

    def __init__(self, path: Path, free_bytes: int) -> None:
        super().__init__(
            f"{path} 所在磁盘只剩 {free_bytes / 1e6:,.0f} MB，空间不足。",
            "请腾出空间，或用 BENEFIT_LEDGER_DATA_DIR 改到另一块磁盘。已确认的数据没有丢失。",
        )


class ServerEnded(OperatingFailure):
    """A server of ours ended, or stayed silent while it was being started."""

    may_pass = True

    def __init__(self, server: str, what: str, log: Path) -> None:
        super().__init__(f"{server} {what}", f"详见日志 {log}，处理后请重新启动。")


class DownloadFailed(OperatingFailure):
    """A file could not be fetched."""

    may_pass = True

    def __init__(self, file: str, source: str, why: str) -> None:
        super().__init__(
            f"未能取得 {file}，来源 {source}：{why}",
            "请检查网络后重新启动，已取完的会保留；Maven 镜像可用 "
            "BENEFIT_LEDGER_MAVEN_REPOSITORY 指定。",
        )


class ChecksumMismatch(OperatingFailure):
    """A fetched file is not the one that was pinned."""

    def __init__(self, file: str, source: str, expected: str, found: str) -> None:
        super().__init__(
            f"从 {source} 取得的 {file} 与锁定的不是同一文件：SHA-256 为 {found}，"
            f"应为 {expected}。已删除。",
            "请不要再用这个来源，用 BENEFIT_LEDGER_MAVEN_REPOSITORY 另指一个。",
        )


class BrokerAway(OperatingFailure):
    """Kafka does not answer."""

    may_pass = True

    def __init__(self, bootstrap: str, why: str) -> None:
        super().__init__(
            f"Kafka（{bootstrap}）没有应答：{why}",
            "请启动它（benefit-ledger up 自带一个），或设置 BENEFIT_LEDGER_KAFKA_BOOTSTRAP。",
        )


class DatabaseAway(OperatingFailure):
    """PostgreSQL does not answer."""

    may_pass = True

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"PostgreSQL（{address}）没有应答：{why}",
            "请启动它（benefit-ledger up 自带一个），或设置 BENEFIT_LEDGER_POSTGRES_DSN。",
        )


class TopicsMissing(OperatingFailure):
    """Topics that every process relies on are not there."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"缺少主题：{'、'.join(names)}。",
            "请用 benefit-ledger topics 建立。台账运行过的，主题是被删除了：须恢复，"
            "空主题不是总账。",
        )


class LedgerGone(OperatingFailure):
    """One half of the truth is missing; an empty one would decide everything anew."""

    def __init__(self, topic: str, kept: str) -> None:
        super().__init__(
            f"没有主题 {topic}，而 {kept}：台账运行过，主题是丢失或被删除的，没有新建。",
            "请从同一时刻的备份恢复 ledger、commands、身份库和账本。确要从头开始的，"
            "请换一个 BENEFIT_LEDGER_DATA_DIR，或换一套 Kafka 与数据库。",
        )


class TopicDiffers(OperatingFailure):
    """A topic is there, but not as the ledger needs it."""

    def __init__(self, name: str, differences: str) -> None:
        super().__init__(
            f"主题 {name} 与台账的要求不同：{differences}。",
            "在用台账的分区数不能改（记录会换分区）：请把 BENEFIT_LEDGER_PARTITIONS 设成主题的"
            "分区数；主题的其他设置请用 Kafka 的 kafka-configs 改正。",
        )
