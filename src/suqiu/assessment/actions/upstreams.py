"""An upstream's definitions: proposed by one, published by another."""

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Upstream
from suqiu.assessment.shadow import upstream as upstreams
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid


def propose(*, text: str, by: Actor) -> Upstream:
    """A draft. Raises Invalid, saying where, for definitions that do not hold together, and for a
    version that is there."""
    body = upstreams.read(text)
    with transaction.atomic():
        actions.one_by_one()
        taken = Upstream.objects.filter(code=body.id, version=body.version)
        if taken.exclude(state="dropped").exists():
            raise Invalid("shadow.version", _("这一版已经有了，改过的要用新的版号"), field="text")
        row: Upstream = actions.make(
            Upstream, "propose", Standing("upstream"), by=by,
            values={"code": body.id, "version": body.version, "since": body.since,
                    "body": body.model_dump(mode="json")},
            data={"key": body.key, "since": body.since.isoformat()},
        )  # fmt: skip
    return row


def publish(pk: int, *, by: Actor) -> Upstream:
    with actions.step("upstream", pk, "publish", by=by) as here:
        here.data["key"] = f"{here.row.code} v{here.row.version}"
    return here.row  # type: ignore[no-any-return]


def drop(pk: int, *, by: Actor) -> Upstream:
    with actions.step("upstream", pk, "drop", by=by):
        pass
    return Upstream.objects.get(pk=pk)
