"""Finding an identity by telephone, and opening one for those whom a caller above has let through."""

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db.models import QuerySet

from suqiu.appellants.actions import FORGOTTEN
from suqiu.appellants.models import Appellant
from suqiu.appellants.rules import keys, phone_hash, unseal
from suqiu.audit import journal
from suqiu.base.actors import Actor


def with_phone(phone: str) -> QuerySet[Appellant]:
    """All records of this telephone, newest first; none for an empty number."""
    hashed = phone_hash(phone, settings.SEARCH_KEY)
    rows = Appellant.objects.filter(phone_hash=hashed) if hashed else Appellant.objects.none()
    return rows.order_by("-created_at")


def of_same_phone(appellant: Appellant | None) -> QuerySet[Appellant]:
    """All records of this one's telephone; none where there is none or it has been forgotten."""
    hashed = appellant.phone_hash if appellant else ""
    if hashed in {"", FORGOTTEN}:
        return Appellant.objects.none()
    return Appellant.objects.filter(phone_hash=hashed)


def opened(
    appellant: Appellant, *, by: Actor, verb: str, subject: str, reason: str
) -> dict[str, str]:
    """The plain identity: {"name", "phone", "home"}. Every opening is logged first.

    Raises KeyError where the key that sealed it is not in the ring.
    """
    journal.looked(verb, subject, by=by, reason=reason)
    if appellant.sealed is None:
        return {"name": "", "phone": "", "home": ""}
    return unseal(bytes(appellant.sealed), keys(settings.IDENTITY_KEYS)[appellant.key_id])


def shut_keys() -> list[str]:
    """Ids of keys that do not open what was sealed under their name; tried on one identity each."""
    ring, shut = keys(settings.IDENTITY_KEYS), []
    for key_id in (
        Appellant.objects.exclude(sealed=None).values_list("key_id", flat=True).distinct()
    ):
        one = Appellant.objects.filter(key_id=key_id).exclude(sealed=None).first()
        try:
            unseal(bytes(one.sealed or b"") if one else b"", ring[key_id])
        except (KeyError, InvalidTag):
            shut.append(key_id)
    return shut
