"""Where the bytes lie: by content hash, in a closed folder or an S3-compatible store (STORAGES)."""

import hashlib
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext as _

from suqiu.base.errors import Missing


def path_of(sha256: str) -> str:
    """Two steps of folders, so that none holds too many."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes) -> None:
    """Keep these bytes under their hash, once. Never within a transaction: the store may be across
    the network."""
    store, path = storages["files"], path_of(hash_of(data))
    if store.exists(path):
        return
    if isinstance(store, FileSystemStorage):
        _whole_or_not(Path(store.path(path)), data)
    else:
        store.save(path, ContentFile(data))


def _whole_or_not(target: Path, data: bytes) -> None:
    """Under its name stands all of it or nothing, also where the power goes: a half would be taken
    for the whole by the next upload of the same, and by a backup."""
    for folder in reversed([p for p in target.parents if not p.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    # A name that begins with a point is under way: a backup passes it over.
    handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    entry = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def fetch(sha256: str) -> bytes:
    """The bytes with this hash. Raises Missing where they are gone or no longer those: evidence that
    was changed is not shown as evidence."""
    try:
        with storages["files"].open(path_of(sha256)) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        raise Missing("file.gone", _("附件的内容不在了")) from error
    if hash_of(data) != sha256:
        raise Missing("file.changed", _("附件的内容与登记的指纹不符"))
    return data


def drop(sha256: str) -> None:
    storages["files"].delete(path_of(sha256))


def absent(hashes: Collection[str]) -> list[str]:
    """Those of which the store has no bytes. A store across the network is listed, not asked for each."""
    store, wanted = storages["files"], set(hashes)
    if bucket := getattr(store, "bucket", None):
        there = bucket.objects.filter(Prefix=store.location)  # type: ignore[attr-defined]
        return sorted(wanted - {one.key.rpartition("/")[2] for one in there})
    return sorted(one for one in wanted if not store.exists(path_of(one)))


def bring(path: Path) -> None:
    """Keep a file of a backup under the hash that is its name."""
    keep(path.read_bytes())
