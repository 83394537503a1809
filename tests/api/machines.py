"""Calling the API as a machine does: over HTTP, with a token."""

import datetime as dt
import itertools
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.accounts.actions import add_client
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import centre
from tests.api.described import hold

ALL = ("intake", "read", "verbs", "files", "reveal", "figures")
APPEAL = {
    "title": "青禾路口每晚流动摊贩占道油烟扰民",
    "content": "青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
    "demand": "固定值守到二十二点",
    "category": "C0101",
    "region": "310104",
    "street": "310104-ST01",
    "address": "青禾路128弄北门",
    "occurred_at": "2026-09-13T20:00:00+08:00",
    "citizen": {"name": "王试", "phone": "13900000001"},
}
_keys = itertools.count()


class Machine:
    """One client and how it speaks."""

    def __init__(
        self,
        role: str = "call_taker",
        unit: Unit | None = None,
        *,
        scopes: tuple[str, ...] = ALL,
        source: str = "",
    ) -> None:
        given = set(scopes) - (set() if role in {"call_taker", "dispatcher"} else {"intake"})
        self.row, self.token = add_client(
            name="某平台", role=role, unit=unit or centre(), scopes=given, source=source,
            expires_at=clock.now() + dt.timedelta(days=30), by=system("test"),
        )  # fmt: skip
        self.http = Client(raise_request_exception=False)

    @property
    def actor(self) -> Actor:
        from suqiu.accounts.queries import actor_of

        return actor_of(self.row)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        heads = {"Authorization": f"Bearer {self.token}"}
        heads |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: dict[str, Any] = {"headers": heads}
        if body is not None:
            more |= {"data": body, "content_type": "application/json"}
        answer = getattr(self.http, method)(f"/api/v1{path}", **more)
        hold(method, f"/api/v1{path}", answer)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("get", path, **headers)

    def upload(
        self, path: str, data: bytes, *, key: str = "", name: str = "a.jpg", **form: str
    ) -> Any:
        """One file, sent as a form; what the sender says of its type is a lie."""
        more = {k.lower(): form.pop(k) for k in list(form) if k in {"If_Match"}}
        heads = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key or f"k-{next(_keys)}",
            **{k.replace("_", "-"): v for k, v in more.items()},
        }
        sent = {"file": SimpleUploadedFile(name, data, content_type="text/html"), **form}
        answer = self.http.post(f"/api/v1{path}", sent, headers=heads)
        hold("post", f"/api/v1{path}", answer)
        return answer

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        given = key or f"k-{next(_keys)}"
        return self.ask(
            "post", path, body if body is not None else {}, Idempotency_Key=given, **headers
        )
