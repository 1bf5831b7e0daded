"""From an export to a file server, through the worker: one whole file whatever happens on the way, and its facts."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exports.models import Destination
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.exports.destinations.sftp_server import PASSWORD, USER, Running, serving
from tests.exports.destinations.test_pages import made
from tests.exports.runs import ask, define, due_again, rows_of, shop, work

__all__ = ["shop"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Running]:
    settings.OUTBOUND_ALLOW_PRIVATE = True
    root = tmp_path / "server"
    root.mkdir()
    with serving(root) as running:
        yield running


def at(merchant: Merchant, server: Running, **values: Any) -> Destination:
    known = {"host": "127.0.0.1", "port": server.port, "username": USER, "folder": "/", "host_key": server.host_key}
    with merchant_scope(merchant):
        return made(settings=known | values, secret={"password": PASSWORD})


@pytest.mark.parametrize(
    "drop", [None, ("write", 1, "before"), ("rename", 1, "after"), ("rename", 2, "after")], ids=str
)
def test_one_whole_file_with_its_manifest_arrives_in_the_end(
    shop: Merchant,
    server: Running,
    drop: tuple[str, int, str] | None,
) -> None:
    server.faults.drop = drop
    run = work(shop, ask(shop, define(shop, destination=at(shop, server))))
    if drop:
        assert (run.state, run.delivered_to) == ("delivering", "")
        server.faults.drop = None
        due_again(shop, run)
        run = work(shop, run)

    arrived = server.root / run.file_name
    beside = json.loads((server.root / f"{run.file_name}.manifest.json").read_text())
    assert (run.state, run.error, run.delivered_to) == ("done", "", f"sftp://127.0.0.1/{run.file_name}")
    assert set(server.files()) == {run.file_name, f"{run.file_name}.manifest.json"}
    assert hashlib.sha256(arrived.read_bytes()).hexdigest() == run.sha256 == beside["sha256"]
    assert (beside["rows"], beside["size"]) == (run.rows, run.size) == (len(rows_of(run)), arrived.stat().st_size)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"host_key": ""}, "The server shows the host key SHA256:"),
        ({"folder": "/nowhere"}, "127.0.0.1 has no folder /nowhere."),
        ({"username": "stranger"}, "127.0.0.1 refused to let stranger in."),
    ],
)
def test_what_another_try_does_not_mend_fails_at_once_in_words(
    shop: Merchant,
    server: Running,
    values: dict[str, Any],
    words: str,
) -> None:
    run = work(shop, ask(shop, define(shop, destination=at(shop, server, **values))))
    assert (run.state, run.attempts) == ("failed", 1)
    assert run.error.startswith(words)
    assert server.files() == {}
