"""Where the text messages' gateway says what became of a message: a machine's door, signed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from suqiu.base import clock
from suqiu.notifications import actions
from suqiu.notifications.gateway import Failed

LARGEST = 16384


@csrf_exempt
@require_POST
def sms(request: HttpRequest) -> HttpResponse:
    """204 for what was noted, and for what is not ours: whoever asks learns nothing of our numbers."""
    gateway = settings.SMS
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdecimal()) or int(length) > LARGEST:
        return HttpResponse(status=413)
    if gateway is None or not gateway.knows(
        time=request.headers.get("X-Suqiu-Time", ""),
        signature=request.headers.get("X-Suqiu-Signature", ""),
        body=request.body,
        now=clock.now().timestamp(),
    ):
        return HttpResponse(status=403)
    try:
        actions.receipt(*gateway.read_receipt(request.body))
    except Failed as fault:
        return HttpResponse(str(fault), status=422, content_type="text/plain")
    return HttpResponse(status=204)
