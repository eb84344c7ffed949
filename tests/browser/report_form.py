"""The form in which progress is reported, as one fills it, and files to put into it."""

from io import BytesIO

from PIL import Image

NOTE = "Đã họp dân, thống nhất phần việc từng tuần."


def fill(page, *, progress="", note="", amount="", photos=()) -> None:
    """Type what is given; the part on contributions is unfolded first, as one must."""
    if progress:
        page.locator("input[name=progress]").fill(str(progress))
    if note:
        page.locator("textarea[name=note]").fill(note)
    if amount:
        unfold(page)
        page.locator("input[name=amount]").fill(amount)
    if photos:
        page.locator("input[name=photos]").set_input_files(list(photos))


def unfold(page) -> None:
    """Open the part of the form that is folded away."""
    more = page.locator("details:has(input[name=amount])")
    if more.get_attribute("open") is None:
        more.locator("summary").click()


def send(page) -> None:
    page.get_by_role("button", name="Gửi báo cáo").click()


def error_at(page, name: str):
    """The sentences that stand at a field and are tied to it for screen readers."""
    field = page.locator(f"[name={name}]").first
    ids = (field.get_attribute("aria-describedby") or "").split()
    assert field.get_attribute("aria-invalid") == "true", f"{name} is not marked as wrong"
    error_id = next(one for one in ids if one.endswith("_error"))
    return page.locator(f"[id='{error_id}']")


def photo() -> dict:
    """A picture as a phone makes it."""
    content = BytesIO()
    Image.new("RGB", (640, 480), (40, 120, 60)).save(content, "JPEG")
    return {"name": "hien-truong.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def no_photo() -> dict:
    """A text that calls itself a picture."""
    return {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": "Đây là văn bản.".encode()}
