"""docker-compose.yml, read by Compose itself, holds what operation relies on; no daemon is needed."""

import asyncio
import base64
import json
import os
import socket
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from services.flow import BY_NAME
from services.runtime.city import cities_of
from services.runtime.settings import PREFIX, Settings, describe
from tests.whole_ledger import Said, call

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = Path(sysconfig.get_path("scripts"), "docker-compose")
PROCESSES = set(BY_NAME)
ONCE = {"keys": "key", "topics": "topics", "migrate": "migrate"}
"""What runs before the processes, with the command that it runs."""

SERVERS = {"kafka", "postgres"}
PASSWORD = "p@ss/w#rd%"
NEED_THE_KEY = {name for name, process in BY_NAME.items() if "vault" in str(process)}


def configured(**environment: str) -> dict[str, Any]:
    """The project as Compose understands it."""
    result = subprocess.run(
        [
            COMPOSE,
            "--project-directory",
            ROOT,
            "-f",
            ROOT / "docker-compose.yml",
            "config",
            "--format",
            "json",
        ],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    project: dict[str, Any] = json.loads(result.stdout)
    return project


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return configured(POSTGRES_PASSWORD=PASSWORD)


@pytest.fixture(scope="module")
def services(project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = project["services"]
    return found


def test_every_process_is_a_service_that_runs_it(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == PROCESSES | ONCE.keys() | SERVERS
    for name in PROCESSES:
        assert services[name]["command"] == ["run", name]
    for name, command in ONCE.items():
        assert services[name]["command"][0] == command


def test_what_runs_for_ever_is_watched_and_started_again(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in PROCESSES | SERVERS:
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["healthcheck"]["test"]
    for name in ONCE:  # who waits for its end would take the end of a first try for the last
        assert services[name]["restart"] == "no"


def test_no_process_starts_before_its_topics_and_tables_are_there(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in PROCESSES:
        waits = {on: how["condition"] for on, how in services[name]["depends_on"].items()}
        assert waits == dict.fromkeys(ONCE, "service_completed_successfully")
    assert services["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_nothing_can_be_reached_from_outside_this_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}
    assert [port["target"] for port in services["web"]["ports"]] == [8080]


def test_nothing_asks_for_more_rights_than_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        assert not {"privileged", "cap_add", "network_mode", "pid", "ulimits"} & set(service)
    for name in PROCESSES | ONCE.keys():
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_every_process_reads_the_one_folder_of_the_city_and_cannot_write_it(
    services: dict[str, dict[str, Any]],
) -> None:
    readers = PROCESSES | {"topics"}  # its image answers `doctor` too
    mounted = {
        name: (volume["source"], volume["read_only"], volume["bind"].get("create_host_path", False))
        for name, service in services.items()
        for volume in service.get("volumes", [])
        if volume["target"] == "/city"
    }
    assert mounted == dict.fromkeys(readers, (str(ROOT / "cities/211200"), True, False))
    for name in readers:
        assert services[name]["environment"][f"{PREFIX}CITY"] == "/city"
    assert cities_of(Settings(city=Path(mounted["desk"][0]))).accounts, "the shipped one is whole"
    other = configured(POSTGRES_PASSWORD="secret", CITY_FOLDER="/srv/our-city")["services"]
    assert {
        volume["source"]
        for name in readers
        for volume in other[name]["volumes"]
        if volume["target"] == "/city"
    } == {"/srv/our-city"}


def test_every_setting_that_is_given_exists(services: dict[str, dict[str, Any]]) -> None:
    known = {setting.variable for setting in describe()}
    given = {
        variable
        for name in PROCESSES | ONCE.keys()
        for variable in services[name]["environment"]
        if variable.startswith(PREFIX)
    }
    assert given <= known


def test_a_password_reaches_the_processes_as_it_is(services: dict[str, dict[str, Any]]) -> None:
    for name in PROCESSES | ONCE.keys():
        given = services[name]["environment"]
        settings = Settings(
            postgres_dsn=given[f"{PREFIX}POSTGRES_DSN"],
            postgres_password=given[f"{PREFIX}POSTGRES_PASSWORD"],
        )
        address = urlsplit(settings.postgres_dsn)
        assert (address.hostname, address.port) == ("postgres", 5432)
        assert unquote(address.password or "") == PASSWORD
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == PASSWORD


def test_the_key_is_made_once_into_a_volume_and_only_read_after_that(
    services: dict[str, dict[str, Any]],
) -> None:
    folder = str(Path(services["keys"]["environment"][f"{PREFIX}VAULT_KEY_FILE"]).parent)
    mounted = {
        name: (volume["source"], volume.get("read_only", False))
        for name, service in services.items()
        for volume in service.get("volumes", [])
        if volume["target"] == folder
    }
    assert mounted == {"keys": ("keys", False)} | dict.fromkeys(NEED_THE_KEY, ("keys", True))
    made_for = (ROOT / "deploy/Dockerfile").read_text()
    assert f"install -d -o ledger -m 700 /var/lib/benefit-ledger {folder}" in made_for
    for name in PROCESSES | ONCE.keys():
        assert services[name]["environment"][f"{PREFIX}VAULT_KEY_FILE"].startswith(folder)


def called(*arguments: str, more: dict[str, str]) -> Said:
    return asyncio.run(call(*arguments, more=more))


def test_the_services_commands_make_a_key_say_how_to_save_it_and_take_a_given_one(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    command = services["keys"]["command"]
    assert command[:3] == ["key", "make", "--given"]
    own = {f"{PREFIX}VAULT_KEY_FILE": str(tmp_path / "made" / "vault.key")}
    made = called(*command[:3], "/dev/null", more=own)
    assert made.code == 0, made
    assert "docker compose run --rm -T keys key show" in made.out
    key = Path(own[f"{PREFIX}VAULT_KEY_FILE"])
    assert key.stat().st_mode & 0o777 == 0o600
    text = key.read_text()
    assert called("key", "show", more=own).out == text
    assert text.strip() not in made.out
    again = called(*command[:3], "/dev/null", more=own)
    assert (again.code, key.read_text()) == (0, text)
    assert "保持不变" in again.out

    given = tmp_path / "given.key"  # as `head -c 32 /dev/urandom | base64` leaves it
    given.write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    other = called(*command[:3], str(given), more=own)
    assert other.code == 1
    assert "另一把身份库密钥" in other.err
    assert key.read_text() == text
    elsewhere = {f"{PREFIX}VAULT_KEY_FILE": str(tmp_path / "taken" / "vault.key")}
    taken = called(*command[:3], str(given), more=elsewhere)
    assert taken.code == 0, taken
    assert (tmp_path / "taken/vault.key").read_text() == given.read_text()
    assert (tmp_path / "taken/vault.key").stat().st_mode & 0o777 == 0o600
    given.write_text("no key")
    bad = called(*command[:3], str(given), more=elsewhere)
    assert bad.code == 1
    assert "Traceback" not in bad.err + other.err
    folder = called(*command[:3], str(tmp_path), more=own)  # what a missing file is bound to
    assert folder.code == 1
    assert "key take" in folder.err


@pytest.mark.parametrize(("age_seconds", "code"), [(0, 0), (90, 1), (None, 1)])
def test_a_check_looks_at_a_file_and_starts_no_program_of_ours(
    services: dict[str, dict[str, Any]], tmp_path: Path, age_seconds: int | None, code: int
) -> None:
    for name in PROCESSES:
        given = services[name]["environment"][f"{PREFIX}HEALTH_FILE"]
        kind, command = services[name]["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        assert "python" not in command
        file = tmp_path / "alive"
        if age_seconds is not None:
            file.touch()
            at = time.time() - age_seconds
            os.utime(file, (at, at))
        shell = command.replace("$$", "$").replace(given, str(file))
        asked = subprocess.run(["sh", "-c", shell], check=False, capture_output=True)
        assert min(asked.returncode, 1) == code, asked


def test_the_brokers_check_starts_no_java(services: dict[str, dict[str, Any]]) -> None:
    kind, *command = services["kafka"]["healthcheck"]["test"]
    assert kind == "CMD"
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        place = f"127.0.0.1/{broker.getsockname()[1]}"
        asked = [part.replace("127.0.0.1/9092", place) for part in command]
        assert place in asked[-1]
        assert subprocess.run(asked, check=False, capture_output=True).returncode != 0
        broker.listen()
        assert subprocess.run(asked, check=False).returncode == 0


def test_the_example_of_the_settings_is_enough(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    assert configured(**{name: value.strip("'") for name, value in given.items()})
    ignored = subprocess.run(
        ["git", "check-ignore", ".env", "vault.key"], cwd=ROOT, capture_output=True, check=True
    )
    assert ignored.stdout.split() == [b".env", b"vault.key"]


def test_the_images_can_be_replaced_and_a_missing_password_is_named() -> None:
    other = configured(
        POSTGRES_PASSWORD="secret",
        KAFKA_IMAGE="kafka:mine",
        POSTGRES_IMAGE="postgres:mine",
        PYTHON_IMAGE="python:mine",
    )["services"]
    assert other["kafka"]["image"] == "kafka:mine"
    assert other["postgres"]["image"] == "postgres:mine"
    assert other["desk"]["build"]["args"]["PYTHON_IMAGE"] == "python:mine"
    with pytest.raises(AssertionError, match="POSTGRES_PASSWORD"):
        configured()


def test_the_images_packages_are_the_developers() -> None:
    def pins(lock: Path) -> set[str]:
        lines = lock.read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if "==" in line}

    image, developers = pins(ROOT / "deploy/requirements.lock"), pins(ROOT / "requirements.lock")
    assert image
    assert image <= developers
    for lock in ("requirements.lock", "deploy/requirements.lock", "package-lock.json"):
        assert "resolved" not in (text := (ROOT / lock).read_text())
        assert "index-url" not in text


def test_the_image_is_built_without_what_older_builders_lack() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    assert "syntax=" not in dockerfile
    assert "<<" not in dockerfile
    assert "USER ledger" in dockerfile
