"""Who comes in: every page of the staff asks for a login, and no browser keeps it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.desk.middleware import DeskRequest, came_from
from suqiu.intake import actions as receipts

Page = Callable[..., HttpResponse]
MOST_BYTES = 5_000_000


def staff(
    *roles: str, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[Page], Callable[..., HttpResponse]]:
    """Behind a login, for these roles (none named: for all), never stored by a browser."""

    def decorate(view: Page) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            desk = cast(DeskRequest, request)
            if roles and not desk.actor.roles & set(roles):
                raise NotAllowed("post", _("您的岗位不用这一页"))
            return view(desk, *args, **kwargs)

        allowed = require_http_methods(list(methods))(checked)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            return allowed(request, *args, **kwargs)

        return cast(Callable[..., HttpResponse], never_cache(guarded))

    return decorate


def _to_login(request: HttpRequest) -> HttpResponse:
    """Whose login ran out finds his way back to the page where he was, and is told that what he sent
    did not arrive. A part of a page cannot log anybody in: the page itself says it (desk.js)."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401)
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    messages.error(
        request,
        _("登录已过期，刚才的没有办成。登录后回到原处；写下的还在，姓名、电话和附件要重填。"),
    )
    return redirect_to_login(came_from(request) or "/")


def uploaded(request: HttpRequest, name: str = "file") -> bytes | None:
    """What was sent as a file, None where none was. Raises Invalid above the house's 5 MB."""
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        return None
    if (file.size or 0) > MOST_BYTES:
        raise Invalid("upload.size", _("文件太大，最多 5 MB"))
    content: bytes = file.read()
    return content


def once(request: DeskRequest, do: Callable[[], str]) -> str:
    """Run `do` once for the form's key and return its address; the second sending gets the first's.

    Kept as a receipt, and not in the session: of requests at the same moment each writes its own
    copy of the session back, and the last one forgets what the others did.
    """
    key = clean(str(request.POST.get("idempotency_key", "")))[:64]
    if not key:
        return do()
    answer, _new = receipts.once(request.actor.id, f"form:{key}", lambda: {"address": do()})
    return str(answer["address"])
