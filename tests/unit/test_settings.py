"""Settings: said once, refused where they would expose the pages, and handed on unchanged."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from services.flow import PROCESSES
from services.runtime import settings as module
from services.runtime.settings import PREFIX, Settings, describe
from services.runtime.telemetry import metrics_port


def test_every_setting_says_what_it_means() -> None:
    assert all(setting.meaning.endswith(".") for setting in describe())
    assert all(setting.variable.startswith(PREFIX) for setting in describe())


def test_pages_are_served_on_loopback_only() -> None:
    assert Settings(web_host="::1").web_host == "::1"
    with pytest.raises(ValueError, match="in the clear"):
        Settings(web_host="0.0.0.0")


def test_only_a_container_may_serve_pages_on_all_its_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IN_CONTAINER", (tmp_path / "mark",))
    with pytest.raises(ValueError, match="in the clear"):
        Settings(web_host="0.0.0.0", web_published_on_loopback=True)
    (tmp_path / "mark").touch()
    assert Settings(web_host="0.0.0.0", web_published_on_loopback=True).web_host == "0.0.0.0"
    with pytest.raises(ValueError, match="in the clear"):
        Settings(web_host="0.0.0.0")


def test_pages_are_served_to_others_over_tls_alone() -> None:
    own = Settings(web_host="10.0.0.5", web_certificate="c.pem", web_certificate_key="k.pem")
    assert own.web_host == "10.0.0.5"
    assert Settings(web_host="10.0.0.5", web_proxy="10.0.0.1").web_proxy == "10.0.0.1"
    with pytest.raises(ValueError, match="both their certificate and the key"):
        Settings(web_certificate="c.pem")
    for proxy in ("*", "10.0.0.0/8", "proxy.example.org"):
        with pytest.raises(ValueError, match="no address of one proxy"):
            Settings(web_proxy=proxy)


def test_metrics_leave_the_machine_only_from_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IN_CONTAINER", (tmp_path / "mark",))
    with pytest.raises(ValueError, match="metrics are served on loopback"):
        Settings(metrics_host="0.0.0.0")
    (tmp_path / "mark").touch()
    assert Settings(metrics_host="0.0.0.0").metrics_host == "0.0.0.0"


def test_every_process_has_a_port_of_its_own_for_metrics() -> None:
    settings = Settings(metrics_port=9100)
    ports = [metrics_port(settings, process.name) for process in PROCESSES]
    assert ports == list(range(9100, 9100 + len(PROCESSES)))


PASSWORDS = ("plain", "p@ss/w#rd%", "%40", "a:b?c=d&e", "汉字 blank", "'\"\\$x")


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_may_hold_what_means_something_in_an_address(password: str) -> None:
    settings = Settings(
        postgres_dsn="postgresql://clerk@db.example:5433/books?sslmode=require",
        postgres_password=password,
    )
    parts = urlsplit(settings.postgres_dsn)
    assert unquote(parts.password or "") == password
    assert (parts.username, parts.hostname, parts.port) == ("clerk", "db.example", 5433)
    assert (parts.path, parts.query) == ("/books", "sslmode=require")
    again = Settings(postgres_dsn=settings.postgres_dsn, postgres_password=password)
    assert again.postgres_dsn == settings.postgres_dsn  # as `up` hands it on to its processes
    assert password == "plain" or password not in repr(settings)


def test_the_key_lies_beside_the_data_unless_said_otherwise(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).vault_key_file == tmp_path / "vault.key"
    key = tmp_path / "elsewhere"
    assert Settings(data_dir=tmp_path, vault_key_file=key).vault_key_file == key


def test_the_environment_comes_before_the_servers_of_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "servers.json").write_text('{"kafka_bootstrap": "a:1", "postgres_dsn": "b"}')
    monkeypatch.setenv("BENEFIT_LEDGER_DATA_DIR", str(tmp_path))
    assert Settings().kafka_bootstrap == "a:1"
    monkeypatch.setenv("BENEFIT_LEDGER_KAFKA_BOOTSTRAP", "c:2")
    assert Settings().kafka_bootstrap == "c:2"
    assert Settings().postgres_dsn == "b"


def test_the_cache_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENEFIT_LEDGER_CACHE", str(tmp_path))
    assert Settings().cache_dir == tmp_path
