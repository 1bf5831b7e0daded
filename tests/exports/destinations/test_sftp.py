"""File transfer to a server that is well, and to servers that are not: never half a file, never two, always words."""

import hashlib
import json
import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from exports.destinations.contract import DeliveryRefused, Manifest
from exports.destinations.sftp import SftpDelivery
from exports.destinations.sftp_session import Access, Limits, UnknownHost
from tests.exports.destinations.sftp_server import PASSWORD, USER, Running, serving

NAME = "claims-0192.csv"
BESIDE = f"{NAME}.manifest.json"
SIZE = 300_000
QUICK = Limits(connect=3, answer=0.5, whole=20)
# Every step of a delivery, in its order: before it happens there, or after it happened but before we heard of it.
DROPS = [
    ("connect", 1, "before"),
    ("auth", 1, "before"),
    ("open", 1, "before"),
    ("open", 1, "after"),
    ("write", 1, "before"),
    ("write", 5, "after"),
    ("write", 10, "before"),
    ("close", 1, "before"),
    ("stat", 1, "before"),
    ("rename", 1, "before"),
    ("rename", 1, "after"),
    ("open", 2, "before"),
    ("write", 11, "before"),
    ("rename", 2, "before"),
    ("rename", 2, "after"),
]


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    """The server of these tests is on this machine."""
    settings.OUTBOUND_ALLOW_PRIVATE = True


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    root = tmp_path / "server"
    root.mkdir()
    with serving(root) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes((b"0123456789abcde\n" * (SIZE // 16 + 1))[:SIZE])
    return path


def manifest_of(path: Path) -> Manifest:
    data = path.read_bytes()
    made_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    return Manifest(
        rows=18_750,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        made_at=made_at,
        run_id=uuid.UUID("0192f0c0-0000-7000-8000-000000000001"),
        dataset="claims",
    )


def way(server: Running, limits: Limits = QUICK, **values: Any) -> SftpDelivery:
    access = Access("127.0.0.1", server.port, USER, "/", server.host_key, password=PASSWORD)
    return SftpDelivery(replace(access, **values), limits)


def deliver(way: SftpDelivery, file: Path, attempt: int = 1) -> str:
    return way.deliver(file, name=NAME, manifest=manifest_of(file), attempt=attempt)


def refusal(way: SftpDelivery, file: Path) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        deliver(way, file)
    return caught.value


def test_a_file_arrives_whole_with_its_manifest(server: Running, file: Path) -> None:
    heard: list[int] = []
    where = way(server).deliver(file, name=NAME, manifest=manifest_of(file), attempt=1, progress=heard.append)
    assert where == f"sftp://127.0.0.1/{NAME}"
    assert set(server.files()) == {NAME, BESIDE}
    assert (server.root / NAME).read_bytes() == file.read_bytes()
    beside = json.loads((server.root / BESIDE).read_text())
    assert (beside["rows"], beside["size"], beside["file"]) == (18_750, SIZE, NAME)
    assert beside["sha256"] == hashlib.sha256((server.root / NAME).read_bytes()).hexdigest()
    assert heard[-1] == SIZE


@pytest.mark.parametrize("drop", DROPS, ids=str)
def test_a_lost_connection_leaves_no_half_file_and_the_next_attempt_no_second_one(
    server: Running, file: Path, drop: tuple[str, int, str]
) -> None:
    server.faults.drop = drop
    error = refusal(way(server), file)
    assert error.again
    assert error.words == "The connection to 127.0.0.1 broke off."
    assert server.files().get(NAME, SIZE) == SIZE
    server.faults.drop = None
    deliver(way(server), file, attempt=2)
    assert set(server.files()) == {NAME, BESIDE}
    assert all(size == SIZE for name, size in server.faults.renamed if name == NAME)


def test_another_host_key_is_told_nothing(server: Running, file: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    error = refusal(way(server, host_key=stranger), file)
    assert not error.again
    assert error.words == "127.0.0.1 shows another host key than the one that was confirmed. Nothing was sent."
    assert server.faults.calls == {}


def test_a_host_key_of_another_kind_is_another_key(server: Running, file: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_public_key().decode().strip()
    assert "another host key" in refusal(way(server, host_key=stranger), file).words


def test_without_a_confirmed_key_nothing_is_sent_and_the_key_is_shown(server: Running, file: Path) -> None:
    error = refusal(way(server, host_key=""), file)
    assert isinstance(error, UnknownHost)
    assert error.offered.split()[:2] == server.host_key.split()[:2]
    assert "SHA256:" in error.words
    assert server.faults.calls == {}


def test_a_full_server_is_named_and_keeps_nothing(server: Running, file: Path) -> None:
    server.faults.full_after = 100_000
    error = refusal(way(server), file)
    assert (error.again, error.words) == (True, "Of 300000 bytes 98304 have arrived. The server may be full.")
    assert server.files() == {}


def test_a_server_that_loses_the_end_is_found_out_by_the_size(server: Running, file: Path) -> None:
    server.faults.loses_after = 100_000
    error = refusal(way(server), file)
    assert error.words.startswith("Of 300000 bytes 98304 have arrived.")
    assert server.files() == {}


def test_a_slow_server_is_left(server: Running, file: Path) -> None:
    server.faults.stalls = True
    error = refusal(way(server), file)
    assert (error.again, error.words) == (True, "127.0.0.1 answers too slowly.")
    assert NAME not in server.files()


def test_patience_for_the_whole_file_ends(server: Running, file: Path) -> None:
    error = refusal(way(server, Limits(connect=3, answer=5, whole=0)), file)
    assert (error.again, error.words) == (True, "The server takes the file too slowly.")
    assert server.files() == {}


def test_a_server_that_only_knows_the_old_rename_is_served(server: Running, file: Path) -> None:
    server.faults.renames = "old"
    deliver(way(server), file)
    deliver(way(server), file, attempt=2)
    assert set(server.files()) == {NAME, BESIDE}


def test_without_rename_nothing_is_left(server: Running, file: Path) -> None:
    server.faults.renames = "none"
    error = refusal(way(server), file)
    assert not error.again
    assert "does not let files be renamed" in error.words
    assert server.files() == {}


def test_who_may_not_write_or_has_no_folder_hears_so(server: Running, file: Path) -> None:
    assert refusal(way(server, folder="/nowhere"), file).words == "127.0.0.1 has no folder /nowhere."
    server.faults.denies = True
    assert "may not write into the folder" in refusal(way(server), file).words


def test_a_wrong_password_is_not_tried_again(server: Running, file: Path) -> None:
    error = refusal(way(server, password="guess"), file)
    assert (error.again, error.words) == (False, "127.0.0.1 refused to let brew in.")


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_private_key_signs_in(tmp_path: Path, file: Path, kind: str) -> None:
    root = tmp_path / "by-key"
    root.mkdir()
    key = asyncssh.generate_private_key(kind)
    text = key.export_private_key(passphrase="seven words", rounds=1).decode()
    with serving(root, user_key=key.convert_to_public()) as running:
        values: dict[str, Any] = {"private_key": text, "passphrase": "seven words", "password": ""}
        deliver(way(running, **values), file)
        assert set(running.files()) == {NAME, BESIDE}
        wrong = refusal(way(running, **values | {"passphrase": "others"}), file)
    assert not wrong.again
    assert "private key" in wrong.words


def test_a_server_that_says_nothing_is_left(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = Access("127.0.0.1", silent.getsockname()[1], USER, "/", "", password=PASSWORD)
        error = refusal(SftpDelivery(access, Limits(connect=0.3, answer=0.3)), file)
    assert error.again


def test_nobody_there_is_said_in_words(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refusal(SftpDelivery(Access("127.0.0.1", port, USER, "/", "", password=PASSWORD), QUICK), file)
    assert (error.again, error.words) == (True, "The server 127.0.0.1 could not be reached.")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.5", "[::1]", "0x7f000001", "::1"]
)
def test_private_addresses_are_refused_unless_the_operator_allows(settings: Any, file: Path, host: str) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    error = refusal(SftpDelivery(Access(host, 22, USER, "/", "", password=PASSWORD), QUICK), file)
    assert not error.again or host == "[::1]"
    assert "private network" in error.words or host == "[::1]"


def test_only_ports_of_file_servers_are_used(settings: Any, file: Path) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    error = refusal(SftpDelivery(Access("files.example", 25, USER, "/", "", password=PASSWORD), QUICK), file)
    assert (error.again, error.words) == (False, "Only the ports 22 and 2222 are used for file transfer.")


def test_stopping_half_way_leaves_nothing(server: Running, file: Path) -> None:
    def stop(sent: int) -> None:
        if sent > SIZE // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        way(server).deliver(file, name=NAME, manifest=manifest_of(file), attempt=1, progress=stop)
    assert server.files() == {}


def test_the_test_of_a_connection_leaves_nothing(server: Running) -> None:
    assert way(server).test() == "Signed in at 127.0.0.1; wrote, renamed and removed a small file."
    assert server.files() == {}
