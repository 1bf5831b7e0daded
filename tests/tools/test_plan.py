"""What `make run` makes of its environment."""

from pathlib import Path

import pytest

from config.embedded.plan import Plan

ELSEWHERE = {
    "DATABASE_URL": "postgresql://app_rw:one@db.example/claims",
    "DATABASE_OWNER_URL": "postgresql://app_owner:two@db.example/claims",
    "REDIS_URL": "redis://queue.example/0",
}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "8001"}, "http://127.0.0.1:8001"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),  # noqa: S104 - what somebody may type
        ({"HOST": "::1"}, "http://[::1]:8000"),
        ({"HOST": "192.0.2.7"}, "http://192.0.2.7:8000"),
    ],
)
def test_address_can_be_opened_in_a_browser(given: dict[str, str], address: str) -> None:
    assert Plan(given).base_url == address


def test_servers_given_from_outside_are_used(tmp_path: Path) -> None:
    plan = Plan({"DATA_DIR": str(tmp_path), **ELSEWHERE})

    assert plan.servers() == []
    assert (plan.database_url, plan.redis_url) == (ELSEWHERE["DATABASE_URL"], ELSEWHERE["REDIS_URL"])


def test_owners_address_is_told_to_nobody_but_the_preparation(tmp_path: Path) -> None:
    plan = Plan({"DATA_DIR": str(tmp_path), **ELSEWHERE})

    told = {program.name for program in [*plan.applications(), plan.preparation("migrate")] if knows_owner(program.env)}

    assert told == {"prepare"}


def knows_owner(env: object) -> bool:
    return "app_owner" in str(env)


def test_host_that_is_listened_on_may_be_asked_for() -> None:
    plan = Plan({"HOST": "192.0.2.7", **ELSEWHERE})

    assert plan.env["ALLOWED_HOSTS"].split(",")[-1] == "192.0.2.7"
    assert plan.env["BASE_URL"] == "http://192.0.2.7:8000"
