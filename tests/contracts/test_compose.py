"""docker-compose.yml, read by Compose itself, holds what operation relies on; no daemon is needed."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from services.flow import BY_NAME
from services.runtime.settings import PREFIX, describe

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = Path(sysconfig.get_path("scripts"), "docker-compose")
PROCESSES = set(BY_NAME)
ONCE = {"topics", "migrate"}
SERVERS = {"kafka", "postgres"}


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
    return configured(POSTGRES_PASSWORD="secret", VAULT_KEY_FILE="/run/key")


@pytest.fixture(scope="module")
def services(project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = project["services"]
    return found


def test_every_process_is_a_service_that_runs_it(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == PROCESSES | ONCE | SERVERS
    for name in PROCESSES:
        assert services[name]["command"] == ["run", name]
    for name in ONCE:
        assert services[name]["command"] == [name]


def test_what_runs_for_ever_is_watched_and_started_again(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in PROCESSES | SERVERS:
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["healthcheck"]["test"]
    for name in ONCE:
        assert services[name]["restart"].startswith("on-failure")


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
    for name in PROCESSES | ONCE:
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_every_setting_that_is_given_exists(services: dict[str, dict[str, Any]]) -> None:
    known = {setting.variable for setting in describe()}
    given = {
        variable
        for name in PROCESSES | ONCE
        for variable in services[name]["environment"]
        if variable.startswith(PREFIX)
    }
    assert given <= known


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
