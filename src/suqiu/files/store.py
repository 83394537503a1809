"""Where the bytes lie: by content hash, in a closed folder or an S3-compatible store (STORAGES)."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import storages
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
    if not store.exists(path):
        store.save(path, ContentFile(data))


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
