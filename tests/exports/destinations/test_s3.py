"""Storage: whole objects or none, signed, checked by their digest, with words for each refusal."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exports.destinations.contract import DeliveryRefused
from exports.destinations.s3 import S3Access, S3Delivery
from tests.exports.destinations.s3_server import ACCESS, BUCKET, REGION, SECRET, Storage, storing
from tests.exports.destinations.test_sftp import manifest_of

NAME = "Käse & claims (1).csv"
KEY = f"/{BUCKET}/daily/{NAME}"


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    """The storage of these tests is on this machine."""
    settings.OUTBOUND_ALLOW_PRIVATE = True


@pytest.fixture
def storage() -> Iterator[Storage]:
    with storing() as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789abcde\n" * 20_000)
    return path


def way(storage: Storage, **values: Any) -> S3Delivery:
    return S3Delivery(replace(S3Access(storage.endpoint, REGION, BUCKET, "daily", ACCESS, SECRET), **values))


def refusal(way: S3Delivery, file: Path) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        way.deliver(file, name=NAME, manifest=manifest_of(file), attempt=1)
    return caught.value


def test_a_file_arrives_whole_with_its_manifest(storage: Storage, file: Path) -> None:
    heard: list[int] = []
    where = way(storage).deliver(file, name=NAME, manifest=manifest_of(file), attempt=1, progress=heard.append)
    assert where == f"s3://{BUCKET}/daily/{NAME}"
    assert storage.objects[KEY] == file.read_bytes()
    beside = json.loads(storage.objects[f"{KEY}.manifest.json"])
    assert beside["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert heard[-1] == file.stat().st_size


def test_a_file_without_a_byte_arrives_too(storage: Storage, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    way(storage).deliver(empty, name=NAME, manifest=manifest_of(empty), attempt=1)
    assert storage.objects[KEY] == b""


@pytest.mark.parametrize("bytes_", [0, 1, 65_536, 300_000])
def test_a_lost_connection_leaves_nothing_and_is_tried_again(storage: Storage, file: Path, bytes_: int) -> None:
    storage.drop_after = bytes_
    assert refusal(way(storage), file).again
    assert storage.objects == {}
    storage.drop_after = None
    way(storage).deliver(file, name=NAME, manifest=manifest_of(file), attempt=2)
    assert set(storage.objects) == {KEY, f"{KEY}.manifest.json"}


def test_a_lost_answer_makes_no_second_object(storage: Storage, file: Path) -> None:
    storage.loses_answer = True
    assert refusal(way(storage), file).again
    storage.loses_answer = False
    way(storage).deliver(file, name=NAME, manifest=manifest_of(file), attempt=2)
    assert set(storage.objects) == {KEY, f"{KEY}.manifest.json"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"access_key": "SOMEBODY"}, "The storage does not know the access key, or the secret key is another one."),
        ({"secret_key": "guess"}, "The storage does not know the access key, or the secret key is another one."),
        ({"bucket": "nobodys-bucket"}, "There is no bucket nobodys-bucket."),
    ],
)
def test_a_wrong_key_or_bucket_is_said_and_not_tried_again(
    storage: Storage, file: Path, values: dict[str, Any], words: str
) -> None:
    error = refusal(way(storage, **values), file)
    assert (error.words, error.again) == (words, False)
    assert storage.objects == {}


@pytest.mark.parametrize(
    ("error", "again", "words"),
    [
        ((403, "AccessDenied"), False, f"This access key may not write into {BUCKET}."),
        ((301, "PermanentRedirect"), False, f"The bucket {BUCKET} lies in another region or at another address."),
        ((503, "SlowDown"), True, "The storage refused the file with the error 503."),
        ((403, "RequestTimeTooSkewed"), True, "The storage says that our clock is wrong."),
        ((507, ""), False, "The storage refused the file with the error 507."),
    ],
)
def test_each_refusal_has_its_words(
    storage: Storage, file: Path, error: tuple[int, str], again: bool, words: str
) -> None:
    storage.error = error
    found = refusal(way(storage), file)
    assert (found.words, found.again) == (words, again)


def test_private_addresses_are_refused_unless_the_operator_allows(settings: Any, file: Path) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    access = S3Access("https://127.0.0.1", REGION, BUCKET, "", ACCESS, SECRET)
    error = refusal(S3Delivery(access), file)
    assert (error.words, error.again) == ("This address leads into a private network.", False)


def test_the_test_of_a_connection_removes_what_it_wrote(storage: Storage) -> None:
    assert way(storage).test() == f"Wrote a small object into {BUCKET} and removed it."
    assert storage.objects == {}
    storage.may_delete = False
    assert "may not remove it again" in way(storage).test()
