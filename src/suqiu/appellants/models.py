"""The citizen's identity, apart from the appeal: encrypted, masked, found again by keyed hash."""

from django.db import models


class Appellant(models.Model):
    """`sealed` holds name, telephone and address as one encrypted text; the masks are for screens."""

    key_id = models.CharField(max_length=16)
    sealed = models.BinaryField(null=True)
    masked_name = models.CharField(max_length=32, blank=True)
    masked_phone = models.CharField(max_length=32, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    anonymous = models.BooleanField(default=False)
    wants_callback = models.BooleanField(default=True)
    contact_times = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    @property
    def has_phone(self) -> bool:
        return bool(self.phone_hash)
