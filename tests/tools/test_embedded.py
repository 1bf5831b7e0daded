"""The servers out of wheels: who runs them, who gets in, what a start survives."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from redis import AuthenticationError, Redis

from config.embedded import process
from config.embedded.account import CAP_DAC_READ_SEARCH, account_for, closed_folders
from config.embedded.errors import CannotStart
from config.embedded.ports import free_port, is_free, remembered_port
from config.embedded.postgres import BOOTSTRAP, Cluster, major, programs, version
from config.embedded.secrets_file import load_secrets
from config.embedded.valkey import Valkey

DATABASE = "trial"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root changes users.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder below one that only its owner may enter, as pytest makes them."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster as `make run` makes it, running, with the database prepared twice."""
    secrets = load_secrets(folder / "passwords.json")
    made = Cluster(folder=folder / "postgres", port=free_port(), passwords=secrets)
    made.initialise()
    child = made.start(output=folder / "postgres.log")
    made.prepare(DATABASE)
    made.prepare(DATABASE)
    yield made
    process.end(child, first=signal.SIGINT, seconds=15)


@contextmanager
def other_passwords(cluster: Cluster) -> Iterator[None]:
    """Let a test change passwords; the known ones come back."""
    try:
        yield
    finally:
        cluster.prepare(DATABASE)


def ask(cluster: Cluster, role: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url(role, DATABASE), autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


@as_root
def test_server_runs_as_an_ordinary_user_who_owns_its_folder_only(cluster: Cluster, folder: Path) -> None:
    pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])

    assert Path(f"/proc/{pid}").stat().st_uid == cluster.data.stat().st_uid != 0
    assert folder.stat().st_uid == 0


@as_root
def test_closed_parents_are_passed_through_and_not_opened(cluster: Cluster) -> None:
    account = account_for(cluster.data)
    assert account is not None

    closed = closed_folders(cluster.data, account.uid)

    assert closed
    assert account.capability == CAP_DAC_READ_SEARCH


def test_every_role_needs_its_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.url("app_rw", DATABASE).replace(cluster.passwords["app_rw"], "guess"))


def test_passwords_come_from_the_environment_in_containers(cluster: Cluster) -> None:
    script = BOOTSTRAP.with_name("passwords.sql")
    psql: list[str | Path] = [programs() / "psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file", script]
    env = {"APP_OWNER_PASSWORD": "it's one", "APP_RW_PASSWORD": "another"}

    with other_passwords(cluster):
        subprocess.run([*psql, cluster.url("postgres", DATABASE)], env=env, check=True, capture_output=True)

        with psycopg.connect(cluster.url("app_owner", DATABASE), password="it's one") as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == ("app_owner",)


def test_server_listens_on_the_loopback_address_only(cluster: Cluster) -> None:
    found = ask(
        cluster,
        "postgres",
        "SELECT current_setting(n) FROM unnest(ARRAY['listen_addresses', 'unix_socket_directories']) n",
    )

    assert found == [("127.0.0.1",), ("",)]


@pytest.mark.parametrize(
    ("role", "may_sign_in", "memberships"),
    [
        ("app_owner", True, ["app_ledger"]),
        ("app_rw", True, ["app_poller"]),
        ("app_ledger", False, []),
        ("app_poller", False, []),
    ],
)
def test_role_has_no_more_rights_than_it_needs(
    cluster: Cluster, role: str, may_sign_in: bool, memberships: list[str]
) -> None:
    found = ask(
        cluster,
        "postgres",
        f"""SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
                   ARRAY(SELECT roleid::regrole::text FROM pg_auth_members m WHERE member = r.oid
                         AND set_option AND NOT inherit_option AND NOT admin_option)
            FROM pg_roles r WHERE rolname = '{role}'""",
    )

    assert found == [(may_sign_in, False, False, False, False, memberships)]


def test_application_reads_and_writes_what_the_owner_makes(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("app_owner", DATABASE)) as owner:
        owner.execute("CREATE TABLE thing (id serial)")
        owner.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")

    found = ask(
        cluster,
        "app_rw",
        """SELECT has_table_privilege('thing', 'SELECT, INSERT'), has_table_privilege('thing', 'UPDATE'),
                  has_table_privilege('thing', 'DELETE'), has_table_privilege('thing', 'TRUNCATE'),
                  has_sequence_privilege('thing_id_seq', 'USAGE'), has_function_privilege('f()', 'EXECUTE'),
                  has_schema_privilege('public', 'CREATE'), has_schema_privilege('ledger', 'USAGE')""",
    )

    assert found == [(True, True, True, False, True, False, False, True)]


def test_tables_of_the_ledger_are_closed_until_a_migration_opens_them(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("app_owner", DATABASE)) as owner:
        owner.execute("CREATE TABLE ledger.book (id int)")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(cluster, "app_rw", "SELECT * FROM ledger.book")


def test_start_survives_a_pid_file_that_names_somebody_else(folder: Path) -> None:
    secrets = load_secrets(folder / "passwords.json")
    cluster = Cluster(folder=folder / "crashed", port=free_port(), passwords=secrets)
    cluster.initialise()
    first = cluster.start(output=folder / "crashed.log")
    os.kill(first.pid, signal.SIGKILL)
    process.end(first, first=signal.SIGKILL, seconds=5)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    cluster.clear_leftovers()

    assert not (cluster.data / "postmaster.pid").exists()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_start_ends_a_server_that_outlived_its_supervisor(folder: Path) -> None:
    secrets = load_secrets(folder / "passwords.json")
    cluster = Cluster(folder=folder / "orphan", port=free_port(), passwords=secrets)
    cluster.initialise()
    orphan = cluster.start(output=folder / "orphan.log")

    # Somebody has to take note of its end, as process 1 does for real orphans.
    undertaker = threading.Thread(target=orphan.wait)
    undertaker.start()

    child = replace(cluster, port=free_port()).start(output=folder / "orphan.log")

    assert cluster.is_ready(child.pid)
    undertaker.join()
    assert orphan.returncode == 0
    process.end(child, first=signal.SIGINT, seconds=15)


def programs_that_say(folder: Path, words: str) -> None:
    """Put a program into the folder that calls itself a PostgreSQL of some version."""
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho '{words}'\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("words", "expected", "number"),
    [
        ("postgres (PostgreSQL) 16.2", "16.2", 16),
        ("postgres (PostgreSQL) 17.10 (Debian 17.10-1.pgdg13+1)", "17.10", 17),
        ("postgres (PostgreSQL) 19beta1", "19beta1", 19),
    ],
)
def test_another_server_is_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, expected: str, number: int
) -> None:
    programs_that_say(tmp_path, words)
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))

    assert (programs(), version(), major()) == (tmp_path.resolve(), expected, number)


def test_server_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs_that_say(tmp_path, "postgres (PostgreSQL) 15.9")
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))

    with pytest.raises(CannotStart, match=r"PostgreSQL 16 or newer is needed; .* 15\.9"):
        version()


def test_folder_without_programs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path / "nowhere"))

    with pytest.raises(CannotStart, match="cannot be run"):
        version()


def test_data_of_another_version_are_left_alone(cluster: Cluster, tmp_path: Path) -> None:
    other = replace(cluster, folder=tmp_path)
    other.data.mkdir()
    (other.data / "PG_VERSION").write_text(f"{major() + 1}\n")

    with pytest.raises(CannotStart, match=f"was made by PostgreSQL {major() + 1}"):
        other.initialise()

    assert [path.name for path in other.data.iterdir()] == ["PG_VERSION"]


def test_texts_sort_by_code_point_and_fold_by_unicode(cluster: Cluster) -> None:
    found = ask(
        cluster,
        "app_rw",
        """SELECT string_agg(word, '' ORDER BY word), lower('ÄÑİЖ'), upper('äñж'), 'Ärger' ILIKE 'ä%'
           FROM unnest(ARRAY['é', 'b', 'Z', 'ä', '😀', 'a', 'Ω', '1']) AS word""",
    )

    assert found == [("1ZabäéΩ😀", "äñiж", "ÄÑЖ", True)]


def test_passwords_are_kept_and_private(folder: Path) -> None:
    first = load_secrets(folder / "passwords.json")

    assert load_secrets(folder / "passwords.json") == first
    assert (folder / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert len(set(first.values())) == len(first)


def test_port_is_remembered_until_somebody_takes_it(tmp_path: Path, folder: Path) -> None:
    memory = tmp_path / "ports.json"
    port = remembered_port(memory, "valkey")
    assert remembered_port(memory, "valkey") == port

    server = Valkey(folder=tmp_path / "valkey", port=port, password="secret")
    child = server.start(output=tmp_path / "log")

    assert not is_free(port)
    assert remembered_port(memory, "valkey") != port
    process.end(child, first=signal.SIGTERM, seconds=5)


def test_queue_keeps_what_it_was_given(tmp_path: Path) -> None:
    server = Valkey(folder=tmp_path / "valkey", port=free_port(), password="secret")
    child = server.start(output=tmp_path / "log")
    Redis.from_url(server.url).set("kept", "yes")
    process.end(child, first=signal.SIGTERM, seconds=5)

    child = server.start(output=tmp_path / "log")

    assert Redis.from_url(server.url).get("kept") == b"yes"
    with pytest.raises(AuthenticationError):
        Redis.from_url(server.url.replace("secret", "guess")).ping()
    process.end(child, first=signal.SIGTERM, seconds=5)
