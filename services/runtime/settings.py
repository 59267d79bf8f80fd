"""Settings: everything that can be set from outside, by environment variables or a `.env` file.

Each is `BENEFIT_LEDGER_` and the name below in capitals; `describe()` lists them for the docs.
Where Kafka and PostgreSQL are not named, those of a ledger that runs on `data_dir` are meant.
"""

import ipaddress
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlsplit

import orjson
from platformdirs import user_cache_path
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from services.runtime.topics import Topics

PREFIX = "BENEFIT_LEDGER_"
_IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))
SERVERS_FILE = "servers.json"  # in `data_dir`, while embedded servers run there


class Settings(BaseSettings):
    """What a process needs to know about its surroundings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, validate_default=True
    )

    data_dir: Path = Field(
        Path(".benefit-ledger"),
        description="Directory of the embedded Kafka and PostgreSQL, and of generated files.",
    )
    cache_dir: Path = Field(
        user_cache_path("benefit-ledger"),
        description="Directory of what is downloaded once. BENEFIT_LEDGER_CACHE works too.",
        validation_alias="BENEFIT_LEDGER_CACHE",
    )
    maven_repository: str = Field(
        "",
        description="A mirror of Maven Central to fetch Kafka from; empty means the original.",
    )

    kafka_bootstrap: str = Field(
        "127.0.0.1:9092", description="Addresses of Kafka brokers, separated by commas."
    )
    postgres_dsn: str = Field(
        "postgresql://postgres@127.0.0.1:5432/benefit_ledger",
        description="Address of the PostgreSQL database.",
    )
    postgres_password: str = Field(
        "",
        repr=False,
        description="Password of the database as it is, for an address that names none: there "
        "every @ / # % would have to be written as %40 %2F %23 %25.",
    )
    kafka_port: int = Field(
        0, ge=0, le=65535, description="Port of the embedded broker; 0 takes a free one."
    )
    postgres_port: int = Field(
        0, ge=0, le=65535, description="Port of the embedded database; 0 takes a free one."
    )

    topic_prefix: str = Field(
        "", pattern=r"^[a-z0-9.-]*$", description="Put before every topic's name; tests use it."
    )
    partitions: int = Field(
        12, ge=1, le=1000, description="Partitions of each topic; never changed on a living ledger."
    )
    replication: int = Field(
        1, ge=1, le=9, description="Copies of each partition; 3 in a cluster, 1 on one node."
    )

    web_host: str = Field(
        "127.0.0.1",
        description="Address that the pages are served on: loopback; any other one where there are "
        "accounts, and a certificate of its own or a proxy with one.",
    )
    web_names: str = Field(
        "",
        description="Host names under which people reach the pages beside loopback, separated by "
        "commas; a request for any other name is refused.",
    )
    web_certificate: str = Field(
        "", description="File with the certificate of the pages, PEM; empty means no TLS here."
    )
    web_certificate_key: str = Field(
        "", description="File with the private key of that certificate, PEM."
    )
    web_proxy: str = Field(
        "",
        description="Address of the one proxy whose X-Forwarded headers are believed; it speaks "
        "TLS to people. Empty means none, and such headers change nothing.",
    )
    web_published_on_loopback: bool = Field(
        False,
        description="Only in a container whose port is published on the host's loopback: "
        "the pages then listen on every address inside it.",
    )
    web_port: int = Field(
        8080, ge=0, le=65535, description="Port of the pages; 0 takes a free one."
    )
    oidc_file: str = Field(
        "",
        description="File that names the organisation's own sign-in (OpenID Connect); empty means none.",
    )
    session_idle_minutes: int = Field(
        15, ge=1, le=240, description="Minutes after which an unused session of the pages is over."
    )
    session_hours: int = Field(
        10,
        ge=1,
        le=24,
        description="Hours after which a session of the pages is over, used or not.",
    )
    http_intake_host: str = Field(
        "127.0.0.1",
        description="Address that HTTP intake is served on: loopback, behind a proxy with TLS; any "
        "other one with a certificate of its own, or in a container.",
    )
    http_intake_port: int = Field(
        0, ge=0, le=65535, description="Port of HTTP intake (`POST /v1/events`); 0 serves none."
    )
    http_intake_certificate: str = Field(
        "", description="File with the certificate of HTTP intake, PEM; empty means no TLS here."
    )
    http_intake_certificate_key: str = Field(
        "", description="File with the private key of that certificate, PEM."
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address that metrics are served on: loopback, or in a container any address.",
    )
    http_intake_metrics_host: str = Field(
        "",
        description="Host where pages and doctor find the metrics of HTTP intake, where it runs in "
        "another container; empty means this machine.",
    )
    metrics_port: int = Field(
        0,
        ge=0,
        le=65500,
        description="Port of the metrics of `intake`; each further process of services/flow.py has "
        "the next one. 0 serves none.",
    )

    closes_years_from: int = Field(
        0,
        ge=0,
        le=2100,
        description="First budget year whose lines the clerk closes when it is over; "
        "0: staff or upstream close them.",
    )

    city: Path = Field(
        Path("cities"),
        description="Folder of the city: its accounts, figures, layouts, programmes of its own; or "
        "a folder with a folder a city. `benefit-ledger city new` makes one.",
    )
    practice_clock: str = Field(
        "",
        description="Rehearsals only: a file with the instant at which intake and clerk start; "
        "empty means the real time. Never where money is really paid.",
    )

    health_file: str = Field(
        "", description="A file that a process touches while it lives; empty means none."
    )

    vault_key_file: Path = Field(
        Path(".benefit-ledger/vault.key"),
        description="File with the master key of the vault (32 bytes, base64); `up` makes one.",
    )
    keys_dir: Path = Field(
        Path(".benefit-ledger/keys"),
        description="Directory with the keys of ledger and commands, a folder a process; `up` or "
        "`benefit-ledger key make` makes them. A process needs its own folder alone.",
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="How much is logged."
    )

    @model_validator(mode="after")
    def _only_loopback(self) -> Self:
        if bool(self.web_certificate) != bool(self.web_certificate_key):
            raise ValueError("the pages need both their certificate and the key, or neither")
        if self.web_proxy and not _is_address(self.web_proxy):
            raise ValueError(f"{self.web_proxy} is no address of one proxy: name it by its IP")
        safe = self.web_certificate or self.web_proxy
        if not safe and not only_this_machine(self.web_host, self.web_published_on_loopback):
            raise ValueError(
                f"{self.web_host} can be reached from outside, and passwords would travel in the "
                "clear: give the pages a certificate (web_certificate), or name the proxy that has "
                "one (web_proxy), or serve them on 127.0.0.1"
            )
        if bool(self.http_intake_certificate) != bool(self.http_intake_certificate_key):
            raise ValueError("HTTP intake needs both its certificate and the key, or neither")
        own_tls = bool(self.http_intake_certificate)
        if not own_tls and not only_this_machine(self.http_intake_host, in_container=True):
            raise ValueError(
                f"{self.http_intake_host} can be reached from outside, and tokens would travel in the "
                "clear: give HTTP intake a certificate, or serve it on 127.0.0.1 behind a proxy"
            )
        if not only_this_machine(self.metrics_host, in_container=True):
            raise ValueError(
                f"{self.metrics_host} can be reached from outside: metrics are served on loopback, "
                "or in a container"
            )
        return self

    @model_validator(mode="after")
    def _address_with_password(self) -> Self:
        if self.postgres_password:
            address = urlsplit(self.postgres_dsn)
            user, _, place = address.netloc.rpartition("@")
            name = user.partition(":")[0] or "postgres"
            known = address._replace(
                netloc=f"{name}:{quote(self.postgres_password, safe='')}@{place}"
            )
            object.__setattr__(self, "postgres_dsn", known.geturl())
        return self

    @model_validator(mode="after")
    def _key_beside_the_data(self) -> Self:
        if "vault_key_file" not in self.model_fields_set:
            object.__setattr__(self, "vault_key_file", self.data_dir / "vault.key")
        if "keys_dir" not in self.model_fields_set:
            object.__setattr__(self, "keys_dir", self.data_dir / "keys")
        return self

    @property
    def topics(self) -> Topics:
        """The topics of this ledger."""
        return Topics(self.topic_prefix)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then environment, `.env`, and the servers that run on `data_dir`."""
        return init_settings, env_settings, dotenv_settings, _RunningServers(settings_cls)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def only_this_machine(host: str, in_container: bool) -> bool:
    """Whether nobody but this machine reaches an address.

    Shape: `in_container` says that ports are published on the host's loopback alone, or not at all;
           it is believed only inside a container
    """
    if in_container and any(mark.exists() for mark in _IN_CONTAINER):
        return True
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _RunningServers(PydanticBaseSettingsSource):
    """The addresses that a running embedded ledger has left in its directory."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        default = Settings.model_fields["data_dir"].default
        servers = Path(self.current_state.get("data_dir", default)) / SERVERS_FILE
        try:
            found = orjson.loads(servers.read_bytes())
        except (FileNotFoundError, PermissionError):
            return {}
        return {name: found[name] for name in ("kafka_bootstrap", "postgres_dsn")}


class Described(NamedTuple):
    """One setting, as the reference shows it."""

    variable: str
    default: str
    meaning: str


def describe() -> list[Described]:
    """Every setting with its variable, default and meaning, in their order here."""
    return [
        Described(
            str(field.validation_alias or f"{PREFIX}{name.upper()}"),
            "(the user's cache directory)" if name == "cache_dir" else str(field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
