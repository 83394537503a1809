"""Forgetting what was uploaded and never used; taking down how each picture looks."""

from suqiu.base.actors import system
from suqiu.base.errors import Missing
from suqiu.files import pictures, store
from suqiu.files.actions import forget_unlinked
from suqiu.files.models import File

BATCH = 100


def clean_up() -> int:
    return forget_unlinked(by=system("files"))


def take_looks() -> int:
    """How the newly linked pictures look, from their copies; never in somebody's request."""
    rows = File.objects.filter(looks=None, linked_at__isnull=False).exclude(copy_sha256="")
    done = 0
    for pk, sha256 in list(rows.order_by("pk").values_list("pk", "copy_sha256")[:BATCH]):
        try:
            seen = pictures.looks(store.fetch(sha256))
        except Missing:  # the bytes have left by the rules of retention
            seen = 0
        done += File.objects.filter(pk=pk).update(looks=seen)
    return done
