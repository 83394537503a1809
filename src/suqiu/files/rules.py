"""What a file is by its content, and what may come in. Pure: bytes in, answers out.

Neither the name nor what the browser says of the type is believed.
"""

import re
from dataclasses import dataclass

from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid
from suqiu.base.text import clean

IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/webm": "weba",
}
_MOVIE_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys(
        (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"3gp4", b"3gp5"), "audio/mp4"
    ),
}
# What a browser or an interpreter would run, wherever in the file it stands. Each is five bytes or
# more: shorter ones turn up by chance in a photo of ten megabytes.
_ALIVE = re.compile(
    rb"<script|<html|<svg[\s>]|<\?php|<!doctype|<iframe|javascript:|<!entity", re.IGNORECASE
)
_ACTIVE_PDF = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_UNSAFE_NAME = re.compile(r'[\\/:*?"<>|\u202a-\u202e\u2066-\u2069\r\n\t]+')
NAME_MOST = 80


@dataclass(frozen=True)
class Limits:
    """How much may come in: bytes for each file, files for each object, pixels of one picture."""

    max_bytes: int = 15 * 1024 * 1024
    max_files: int = 9
    max_pixels: int = 60_000_000


def sniffed(data: bytes) -> str:
    """The type by the first bytes. Raises Invalid for what is not on the list."""
    head = data[:16]
    if head.startswith(b"\xff\xd8\xff"):
        found = "image/jpeg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = "image/png"
    elif head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE"}:
        found = "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    elif head[4:8] == b"ftyp":
        found = _MOVIE_BRANDS.get(head[8:12], "")
    elif head.startswith(b"%PDF-"):
        found = "application/pdf"
    else:
        found = _sound(data)
    if not found:
        raise Invalid(
            "file.type",
            _("只收照片（JPEG、PNG、WebP、HEIC）、PDF 和录音（MP3、M4A、WAV、OGG、WebM、AMR）"),
        )
    return found


def _sound(data: bytes) -> str:
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "audio/amr"
    if data.startswith(b"ID3") or _is_mpeg_frame(data[:4]):
        return "audio/mpeg"
    if data.startswith(b"\x1aE\xdf\xa3") and b"webm" in data[:64]:
        # What a browser records. The same box holds films, which name their picture's coding.
        return "" if b"V_VP" in data[:4096] or b"V_AV1" in data[:4096] else "audio/webm"
    return ""


def _is_mpeg_frame(four: bytes) -> bool:
    """A frame's head of layer III: sync, a version, a bit rate and a sampling rate that exist."""
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0:
        return False
    version, layer = four[1] >> 3 & 3, four[1] >> 1 & 3
    rate, sampling = four[2] >> 4, four[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in {0, 15} and sampling != 3


def refuse_disguised(data: bytes, mime: str) -> None:
    """Refuse what is also something else: a picture that is a page, an archive or a document too."""
    if _ALIVE.search(data):
        raise Invalid("file.disguised", _("文件里夹带网页或脚本，不收"))
    # An archive is read from its end; a picture with one behind it opens as both.
    if b"PK\x05\x06" in data[-65_600:]:
        raise Invalid("file.disguised", _("文件里夹带压缩包，不收"))
    if mime != "application/pdf":
        if b"%PDF-" in data:
            raise Invalid("file.disguised", _("文件里夹带另一份文件，不收"))
        return
    if b"%%EOF" not in data[-2048:]:
        raise Invalid("file.broken", _("PDF 不完整，请重新导出"))
    if _ACTIVE_PDF.search(data):
        raise Invalid("file.active", _("PDF 带脚本或附件，请另存为普通 PDF"))


def check_size(size: int, limits: Limits) -> None:
    """Raises Invalid for an empty file and for one that is too large."""
    if size == 0:
        raise Invalid("file.empty", _("文件是空的"))
    if size > limits.max_bytes:
        raise Invalid(
            "file.large",
            _("文件 %(size).1f MB，最多 %(most).0f MB")
            % {"size": size / 1_048_576, "most": limits.max_bytes / 1_048_576},
        )


def check_count(there: int, more: int, limits: Limits) -> None:
    if there + more > limits.max_files:
        raise Invalid(
            "file.many",
            _("最多 %(most)d 个附件，已有 %(there)d 个")
            % {"most": limits.max_files, "there": there},
        )


def named(name: str, mime: str) -> str:
    """A name that is safe to offer for saving: no path, no turned text, the suffix of its content."""
    stem = (
        _UNSAFE_NAME.sub("_", clean(name)).lstrip("._ ").rsplit(".", 1)[0].strip("._ ")[:NAME_MOST]
    )
    return f"{stem or 'file'}.{SUFFIXES[mime]}"


def headers(name: str, mime: str, *, inline: bool) -> dict[str, str]:
    """What goes with the bytes: never run, never guessed, never kept by a browser or a proxy."""
    return {
        "Content-Type": mime,
        "Content-Disposition": content_disposition_header(not inline, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
