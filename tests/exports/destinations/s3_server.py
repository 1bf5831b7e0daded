"""A storage in a thread, which checks every signature by its own reckoning and fails where a test tells it to."""

import contextlib
import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

ACCESS, SECRET, REGION, BUCKET = "AKBREW", "a secret of many words", "eu-central-1", "brew-exports"
ERROR = "<Error><Code>{code}</Code><Message>no</Message></Error>"


@dataclass
class Storage:
    """What it keeps, and what goes wrong: `drop_after` bytes of a body, an error as status with code."""

    objects: dict[str, bytes] = field(default_factory=dict)
    drop_after: int | None = None
    loses_answer: bool = False
    error: tuple[int, str] | None = None
    may_delete: bool = True
    endpoint: str = ""


def signature(handler: BaseHTTPRequestHandler, secret: str) -> str:
    """Reckon the signature of a request, as the storage's documents tell it."""
    names = handler.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    listed = "".join(f"{name}:{handler.headers[name].strip()}\n" for name in names.split(";"))
    digest = handler.headers["x-amz-content-sha256"]
    canonical = f"{handler.command}\n{urlsplit(handler.path).path}\n\n{listed}\n{names}\n{digest}"
    date = handler.headers["x-amz-date"]
    day = f"{date[:8]}/{REGION}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, day, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (date[:8], REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: Storage

    def do_PUT(self) -> None:
        size = int(self.headers["Content-Length"])
        if self.storage.drop_after is not None and size > self.storage.drop_after:
            self.rfile.read(self.storage.drop_after)
            self._drop()
            return
        body = self.rfile.read(size)
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            self._answer(400, "XAmzContentSHA256Mismatch")
        elif self._is_allowed():
            self.storage.objects[unquote(urlsplit(self.path).path)] = body
            if self.storage.loses_answer:
                self._drop()
            else:
                self._answer(200)

    def do_DELETE(self) -> None:
        if not self.storage.may_delete:
            self._answer(403, "AccessDenied")
        elif self._is_allowed():
            self.storage.objects.pop(unquote(urlsplit(self.path).path), None)
            self._answer(204)

    def _is_allowed(self) -> bool:
        if self.storage.error:
            self._answer(*self.storage.error)
        elif not urlsplit(self.path).path.startswith(f"/{BUCKET}/"):
            self._answer(404, "NoSuchBucket")
        elif f"Credential={ACCESS}/" not in self.headers["Authorization"]:
            self._answer(403, "InvalidAccessKeyId")
        elif not self.headers["Authorization"].endswith(f"Signature={signature(self, SECRET)}"):
            self._answer(403, "SignatureDoesNotMatch")
        else:
            return True
        return False

    def _answer(self, status: int, code: str = "") -> None:
        body = ERROR.format(code=code).encode() if code else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's word
        pass


@contextlib.contextmanager
def storing() -> Iterator[Storage]:
    """Run a storage."""
    storage = Storage()
    handler = type("Handler", (_Handler,), {"storage": storage})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    storage.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield storage
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
