"""A picture is kept as its dots and nothing else: no place, no words, nothing behind its end."""

from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from ntm_tracker.core import photos, uploads
from tests.factories import NOW
from tests.sponsors.build import create_task, report

SECRET = "NHA RIENG CUA CHI HOA"
RED, GREEN = (250, 10, 10), (10, 200, 10)


def two_halves(width=40, height=20, mode="RGB") -> Image.Image:
    """Red on the left, green on the right, so that it is seen how the picture lies."""
    image = Image.new("RGB", (width, height), GREEN)
    image.paste(RED, (0, 0, width // 2, height))
    return image.convert(mode)


def phone_exif(orientation=1) -> Image.Exif:
    """What a phone writes: where it stood, whose it is, how it was held."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET
    exif[ExifTags.Base.Make] = SECRET
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (18.0, 10.0, 30.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (105.0, 42.0, 7.0)
    place[ExifTags.GPS.GPSAreaInformation] = SECRET
    return exif


def file_of(image: Image.Image, kind: str, **saving) -> bytes:
    content = BytesIO()
    image.save(content, kind, **saving)
    return content.getvalue()


def png_words() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    info.add_text("Description", SECRET * 50, zip=True)
    info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET}</x:xmpmeta>")
    info.add(b"prVt", SECRET.encode())
    return info


def zip_of_a_page() -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("index.html", f"<script>alert('{SECRET}')</script>")
    return content.getvalue()


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# What Pillow says of any file: the density of a JPEG, and that a WEBP does not move.
OWN_INFO = {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
    "loop",
    "background",
    "timestamp",
    "duration",
}
LOADED = {
    "JPEG of a phone": lambda: file_of(
        two_halves(), "JPEG", exif=phone_exif(), comment=SECRET, icc_profile=profile()
    ),
    "JPEG with XMP": lambda: file_of(two_halves(), "JPEG", xmp=f"<x>{SECRET}</x>".encode()),
    "PNG with words": lambda: file_of(
        two_halves(), "PNG", pnginfo=png_words(), exif=phone_exif(), icc_profile=profile()
    ),
    "WEBP of a phone": lambda: file_of(
        two_halves(), "WEBP", exif=phone_exif(), xmp=SECRET.encode(), icc_profile=profile()
    ),
    "JPEG with a zip behind it": lambda: file_of(two_halves(), "JPEG") + zip_of_a_page(),
    "PNG with a zip behind it": lambda: file_of(two_halves(), "PNG") + zip_of_a_page(),
    "PNG with a script behind it": lambda: (
        file_of(two_halves(), "PNG") + f"<script>{SECRET}</script>".encode()
    ),
}


@pytest.mark.parametrize("make", LOADED.values(), ids=LOADED.keys())
def test_nothing_but_the_dots_is_kept(make):
    sent = make()
    carried = Image.open(BytesIO(sent))
    assert carried.info or is_zipfile(BytesIO(sent)) or SECRET.encode() in sent

    kept = photos.draw_anew(BytesIO(sent)).content

    image = Image.open(BytesIO(kept))
    image.load()
    assert not dict(image.getexif())
    assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert set(image.info) <= OWN_INFO
    assert SECRET.encode() not in kept
    assert b"<script" not in kept
    assert not is_zipfile(BytesIO(kept))
    assert image.size == (40, 20)


# Where red lies after the camera was held so: left, right, above or below.
HELD = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "red"), HELD.items())
def test_a_picture_stands_as_the_camera_was_held(kind, orientation, red):
    sent = file_of(two_halves(), kind, exif=phone_exif(orientation))

    image = Image.open(BytesIO(photos.draw_anew(BytesIO(sent)).content)).convert("RGB")

    assert image.size == ((40, 20) if orientation < 5 else (20, 40))
    width, height = image.size
    places = {
        "left": (3, height // 2),
        "right": (width - 4, height // 2),
        "top": (width // 2, 3),
        "bottom": (width // 2, height - 4),
    }
    dot = image.getpixel(places[red])
    assert dot[0] > 200
    assert dot[1] < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_odd_kinds_of_png_are_drawn(mode):
    sent = Image.new("I;16", (9, 7), 40_000) if mode == "I;16" else two_halves(9, 7, mode)

    drawn = photos.draw_anew(BytesIO(file_of(sent, "PNG")))

    image = Image.open(BytesIO(drawn.content))
    assert (drawn.kind, image.size) == ("PNG", (9, 7))
    assert image.mode == ("RGBA" if "A" in mode else "RGB")


def test_a_transparent_palette_stays_transparent():
    image = Image.new("P", (4, 4), 0)
    image.putpalette([255, 255, 255, 0, 0, 0])
    image.putpixel((1, 1), 1)

    drawn = photos.draw_anew(BytesIO(file_of(image, "PNG", transparency=0)))

    kept = Image.open(BytesIO(drawn.content))
    assert [kept.getpixel(at)[3] for at in ((0, 0), (1, 1))] == [0, 255]


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_jpegs_of_scanners_are_drawn_in_colour(mode):
    drawn = photos.draw_anew(BytesIO(file_of(two_halves(mode=mode), "JPEG")))

    assert Image.open(BytesIO(drawn.content)).mode == "RGB"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_kept(kind):
    frames = [Image.new("RGB", (12, 8), colour) for colour in (RED, GREEN, (0, 0, 255))]
    sent = file_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert Image.open(BytesIO(sent)).n_frames == 3

    image = Image.open(BytesIO(photos.draw_anew(BytesIO(sent)).content))

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((6, 4))[0] > 200


def test_a_very_large_picture_is_made_smaller():
    sent = file_of(Image.new("RGB", (8160, 1000), "green"), "JPEG", exif=phone_exif(6))

    image = Image.open(BytesIO(photos.draw_anew(BytesIO(sent)).content))

    assert image.size == (500, photos.LONGEST)


@pytest.mark.filterwarnings("ignore:Tag data larger than file")
def test_a_picture_whose_exif_is_broken_is_taken_as_it_lies():
    exif = phone_exif(6).tobytes()
    sent = file_of(two_halves(), "JPEG", exif=exif[:20] + b"\xff" * (len(exif) - 20))

    kept = Image.open(BytesIO(photos.draw_anew(BytesIO(sent)).content))

    assert kept.size == (40, 20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    sent = file_of(Image.effect_noise((64, 64), 90).convert("RGB"), kind)

    with pytest.raises(ValidationError, match="hoặc ảnh bị hỏng"):
        uploads.verify_photo(SimpleUploadedFile("anh.jpg", sent[: len(sent) // 2]))


def test_size_and_digest_are_those_of_what_is_kept():
    sent = LOADED["JPEG with a zip behind it"]()

    photo = uploads.verify_photo(SimpleUploadedFile("anh.jpg", sent))

    kept = photo.file.read()
    assert (photo.size, photo.sha256) == (len(kept), sha256(kept).hexdigest())
    assert len(kept) < len(sent)


def test_the_photo_of_a_report_is_handed_out_without_its_place(client, office):
    sent = SimpleUploadedFile("anh.jpg", LOADED["JPEG of a phone"]())
    update = report(create_task(), 10, by=office, now=NOW, files=uploads.verify_photos([sent]))
    client.force_login(office)

    address = reverse("sponsors:attachment", args=[update.attachments.get().pk])
    answer = client.get(address)

    content = b"".join(answer.streaming_content)
    assert Image.open(BytesIO(content)).size == (40, 20)
    assert not dict(Image.open(BytesIO(content)).getexif())
    assert answer["X-Content-Type-Options"] == "nosniff"
