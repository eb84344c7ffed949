"""The pictures of the README, taken from the demo data: `make screenshots`."""

from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from tests.browser.addresses import COMMUNE
from tests.browser.visitor import DESKTOP, PHONE

pytestmark = pytest.mark.screenshots

FOLDER = settings.BASE_DIR / "docs" / "screenshots"
HEAVIEST = 150_000  # bytes
COLOURS = 128


@pytest.mark.parametrize(
    ("name", "account", "address", "width", "height"),
    [
        ("board", "vanphong", "/board/", DESKTOP, 1360),
        ("board-phone", "bcd", "/board/", PHONE, 1360),
        ("commune", "vanphong", f"/communes/{COMMUNE}/", DESKTOP, 1200),
        ("funding", "vanphong", "/funding/?open=giao-thong", DESKTOP, 1200),
    ],
)
def test_take_a_picture(visit, name, account, address, width, height):
    page = visit(account, width=width).open(address)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    picture = Image.open(BytesIO(page.screenshot()))
    content = BytesIO()
    # Flat colours and letters: a palette keeps them and is a third as heavy.
    picture.convert("RGB").quantize(COLOURS).save(content, "PNG", optimize=True)

    assert len(content.getvalue()) <= HEAVIEST
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(content.getvalue())
