"""Requests that came before their time, by the application that they wait for."""

from collections.abc import Mapping
from types import MappingProxyType

from events.early import RequestKept

EarlyRequests = Mapping[str, tuple[RequestKept, ...]]
NONE_KEPT: EarlyRequests = MappingProxyType({})
