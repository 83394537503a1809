"""Opening a picture with care: what it says of itself, and copies that say nothing of it."""

import datetime as dt
import io
import warnings
from dataclasses import dataclass

import pi_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD, Base

from suqiu.base.clock import LOCAL
from suqiu.base.errors import Invalid
from suqiu.files.rules import IMAGES, Limits

COPY_SIDE, THUMB_SIDE = 2048, 360
_COPY_QUALITY, _THUMB_QUALITY = 85, 75
# So many of 64 steps from point to point must be clear, or two empty walls are one picture.
_CLEAR, _TOLD = 3, 24
# A picture says what it is in its first bytes; nothing else is even tried.
_FORMATS = tuple(IMAGES)

pi_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class Picture:
    """What was read: measures after turning upright, when and where, and the two copies (JPEG)."""

    mime: str
    width: int
    height: int
    captured_at: dt.datetime | None
    place: tuple[float, float] | None
    copy: bytes
    thumb: bytes


def read(data: bytes, limits: Limits) -> Picture:
    """Decode the whole picture. Raises Invalid where it is broken, or larger than may be unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Opening reads the head only, so the measures are known before anything is unpacked.
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > limits.max_pixels:
                    raise _too_large(opened.width, opened.height)
                return _decoded(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("file.bomb", _("照片展开后太大，请缩小后再传")) from error
    except Invalid:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
    ) as error:
        raise Invalid("file.broken", _("照片打不开，可能已损坏，请重拍或另存后再传")) from error


def _too_large(width: int, height: int) -> Invalid:
    return Invalid(
        "file.bomb", _("照片有 %(w)d × %(h)d 点，太大，请缩小后再传") % {"w": width, "h": height}
    )


def _decoded(opened: Image.Image) -> Picture:
    mime = IMAGES[opened.format or ""]
    captured_at, place = _captured(opened)
    # A phone writes the picture as the sensor lay and notes the turn beside it.
    upright = ImageOps.exif_transpose(opened)
    plain = _plain(upright)
    return Picture(
        mime, plain.width, plain.height, captured_at, place,
        _saved(plain, COPY_SIDE, _COPY_QUALITY), _saved(plain, THUMB_SIDE, _THUMB_QUALITY),
    )  # fmt: skip


def _plain(image: Image.Image) -> Image.Image:
    """The points alone, on white where they were transparent: no profile, comment or notes."""
    image.load()
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    flat = Image.new("RGB", image.size)
    flat.paste(image.convert("RGB"))
    return flat


def _saved(image: Image.Image, side: int, quality: int) -> bytes:
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _captured(image: Image.Image) -> tuple[dt.datetime | None, tuple[float, float] | None]:
    """When and where, as the camera noted it; notes that make no sense count as none."""
    try:
        exif = image.getexif()
        detail, gps = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
    except (ValueError, SyntaxError, OSError, KeyError, TypeError):
        return None, None
    said = detail.get(Base.DateTimeOriginal) or exif.get(Base.DateTime)
    return _moment(said, detail.get(Base.OffsetTimeOriginal)), _place(gps)


def _moment(said: object, offset: object) -> dt.datetime | None:
    try:
        naive = dt.datetime.strptime(str(said)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        if offset:
            return dt.datetime.strptime(
                f"{naive:%Y-%m-%dT%H:%M:%S}{str(offset).strip()}", "%Y-%m-%dT%H:%M:%S%z"
            ).astimezone(dt.UTC)
        return naive.replace(tzinfo=LOCAL).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _place(gps: dict[int, object]) -> tuple[float, float] | None:
    lat = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W")
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return (lat, lon)


def _degrees(parts: object, side: object, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
        value: float = round(degrees + minutes / 60 + seconds / 3600, 6)
    except (TypeError, ValueError, ZeroDivisionError, AttributeError):
        return None
    if value != value:  # noqa: PLR0124 - a fraction over nothing reads as "not a number"
        return None
    return -value if str(side).strip("\x00 ") == negative else value


def looks(data: bytes) -> int:
    """How a copy looks, as 64 bits (difference hash: is each of 8 × 8 points brighter than its right
    neighbour?), alike for the same picture made smaller, brighter or saved again; signed, as the
    database keeps it. 0 for what shows too little to be told from another, or cannot be opened."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as opened:
            small = opened.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return 0
    points = list(small.tobytes())
    pairs = [(points[y * 9 + x], points[y * 9 + x + 1]) for y in range(8) for x in range(8)]
    bits = sum(1 << n for n, (left, right) in enumerate(pairs) if left > right)
    told = sum(abs(left - right) >= _CLEAR for left, right in pairs)
    if told < _TOLD:
        return 0
    return bits - (1 << 64) if bits >= 1 << 63 else bits
