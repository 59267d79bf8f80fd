"""Desk context: what the partition owners of one process share: connections, keys, limits."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from aiokafka.client import AIOKafkaClient

from services.desk.command_runner import StateMachine
from services.desk.limits import Limits
from services.desk.recovery import FollowUps
from services.desk.restart_counter import RestartCounter
from services.runtime.kafka.packets import PacketSender
from services.runtime.seals.ledger_seals import LedgerKeys, LedgerSeal
from services.runtime.seals.packet_seals import PacketKeys
from services.runtime.topics import Topics


class DeskKeys(NamedTuple):
    """The keys of a desk: it signs the ledger, verifies it, and knows every producer of packets."""

    ledger: LedgerSeal
    ledger_keys: LedgerKeys
    packets: PacketKeys


class DeskContext(NamedTuple):
    """What the owners of one process share."""

    bootstrap: str
    topics: Topics
    client: AIOKafkaClient
    sender: PacketSender
    new_state_machine: Callable[[], StateMachine]
    follow_ups: FollowUps
    decide_lock: asyncio.Lock
    """Held by the owner that decides: there is one processor, and the others commit meanwhile."""

    restart_counter: RestartCounter
    keys: DeskKeys
    limits: Limits = Limits()
    configuration: str = ""
    """By what this desk decides; every checkpoint says so."""
    desk: str = ""
    """Which process this is."""
