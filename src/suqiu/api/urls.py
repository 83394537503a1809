"""The doors for machines, all under /api/v1."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import path
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError

from suqiu.api import problems
from suqiu.api.described import DescribedAPI
from suqiu.api.doors import StrictParser
from suqiu.api.files import files
from suqiu.api.lists import lists
from suqiu.api.operations import orders
from suqiu.base.errors import Refused

api = DescribedAPI(
    title="Suqiu 诉求",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=StrictParser(),
    description="One line of curl for a first call: docs/api.md. Every fault is problem+json.",
)
api.add_router("", orders)
api.add_router("", files)
api.add_router("", lists)
# ninja's annotation allows a class where it only ever gives an instance.
for _kind, _handler in (
    (Refused, problems.of_refusal),
    (HttpError, problems.of_http),
    (ValidationError, problems.of_validation),
):
    api.add_exception_handler(_kind, _handler)  # type: ignore[arg-type]


@api.exception_handler(RequestDataTooBig)
def _too_big(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.instead_of(HttpResponse(status=413))


@api.exception_handler(UnreadablePostError)
def _cut_off(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.instead_of(HttpResponse(status=400))


@api.exception_handler(MultiPartParserError)
def _no_form(request: HttpRequest, _error: Exception) -> HttpResponse:
    said = _("正文不是完整的 multipart/form-data")
    return problems.of_refusal(request, Refused("api.form", said))


@api.exception_handler(Http404)
def _missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.instead_of(HttpResponse(status=404))


urlpatterns = [path("api/v1/", api.urls)]
