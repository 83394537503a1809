"""Files of an order: handed in with it, listed and opened through it. A hash opens nothing."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Path, Router, UploadedFile

from suqiu.api import answers, schemas, shapes
from suqiu.api.doors import (
    ApiRequest,
    Bearer,
    IfMatch,
    IfNoneMatch,
    Key,
    etag_of,
    held,
    json_of,
    number_of,
    unchanged,
    write,
)
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.files.actions import receive
from suqiu.files.rules import SUFFIXES, check_size
from suqiu.files.store import hash_of
from suqiu.orders import situations
from suqiu.orders.access import Denied, can, state_shown
from suqiu.orders.actions.attach import attach, limits_of
from suqiu.orders.models import Order
from suqiu.orders.queries import attachment_for, attachments, get_for

BYTES = {
    200: {
        "description": "The bytes",
        "content": {
            mime: {"schema": {"type": "string", "format": "binary"}} for mime in sorted(SUFFIXES)
        },
    },
    304: {"description": "The bytes that you have"},
}
files = Router(tags=["files"], auth=Bearer("files"))


@files.post(
    "/orders/{number}/files",
    url_name="upload",
    response={201: answers.Uploaded},
    summary="Hand in one file with the order",
)
def upload(
    request: ApiRequest,
    number: str,
    file: Annotated[UploadedFile, File()],
    given: Annotated[schemas.Upload, Form()],
    key: Key,
    if_match: IfMatch = None,
) -> HttpResponse:
    """Looked at on arrival: what it is by its content, whether it opens, whether it is two things at
    once. The name and type that the caller gives are not believed."""
    _only_once(request)
    order = get_for(request.actor, number_of(number), log=False)
    _may(order, request.actor)
    limits = limits_of(order, order.pack_id)
    check_size(file.size or 0, limits)
    data, kept = _whole(file, given.sha256), []
    told = given.model_dump(exclude={"sha256"})

    def keep() -> None:  # before the transaction: the store may be across the network
        name = file.name or ""
        kept.append(receive(data, name=name, limits=limits, by=request.actor))

    def act() -> tuple[int, dict[str, Any], str]:
        it = held(order.number, if_match, request.actor)
        done = attach(it, files=kept, **told, by=request.actor)
        row = done.attachments.select_related("file", "unit").get(file=kept[0])
        answer = {
            "number": done.number,
            "state": state_shown(done.state, request.actor),
            # The receipt stays when the order's words and files leave: no name in it.
            "file": {k: v for k, v in shapes.file(row).items() if k != "name"},
        }
        return 201, answer, etag_of(done, request.actor)

    asked = {**told, "name": file.name, "sha256": hash_of(data)}
    return write(request, key, act, told=asked, first=keep)


def _whole(file: UploadedFile, sha256: str) -> bytes:
    data: bytes = file.read()
    if sha256 and hash_of(data) != sha256:
        raise Invalid("file.cut", _("收到的文件与给出的 SHA-256 不符，请重传"), size=len(data))
    return data


def _only_once(request: HttpRequest) -> None:
    """Each part once, and none that we do not know: the caller would think that it counted."""
    known = {"file": 1, **dict.fromkeys(schemas.Upload.model_fields, 1)}
    for part in (request.POST, request.FILES):
        for name, values in part.lists():
            if name not in known or len(values) > 1 or (name == "file") != (part is request.FILES):
                why = "given twice" if len(values) > 1 else "unknown"
                told = {"where": "form", "field": ascii(name)[1:101], "message": why}
                raise Invalid("api.field", _("有字段不合要求，见 errors"), errors=[told])


def _may(order: Order, by: Actor) -> None:
    """Before a byte is kept for who may not add it."""
    answer = can(by, "attach", situations.of(order, content=False)[0])
    if isinstance(answer, Denied):
        raise answer.refusal()


@files.get(
    "/orders/{number}/files",
    url_name="files",
    summary="The files that this client may open",
    response=answers.Files,
)
def listed(request: ApiRequest, number: str) -> HttpResponse:
    order = get_for(request.actor, number_of(number))
    rows = attachments(order, request.actor)
    return json_of(200, {"number": order.number, "items": [shapes.file(row) for row in rows]})


@files.get(
    "/orders/{number}/files/{attachment}/{form}",
    url_name="file",
    openapi_extra={"responses": BYTES},
    summary="The bytes of one file",
)
def download(
    request: ApiRequest,
    number: str,
    attachment: Annotated[int, Path(ge=1, le=2**63 - 1)],
    form: schemas.FileForm,
    if_none_match: IfNoneMatch = None,
) -> HttpResponse:
    """`copy` and `thumb` of a picture say nothing of place and camera; its `original` is for roles of
    the centre that need it. What is no picture has only its original. Every look is logged."""
    found = attachment_for(request.actor, number_of(number), attachment, form)
    etag = f'"{hash_of(found.data)}"'
    if unchanged(request, etag):
        return HttpResponse(
            status=304, headers={"ETag": etag, "Cache-Control": "private, no-store"}
        )
    return HttpResponse(found.data, headers={**found.headers, "ETag": etag})
