"""A visitor with a browser's cookies and a connection that stays open."""

import http.client
import re
from time import perf_counter
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SIGN_IN = "/accounts/login/"


class WrongAnswer(RuntimeError):  # noqa: N818 - reads as a sentence where it is raised
    """A page answered with something else than itself."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answered {status}")


class Visitor:
    """Somebody at an address; `cookies` are sent along and kept."""

    def __init__(self, address: str, cookies: dict[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self.address = address
        self.cookies = dict(cookies or {})
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

    def get(self, path: str) -> tuple[float, bytes]:
        """Return how many milliseconds a page took to the last byte, and its body; raise WrongAnswer but for 200."""
        began = perf_counter()
        status, body = self._send("GET", path, None)
        took = (perf_counter() - began) * 1000
        if status != http.client.OK:
            raise WrongAnswer(path, status)
        return took, body

    def post(self, path: str, values: dict[str, str]) -> int:
        """Send a form and return the status."""
        return self._send("POST", path, urlencode(values))[0]

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the page that people use."""
        found = TOKEN.search(self.get(SIGN_IN)[1].decode())
        values = {"csrfmiddlewaretoken": found.group(1) if found else "", "login": email, "password": password}
        status = self.post(SIGN_IN, values)
        if status != http.client.FOUND:
            raise WrongAnswer(SIGN_IN, status)

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept": "text/html",
            "Referer": self.address,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key.strip()] = rest.partition(";")[0]
        return answer.status, answer.read()
