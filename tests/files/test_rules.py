"""What comes in, and what people get of it. A test for each way in which uploads hurt others."""

import io
import zipfile

import pillow_heif
import pytest
from PIL import Image

from suqiu.base.errors import Invalid
from suqiu.files import pictures, rules
from suqiu.files.rules import Limits
from tests.pictures import LAT, LON, bomb, photo, sideways

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SOUNDS = {
    "audio/mpeg": b"ID3\x04" + bytes(60),
    "audio/mp4": b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + bytes(40),
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40),
    "audio/ogg": b"OggS" + bytes(60),
    "audio/amr": b"#!AMR\n" + bytes(60),
}
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
ALIVE = [b"<script>x</script>", b"<HTML><body>", b"<svg onload=x>", b"<?php system($_GET[0]);"]


def code_of(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        mime = rules.sniffed(data)
        rules.refuse_disguised(data, mime)
        if mime.startswith("image/"):
            pictures.read(data, Limits())
    return caught.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_known_by_its_content(form: str) -> None:
    data = photo(form)
    assert rules.sniffed(data) == rules.IMAGES[form]
    read = pictures.read(data, Limits())
    assert (read.width, read.height) == (640, 480)


def test_a_photo_of_an_apple_phone_is_read() -> None:
    out = io.BytesIO()
    heif = pillow_heif.from_pillow(Image.open(io.BytesIO(photo())))
    heif.save(out)
    assert rules.sniffed(out.getvalue()) == "image/heic"
    read = pictures.read(out.getvalue(), Limits())
    assert read.mime == "image/heic"
    assert Image.open(io.BytesIO(read.copy)).format == "JPEG"


@pytest.mark.parametrize(("mime", "data"), list(SOUNDS.items()))
def test_a_recording_is_known_by_its_content(mime: str, data: bytes) -> None:
    assert rules.sniffed(data) == mime


@pytest.mark.parametrize(
    "data",
    [SVG, b"<!doctype html><html></html>", b"GIF89a" + bytes(50), b"MZ" + bytes(90), b"\x7fELF" + bytes(50), b"",
     b"plain words"],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(data: bytes) -> None:
    assert code_of(data) == "file.type"


@pytest.mark.parametrize("tail", ALIVE)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_a_page_too_is_refused(form: str, tail: bytes) -> None:
    assert code_of(photo(form) + tail) == "file.disguised"


def test_a_page_in_the_cameras_notes_is_refused() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", exif=exif)
    assert code_of(out.getvalue()) == "file.disguised"


def test_a_picture_with_an_archive_or_a_document_behind_it_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as box:
        box.writestr("a.txt", "x")
    assert code_of(photo() + archive.getvalue()) == "file.disguised"
    assert code_of(photo() + PDF) == "file.disguised"


def test_a_sound_that_hides_a_page_is_refused() -> None:
    assert code_of(SOUNDS["audio/mpeg"] + b"<html>") == "file.disguised"


def test_a_document_that_acts_is_refused() -> None:
    rules.refuse_disguised(PDF, "application/pdf")
    assert (
        code_of(PDF.replace(b"/Catalog", b"/Catalog/Names<</JavaScript 2 0 R>>")) == "file.active"
    )
    assert code_of(PDF.replace(b"%%EOF", b"")) == "file.broken"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb()
    assert len(data) < 2_000_000
    assert code_of(data) == "file.bomb"


def test_a_picture_cut_short_is_refused() -> None:
    whole = photo()
    assert code_of(whole[: len(whole) // 2]) == "file.broken"
    assert code_of(b"\xff\xd8\xff" + bytes(200)) == "file.broken"


def test_the_copy_tells_neither_place_nor_camera() -> None:
    read = pictures.read(photo(), Limits())
    assert read.place == pytest.approx((LAT, LON), abs=1e-4)
    assert (
        read.captured_at is not None and read.captured_at.isoformat() == "2026-09-13T13:05:00+00:00"
    )
    for copy in (read.copy, read.thumb):
        opened = Image.open(io.BytesIO(copy))
        assert not opened.getexif() and not {"exif", "xmp", "comment", "icc_profile"} & set(
            opened.info
        )
        assert b"TestCam" not in copy and b"Model-X-77" not in copy and b"2026:09" not in copy


def test_a_png_that_tells_in_words_tells_nothing_in_its_copy() -> None:
    from PIL.PngImagePlugin import PngInfo

    told, out = PngInfo(), io.BytesIO()
    told.add_text("Location", "31.2304,121.4737")
    told.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>GPSLatitude 31,13.8N</x:xmpmeta>")
    Image.new("RGB", (30, 30)).save(out, "PNG", pnginfo=told)
    read = pictures.read(out.getvalue(), Limits())
    assert b"31.2304" not in read.copy and b"GPSLatitude" not in read.copy


def test_a_photo_taken_sideways_stands_upright() -> None:
    read = pictures.read(sideways(), Limits())
    assert Image.open(io.BytesIO(read.copy)).size == (20, 40) == (read.width, read.height)


def test_notes_that_make_no_sense_are_none() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (999.0, 0.0, 0.0), "E", (1.0, 2.0, 3.0)
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", exif=exif)
    read = pictures.read(out.getvalue(), Limits())
    assert (read.captured_at, read.place) == (None, None)


@pytest.mark.parametrize(
    ("told", "safe"),
    [
        ("../../etc/passwd", "etc_passwd.jpg"),
        ("a.php.jpg", "a.php.jpg"),
        ("photo\u202egpj.exe", "photo_gpj.jpg"),
        ('x"\r\nSet-Cookie: a=b.jpg', "x_Set-Cookie_ a=b.jpg"),
        ("", "file.jpg"),
        ("长" * 300, "长" * 80 + ".jpg"),
    ],
)
def test_a_name_carries_no_path_no_turned_text_and_the_suffix_of_its_content(
    told: str, safe: str
) -> None:
    assert rules.named(told, "image/jpeg") == safe


def test_headers_forbid_running_and_guessing() -> None:
    said = rules.headers("报 告.pdf", "application/pdf", inline=False)
    assert said["Content-Disposition"].startswith("attachment")
    assert said["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in said["Content-Security-Policy"] and "no-store" in said["Cache-Control"]
