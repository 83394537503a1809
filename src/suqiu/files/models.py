"""What was handed in: one row for each upload, one blob for each content."""

from django.db import models


class File(models.Model):
    """An upload. It cannot be opened by itself: only through the object that links it.

    `sha256` names the original, kept as it came, as evidence; `copy_sha256` the copy without place
    and camera that people see; `thumb_sha256` a small one. `captured_*` is what the original said
    of itself: when and where it was taken, in UTC and WGS 84 degrees.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=120, blank=True)
    copy_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    thumb_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    # How a picture looks, as 64 bits (a difference hash); the worker takes it, None until then.
    looks = models.BigIntegerField(null=True)
    captured_at = models.DateTimeField(null=True)
    captured_lat = models.FloatField(null=True)
    captured_lon = models.FloatField(null=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=64)
    linked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(linked_at__isnull=True),
                name="files_unlinked",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(looks__isnull=True) & ~models.Q(copy_sha256=""),
                name="files_unlooked",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def is_audio(self) -> bool:
        return self.mime.startswith("audio/")
