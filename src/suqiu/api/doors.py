"""Who comes in, what a body may be, how often a thing is done, and on which version."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from ninja import Header
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BaseModel

from suqiu.accounts import actions as accounts
from suqiu.accounts import throttles
from suqiu.accounts.grants import prefix_of
from suqiu.accounts.models import Client
from suqiu.accounts.queries import actor_of, client_of
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, Refused
from suqiu.base.net import net_of_request
from suqiu.intake.actions import once
from suqiu.intake.queries import answered
from suqiu.orders.locks import hold_family
from suqiu.orders.models import Order
from suqiu.orders.queries import get_for, version

GUESSES = 10  # wrong tokens of one prefix from one network in a minute
MINUTE = 60
REPLAYED = "Idempotency-Replayed"

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Of the caller's own making, one for each thing to be done: the same again gets the same answer.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag that was read; 412 if it has changed.",
    ),
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]


class ApiRequest(HttpRequest):
    """What an operation may rely on, behind `Bearer`."""

    actor: Actor
    client: Client
    parsed: Any


class Bearer(HttpBearer):
    """A machine client's token, with this scope; without a name: any client."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Client | None:
        client = _known(request, token.strip())
        if client is None:
            return None
        _count(request, client)
        if self.scope and self.scope not in client.scopes:
            said = _("令牌没有这项权限：%s") % self.scope
            raise NotAllowed("api.scope", said, scope=self.scope)
        accounts.note_use(client)
        request.client = client  # type: ignore[attr-defined]
        request.actor = actor_of(client)  # type: ignore[attr-defined]
        return client


def _known(request: HttpRequest, token: str) -> Client | None:
    """Guessing at one client's token ends after a few; a malformed one costs no query at all."""
    prefix = prefix_of(token)
    if not prefix:
        return None
    guesser = f"{net_of_request(request)}:{prefix}"
    client = client_of(token, guesser=guesser, most=GUESSES)
    if client is None:
        now = throttles.count("guess", guesser, most=GUESSES, seconds=MINUTE)
        if now.too_many:
            _refuse_many(now, _("错误的令牌太多，请过一分钟再试"))
    return client


def _count(request: HttpRequest, client: Client) -> None:
    """A client that was given a measure is held to it; every answer tells how it stands."""
    if client.per_minute is None:
        return
    now = throttles.count("client", client.actor_id, most=client.per_minute, seconds=MINUTE)
    request.tries = now  # type: ignore[attr-defined]
    if now.too_many:
        said = _("一分钟内最多 %d 次请求，请按 Retry-After 再来") % client.per_minute
        _refuse_many(now, said)


def _refuse_many(now: throttles.Tries, said: str) -> NoReturn:
    raise Refused("api.throttled", said, retry_after=now.resets_in)


class StrictParser(Parser):
    """JSON in UTF-8 and nothing else; what is wrong with it is said with its place."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Refused("api.type", _("正文须是 application/json"))
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise Refused("api.type", _("正文须用 UTF-8"))
        parsed = _read(request.body)
        if not isinstance(parsed, dict):
            raise Refused("api.json", _("正文须是一个 JSON 对象"))
        request.parsed = parsed  # type: ignore[attr-defined]
        return parsed

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> Any:
        """Where an operation takes a form, the body must be one: no file hides in something else."""
        if data is not request.GET and request.content_type != "multipart/form-data":
            raise Refused("api.type", _("正文须是 multipart/form-data"))
        return super().parse_querydict(data, list_fields, request)


def _read(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_each_once)
    except UnicodeDecodeError as error:
        said = _("第 %d 字节不是 UTF-8") % error.start
        raise Refused("api.json", said, byte=error.start) from error
    except json.JSONDecodeError as error:
        said = _("第 %(line)d 行第 %(column)d 列不是 JSON") % {
            "line": error.lineno,
            "column": error.colno,
        }
        raise Refused("api.json", said, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise Refused("api.json", _("JSON 嵌套太深")) from error
    except ValueError as error:  # a number of thousands of digits
        raise Refused("api.json", _("JSON 里有读不了的数")) from error


def _refuse(name: str) -> Any:
    raise Refused("api.json", _("%s 不是 JSON") % name)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused("api.json", _("同一个字段给了两次"))
    return made


def write(
    request: ApiRequest,
    key: str,
    act: Callable[[], tuple[int, dict[str, Any], str]],
    *,
    told: Any = None,
    first: Callable[[], None] | None = None,
) -> HttpResponse:
    """Do `act` once for this client's key, keep its answer with it, and give it ever after.

    `act` returns (status, body, etag). `told` is what was asked where that was no JSON; `first` is
    done before the transaction, and not for what was answered before. Raises Invalid where the key
    was used for something else.
    """

    def kept() -> dict[str, Any]:
        status, body, etag = act()
        return {"status": status, "body": json.loads(_json(body)), "etag": etag}

    said = getattr(request, "parsed", None) if told is None else told
    asked = json.dumps([request.path, said], sort_keys=True, separators=(",", ":"))
    # Keyed: who reads the receipts cannot try out which telephone was in a body.
    body = salted_hmac("suqiu.api.body", asked, algorithm="sha256").hexdigest()
    if first is not None and answered(request.actor.id, f"api:{key}", body) is None:
        first()
    answer, new = once(request.actor.id, f"api:{key}", kept, body=body)
    response = json_of(answer["status"], answer["body"])
    if answer["etag"]:
        response["ETag"] = answer["etag"]
    if not new:
        response[REPLAYED] = "true"
    return response


def number_of(given: str) -> str:
    """What cannot be a number is not there; the database is not asked about it."""
    return given if given.isascii() and given.isprintable() and len(given) <= 24 else "-"


def json_of(status: int, body: Any) -> HttpResponse:
    return HttpResponse(
        _json(body),
        status=status,
        content_type="application/json; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, default=_plain, sort_keys=True)


def _plain(value: object) -> str:
    """Moments and days by RFC 3339; all else as it says itself."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def only(request: HttpRequest, asked: type[BaseModel]) -> None:
    """A filter that we do not know is refused: the caller would take the whole for a part."""
    for name in request.GET:
        if name not in asked.model_fields:
            told = {"where": "query", "field": repr(name)[:100], "message": "unknown"}
            raise Invalid("api.field", _("没有这个筛选条件"), errors=[told])


def etag_of(order: Order, by: Actor) -> str:
    """The version that this actor may know of; keyed, so that it counts no hidden step aloud."""
    told = f"{order.number}:{version(order, by)}:{by.id}"
    digest = salted_hmac("suqiu.api.etag", told, algorithm="sha256").hexdigest()
    return f'"{digest[:24]}"'


def held(number: str, if_match: str | None, by: Actor, *, beside: str = "") -> Order:
    """The order, held with all that belong to it (and `beside`, which it is to join), if it still is
    what the caller read. Raises Missing, or 412."""
    order = get_for(by, number, log=False)
    if if_match is not None:
        others = [get_for(by, beside, log=False).pk] if beside else []
        order = hold_family(order.pk, *others)[order.pk]
        given = parse_etags(if_match)
        if "*" not in given and etag_of(order, by) not in given:
            raise Refused("api.stale", _("您读过之后它又变了，请重读再办"), number=number)
    return order


def unchanged(request: HttpRequest, etag: str) -> bool:
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or etag in [one.removeprefix("W/") for one in given]
