"""Who works while the house is killed under them: people at its pages, and a machine at its API.

Whoever gets no answer sends the same again, with the same key, as browsers and machines do.
"""

import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from suqiu.bench.drill.site import Site

PASSWORD = "long enough for a drill"  # noqa: S105 - of a house that lives for minutes
PATIENCE = 120


class Gone(Exception):
    """No answer, or one that says that the house cannot: try again."""


class Person:
    """One who sits at the pages: a browser's cookies, forms with their keys, and patience."""

    def __init__(self, site: Site, username: str) -> None:
        self.site, self.username = site, username
        self.tries = 0
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), _Stay()
        )

    def once(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, Location, text) of one try; Gone where no answer counts."""
        token = next((c.value for c in self.jar if c.name == "csrftoken"), "")
        data = None
        if form is not None:
            data = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token or ""}).encode()
        url = f"http://127.0.0.1:{self.site.port}{path}"
        self.tries += 1
        try:
            with self.opener.open(urllib.request.Request(url, data), timeout=20) as answer:
                return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            # 400: Django found the session replaced under the request, and did nothing.
            if error.code >= 500 or error.code == 400:
                raise Gone from error
            return error.code, error.headers.get("Location", ""), text
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error

    def send(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The same again until there is an answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, location, text = self.once(path, form)
            except Gone:
                time.sleep(0.3)
                continue
            if location.startswith("/login") and not path.startswith("/login"):
                self.log_in()
                continue
            return status, location, text
        log = (self.site.data / "serve.log").read_text()
        raise RuntimeError(f"no answer for {path} in {PATIENCE} s:\n{log[-6000:]}")

    def log_in(self) -> None:
        self.send("/login")
        for _turn in range(5):
            status, _, text = self.send("/login", {"username": self.username, "password": PASSWORD})
            if status == 302:
                return
            if "login.busy" not in text:  # two hands of one account: the other was quicker
                break
        raise RuntimeError(text)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Machine:
    """Another system that hands in appeals by the API."""

    site: Site
    token: str

    def hand_in(self, body: dict[str, Any], key: str) -> str:
        """The number that was acknowledged."""
        heads = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        url = f"http://127.0.0.1:{self.site.port}/api/v1/appeals"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                asked = urllib.request.Request(url, data, heads)  # noqa: S310 - our own
                with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - our own
                    return str(json.loads(answer.read())["number"])
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code != 409:  # 409: the first try is not over yet
                    raise RuntimeError(error.read().decode()) from error
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.3)
        raise RuntimeError(f"no answer for {key} in {PATIENCE} s")
