"""Storage that speaks S3's language: one request a file, signed with the file's own SHA-256.

An object appears when its last byte has arrived and its digest is right, or not at all; so nothing is renamed here.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote
from xml.etree import ElementTree as ET

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.utils.translation import gettext as _

from exports.destinations.contract import DeliveryRefused, Manifest, Progress, manifest_name, unheard
from tenancy.ids import new_id
from tenancy.outbound import Answered, OutboundError, send

# What one request may carry; S3's own limit.
MOST_BYTES = 5 * 1024**3
TIMEOUT = (30.0, 120.0)
OK = range(200, 300)
ELSEWHERE = range(300, 400)
LATER = frozenset({408, 429, 500, 502, 503, 504})
TEST = b"A test of the connection.\n"
WORDS: dict[str, Any] = {
    "NoSuchBucket": "no_bucket",
    "InvalidAccessKeyId": "no_key",
    "SignatureDoesNotMatch": "no_key",
    "AccessDenied": "denied",
    "RequestTimeTooSkewed": "clock",
}


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where a storage is and what signs in there; `folder` is put before each name."""

    endpoint: str
    region: str
    bucket: str
    folder: str
    access_key: str
    secret_key: str

    def key(self, name: str) -> str:
        """Return the key of an object."""
        return "/".join(part for part in (self.folder.strip("/"), name) if part)

    def url(self, name: str) -> str:
        """Return the address of an object, the bucket in its path."""
        path = quote(f"{self.bucket}/{self.key(name)}", safe="/-_.~")
        return f"{self.endpoint.rstrip('/')}/{path}"


class _Heard(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, progress: Progress) -> None:
        self.file, self.size, self.progress = file, size, progress

    def __len__(self) -> int:
        return self.size

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        chunk = self.file.read(size)
        self.progress(self.file.tell())
        return chunk


@dataclass(frozen=True, slots=True)
class S3Delivery:
    """One bucket, with one key."""

    access: S3Access

    def deliver(self, path: Path, *, name: str, manifest: Manifest, attempt: int, progress: Progress = unheard) -> str:
        """Bring a file there; see `contract.Delivery`. The manifest follows the file."""
        if manifest.size > MOST_BYTES:
            raise DeliveryRefused(_("The file is bigger than the 5 GB that a storage takes at once."), again=False)
        with path.open("rb") as file:
            self._put(name, file, size=manifest.size, progress=progress)
        beside = manifest.as_json(name)
        self._put(manifest_name(name), io.BytesIO(beside), size=len(beside))
        return f"s3://{self.access.bucket}/{self.access.key(name)}"

    def test(self) -> str:
        """Write a small object and remove it again, where that is allowed."""
        name = f"connection-test-{new_id()}.txt"
        self._put(name, io.BytesIO(TEST), size=len(TEST))
        removed = self._ask("DELETE", name, None, size=0).status in OK
        where = {"bucket": self.access.bucket, "name": name}
        if removed:
            return _("Wrote a small object into %(bucket)s and removed it.") % where
        return _("Wrote the object %(name)s into %(bucket)s; the key may not remove it again.") % where

    def _put(self, name: str, file: BinaryIO, *, size: int, progress: Progress = unheard) -> None:
        answer = self._ask("PUT", name, file, size=size, progress=progress)
        if answer.status not in OK:
            raise _refusal(answer, self.access)

    def _ask(
        self, method: str, name: str, file: BinaryIO | None, *, size: int, progress: Progress = unheard
    ) -> Answered:
        headers = self._signed(method, name, file) | {"Content-Length": str(size)}
        # A body of no bytes would be sent in pieces, which a storage does not take.
        body: Any = _Heard(file, size, progress) if file is not None and size else b""
        with _in_words():
            return send(method, self.access.url(name), body=body, headers=headers, timeout=TIMEOUT)

    def _signed(self, method: str, name: str, file: BinaryIO | None) -> dict[str, str]:
        request = AWSRequest(method, self.access.url(name), data=file if file is not None else b"")
        credentials = Credentials(self.access.access_key, self.access.secret_key)
        S3SigV4Auth(credentials, "s3", self.access.region).add_auth(request)
        return dict(request.headers.items())


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OutboundError as error:
        raise DeliveryRefused(error.sentence, again=error.again) from error


def _refusal(answer: Answered, access: S3Access) -> DeliveryRefused:
    """Return what a storage's refusal means."""
    again = answer.status in LATER
    if answer.status in ELSEWHERE:
        words = _("The bucket %(bucket)s lies in another region or at another address.")
        return DeliveryRefused(words % {"bucket": access.bucket}, again=False)
    match WORDS.get(_code(answer.content)):
        case "no_bucket":
            words = _("There is no bucket %(bucket)s.") % {"bucket": access.bucket}
        case "no_key":
            words = _("The storage does not know the access key, or the secret key is another one.")
        case "denied":
            words = _("This access key may not write into %(bucket)s.") % {"bucket": access.bucket}
        case "clock":
            words, again = _("The storage says that our clock is wrong."), True
        case _:
            words = _("The storage refused the file with the error %(status)s.") % {"status": answer.status}
    return DeliveryRefused(words, again=again)


def _code(content: bytes) -> str:
    """Return the name of the error in a storage's answer, "" where there is none that can be read."""
    if b"<!" in content:
        return ""
    try:
        return ET.fromstring(content).findtext("{*}Code", "") or ""  # noqa: S314 - without declarations, see above
    except ET.ParseError:
        return ""
