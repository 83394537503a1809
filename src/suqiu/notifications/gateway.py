"""A text message through any gateway that takes one over HTTP. Knows no database and no order.

The address is the setting's and nothing that a citizen wrote reaches it; a redirect is a refusal, and
no proxy of the environment is used. The number stands in the body alone, for addresses are logged by
everything on the way. What is raised is said in our own words: a gateway may quote the number.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

PLACES = frozenset({"phone", "text", "id", "time"})
LONGEST_ANSWER = 65536
# A claim on a message grows stale after five minutes; no call may come near that.
LONGEST_TIMEOUT = 60.0
# How far the clock of a gateway that brings a receipt may be from ours, in seconds.
RECEIPT_WINDOW = 300
_PLACE = re.compile(r"\{(\w+)\}")


class BadSetting(ValueError):
    """The settings describe no gateway; says which one and why."""


class Failed(Exception):
    """The gateway did not say that it took the message."""


@dataclass(frozen=True)
class Gateway:
    """Where and how. `body` has {phone}, {text}, {id} and {time} in its values; `success` is a
    dotted path into the JSON answer and the values that mean yes ("code=0|00"), or empty: then any
    2xx does; `receipt` maps id, state and delivered for what the gateway calls back with."""

    url: str
    body: Mapping[str, Any]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
    success: str = ""
    secret: str = field(default="", repr=False)
    timeout: float = 10.0
    receipt: Mapping[str, str] = field(default_factory=dict)

    def send(self, *, phone: str, text: str, id: str, time: int) -> None:
        """One try. `id` is the same for each try of a message, so that a gateway may know it again;
        `time` is in seconds since 1970. Raises Failed; leaves nothing of the number behind."""
        values = {"phone": phone, "text": text, "id": id, "time": str(time)}
        filled = _filled(self.body, values)
        content = urlencode(filled) if self.form else json.dumps(filled, ensure_ascii=False)
        body = content.encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded"
            if self.form
            else "application/json; charset=utf-8",
            "Idempotency-Key": id,
            **{
                name: _put(value, {"id": id, "time": str(time)})
                for name, value in self.headers.items()
            },
        }
        if self.secret:
            headers |= {
                "X-Suqiu-Time": str(time),
                "X-Suqiu-Signature": sign(self.secret, time, body),
            }
        status, answer = self._call(body, headers)
        if not 200 <= status < 300:
            raise Failed(f"HTTP {status}")
        if self.success:
            _judge(self.success, answer)

    def _call(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout)
        # A time limit on a socket is one for each byte; this one is for the whole call.
        late = threading.Event()
        end = threading.Timer(self.timeout, _cut, [connection, late])
        end.start()
        try:
            path = parts.path or "/"
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request(self.method, target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as fault:
            raise Failed("no answer in time" if late.is_set() else _named(fault)) from None
        finally:
            end.cancel()
            connection.close()

    def knows(self, *, time: str, signature: str, body: bytes, now: float) -> bool:
        """Whether whoever brings a receipt has the secret, and brings it now."""
        if not self.secret or not self.receipt or not time.isascii() or not time.isdigit():
            return False
        fresh = abs(now - int(time)) <= RECEIPT_WINDOW
        expected = sign(self.secret, int(time), body)
        return hmac.compare_digest(expected.encode(), signature.lower().encode()) and fresh

    def read_receipt(self, body: bytes) -> tuple[str, bool]:
        """The id that we gave, and whether the telephone has it. Raises Failed."""
        found = _json(body)
        id, state = _at(found, self.receipt["id"]), _at(found, self.receipt["state"])
        if id is None or state is None:
            raise Failed("no id or no state in the receipt")
        return str(id), _text(state) in self.receipt["delivered"].split("|")


def sign(secret: str, time: int, body: bytes) -> str:
    """HMAC-SHA256 in hex over the moment, a full stop and the body as sent."""
    return hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()


def described(given: Mapping[str, str], *, production: bool) -> Gateway | None:
    """The gateway of these settings, by lower-case name without SUQIU_SMS_; None without an address.
    Raises BadSetting."""
    if not given.get("url"):
        return None
    form = _one_of(given, "format", ("json", "form")) == "form"
    gateway = Gateway(
        url=_address(given["url"], production=production),
        body=_body(given.get("body", ""), form=form),
        method=_one_of(given, "method", ("POST", "PUT")),
        headers=_headers(given.get("headers", "")),
        form=form,
        success=given.get("success", ""),
        secret=given.get("secret", ""),
        timeout=_seconds(given.get("timeout") or "10"),
        receipt=_texts("receipt", given.get("receipt", "")),
    )
    if gateway.success and not re.fullmatch(r"[\w.-]+=.+", gateway.success):
        raise BadSetting('SUQIU_SMS_SUCCESS: not like "code=0" or "result.state=OK|SENT"')
    if gateway.receipt and set(gateway.receipt) != {"id", "state", "delivered"}:
        raise BadSetting('SUQIU_SMS_RECEIPT: needs "id", "state" and "delivered"')
    if gateway.receipt and not gateway.secret:
        raise BadSetting("SUQIU_SMS_RECEIPT: anybody could bring one without SUQIU_SMS_SECRET")
    return gateway


def _address(url: str, *, production: bool) -> str:
    parts = urlsplit(url)
    try:
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or _PLACE.search(url):
        raise BadSetting(
            "SUQIU_SMS_URL: a plain http(s) address, without places and without a user"
        )
    if production and parts.scheme == "http" and not _inside(parts.hostname or ""):
        raise BadSetting("SUQIU_SMS_URL: telephone numbers leave the house by https only")
    return url


def _inside(host: str) -> bool:
    """Whether the host is an address of this machine or of a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _body(text: str, *, form: bool) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BadSetting(f"SUQIU_SMS_BODY: not JSON: {error}") from error
    if not isinstance(body, dict) or (form and not all(isinstance(v, str) for v in body.values())):
        raise BadSetting("SUQIU_SMS_BODY: a JSON object, and one of texts only for a form")
    places = set(_PLACE.findall(text))
    if missing := {"phone", "text"} - places:
        raise BadSetting(f"SUQIU_SMS_BODY: without {{{min(missing)}}}")
    if unknown := places - PLACES:
        raise BadSetting(f"SUQIU_SMS_BODY: no place is called {{{min(unknown)}}}")
    return body


def _headers(text: str) -> Mapping[str, str]:
    headers = _texts("headers", text)
    for name, value in headers.items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(r"[ -~]*", value):
            raise BadSetting(f"SUQIU_SMS_HEADERS: {name!r} is no header")
        if unknown := set(_PLACE.findall(value)) - {"id", "time"}:
            raise BadSetting(f"SUQIU_SMS_HEADERS: {{{min(unknown)}}} does not go into a header")
    return headers


def _texts(name: str, text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise BadSetting(f"SUQIU_SMS_{name.upper()}: not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise BadSetting(f"SUQIU_SMS_{name.upper()}: a JSON object of texts")
    return found


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise BadSetting(f"SUQIU_SMS_TIMEOUT: seconds, more than 0 and up to {LONGEST_TIMEOUT:.0f}")
    return seconds


def _one_of(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    chosen = given.get(name) or choices[0]
    if chosen not in choices:
        raise BadSetting(f"SUQIU_SMS_{name.upper()}: {' or '.join(choices)}")
    return chosen


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """The template with its places filled: value by value, so that no text breaks out of its own."""
    if isinstance(part, str):
        return _put(part, values)
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    return [_filled(value, values) for value in part] if isinstance(part, list) else part


def _put(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def _judge(rule: str, answer: bytes) -> None:
    path, _, wanted = rule.partition("=")
    found = _text(_at(_json(answer), path))
    if found not in wanted.split("|"):
        # A code may be told; a sentence, or seven figures in a row, might be the number.
        code = found if re.fullmatch(r"[\w.-]{1,32}", found) else "…"
        raise Failed(f"{path}={'…' if re.search(r'[0-9]{7}', code) else code}")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Failed("the answer is not JSON") from None


def _at(found: Any, path: str) -> Any:
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a call that takes too long, wherever it is."""
    late.set()
    if connection.sock is not None:
        with suppress(OSError):  # it may have ended by itself
            connection.sock.shutdown(socket.SHUT_RDWR)


def _named(fault: Exception) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, ssl.SSLError):
        return "no trust in its certificate"
    return type(fault).__name__
