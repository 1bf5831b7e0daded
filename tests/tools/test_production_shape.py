"""Dockerfile and docker-compose.yml name only what exists, and no secret."""

import re

from config.fingerprint import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def test_every_variable_is_in_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    explained = set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))

    assert used == explained


def test_example_holds_no_secret() -> None:
    filled = dict(re.findall(r"^(\w+)=(.+)$", EXAMPLE, re.MULTILINE))

    assert set(filled) == {"ALLOWED_HOSTS", "BASE_URL", "BEHIND_PROXY", "WEB_PORT"}


def test_mounted_files_exist() -> None:
    mounted = re.findall(r"- (\./\S+?):", COMPOSE)

    assert mounted
    assert all((ROOT / path).is_file() for path in mounted)


def test_image_never_runs_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER")] == ["USER claims"]
    assert lines.index("USER claims") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))
