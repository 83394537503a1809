"""Taking an identity in; changing keys. Revealing is an action of orders, which knows the accused."""

from django.conf import settings
from django.db import transaction

from suqiu.appellants.models import Appellant
from suqiu.appellants.rules import keys, normal_phone, phone_hash, seal, unseal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.text import clean, mask_name, mask_phone

FORGOTTEN = "forgotten"  # no keyed hash looks like this


def take_in(
    *,
    name: str = "",
    phone: str = "",
    home: str = "",
    anonymous: bool = False,
    wants_callback: bool = True,
    contact_times: str = "",
    by: Actor,
) -> Appellant:
    """Keep an identity: sealed, with masks for the screen and a keyed hash for finding it again."""
    ring = keys(settings.IDENTITY_KEYS)
    key_id = list(ring)[-1]
    plain = {"name": clean(name), "phone": normal_phone(phone), "home": clean(home)}
    return Appellant.objects.create(
        key_id=key_id,
        sealed=seal(plain, ring[key_id]),
        masked_name=mask_name(plain["name"]),
        masked_phone=mask_phone(plain["phone"]),
        phone_hash=phone_hash(phone, settings.SEARCH_KEY),
        anonymous=anonymous or not any(plain.values()),
        wants_callback=wants_callback,
        contact_times=contact_times,
        created_at=clock.now(),
    )


def rotate_keys(*, by: Actor, batch: int = 500) -> int:
    """Seal with the newest key all that older keys sealed. Returns how many were changed."""
    ring = keys(settings.IDENTITY_KEYS)
    newest = list(ring)[-1]
    with transaction.atomic():
        rows = list(
            Appellant.objects.select_for_update(skip_locked=True)
            .exclude(key_id=newest)
            .exclude(sealed=None)[:batch]
        )
        for row in rows:
            plain = unseal(bytes(row.sealed or b""), ring[row.key_id])
            row.sealed, row.key_id = seal(plain, ring[newest]), newest
            row.save(update_fields=["sealed", "key_id"])
    return len(rows)


def forget(appellant: Appellant, *, by: Actor) -> None:
    """The identity leaves, with its masks and what finds it again; that there was someone stays."""
    appellant.sealed = None
    appellant.masked_name = appellant.masked_phone = ""
    appellant.contact_times = ""
    # That there was a telephone is a fact which rates are counted with; which one it was is gone.
    appellant.phone_hash = FORGOTTEN if appellant.has_phone else ""
    appellant.save()
