"""Pictures for tests, drawn here; what a camera would note is put into them by hand."""

import io
import random
from typing import Any

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

LAT, LON = 31.2304, 121.4737


def photo(
    form: str = "JPEG",
    *,
    size: tuple[int, int] = (640, 480),
    place: bool = True,
    scene: int = 0,
    **more: Any,
) -> bytes:
    """A street at night; with the camera's name, the moment, and where it was taken. `scene`: another
    number is another street."""
    image = Image.new("RGB", size, "#24323d")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, size[1] // 2, size[0], size[1]), fill="#464d50")
    for n in range(3):
        draw.polygon([(60 + n * 190, 200), (200 + n * 190, 200), (180 + n * 190, 150), (80 + n * 190, 150)],
                     fill=("#c8443a", "#d98a2b", "#3d7fad")[n])  # fmt: skip
    boxes = random.Random(scene)  # noqa: S311 - a drawing
    for _n in range(40 if scene else 0):
        x, y = boxes.randrange(size[0]), boxes.randrange(size[1])
        grey = boxes.randrange(256)
        draw.rectangle((x, y, x + 130, y + 90), fill=(grey, grey, grey))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "TestCam", "Model-X-77", "2026:09:13 21:05:00"
    exif.get_ifd(0x8769)[0x9003] = "2026:09:13 21:05:00"
    if place:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N", _dms(LAT)
        gps[3], gps[4] = "E", _dms(LON)
    out = io.BytesIO()
    image.save(out, form, exif=exif, **more)
    return out.getvalue()


def _dms(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return (
        IFDRational(int(whole)),
        IFDRational(int(minutes)),
        IFDRational(round(rest * 60 * 100), 100),
    )


def sideways() -> bytes:
    """40 × 20 points with the note "turn me a quarter": upright it is 20 × 40."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """Some hundred kilobytes that unpack to 900 megapixels."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG", optimize=False)
    return out.getvalue()
