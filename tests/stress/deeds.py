"""What people do: they look at pages, and write what the ledger is told of."""

import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from random import Random
from threading import Lock
from typing import Any

from tests.stress.client import Answer, NoAnswer, Upload, Visitor
from tests.stress.ledger import Deed, Entry, Fate, Ledger

STAMP = re.compile(r'name="([ci]\d+)-stamp" value="([^"]+)"')
SEEN = re.compile(r'name="rows" value="(\d+-\d+-\d+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
IMPORT_MARK = re.compile(r'name="mark" value="([^"]*)"')
CRITERION_CELL = "c"
SIGN_IN = "/accounts/login/"
# Nobody here types nonsense or asks for what is not his.
NEVER = {400, 404, 405}
MILLION = 1_000_000
PATIENCE = 0.1  # seconds until somebody whose browser shows no page tries again
# Of so many writes one is pressed twice: the second must write nothing.
PRESSED_TWICE = 10

READS: dict[str, tuple[str, ...]] = {
    "sponsor": ("/tasks/", "/board/", "/contributions/", "/difficulties/", "/due/"),
    "commune": ("/communes/{commune}/", "/board/", "/funding/", "/villages/", "/sponsors/"),
    "office": (
        "/board/", "/due/", "/funding/", "/warnings/", "/progress/", "/audit/", "/tasks/",
        "/declarations/", "/reports/2022-04/", "/reports/2022-04.xlsx",
    ),
    "department": ("/criteria/", "/board/", "/tasks/", "/sponsors/", "/map/"),
    "viewer": ("/board/", "/compare/", "/forecast/", "/summary/", "/reports/", "/tasks/timeline/"),
}  # fmt: skip


class Book:
    """What everybody saw: the seconds of each kind of page, and answers that must not be."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.seconds: dict[str, list[float]] = {}
        self.refused: dict[str, int] = {}
        self.errors: list[str] = []

    def keep(self, kind: str, answer: Answer | None) -> None:
        """One answer; None where none came."""
        with self.lock:
            if answer is None or answer.status >= 500 or answer.status in NEVER:
                self.errors.append(f"{kind}: {answer.status if answer else 'no answer'}")
                return
            if answer.location.startswith(SIGN_IN):
                self.errors.append(f"{kind}: signed out")
                return
            self.seconds.setdefault(kind, []).append(answer.seconds)
            if answer.status >= 400:
                name = f"{kind}: {answer.status}"
                self.refused[name] = self.refused.get(name, 0) + 1


class Person:
    """Somebody of a role, with a session, who waits a while before each click."""

    def __init__(
        self,
        account: Mapping[str, Any],
        port: int,
        ledger: Ledger,
        book: Book,
        *,
        think: float,
        is_over: Callable[[], bool],
        seed: int,
        writes: float = 0.5,
    ):
        self.account, self.ledger, self.book = account, ledger, book
        self.visitor, self.random = Visitor(port), Random(seed)
        self.think, self.is_over, self.writes = think, is_over, writes

    def work(self) -> None:
        """Click until it is over; `writes` says which share of what is begun is a write."""
        writes = WRITES[self.account["role"]]
        turns = islice(cycle(writes), self.random.randrange(len(writes) or 1), None)
        while not self.is_over():
            try:
                if writes and self.random.random() < self.writes:
                    next(turns)(self)
                else:
                    self.read()
            except NoAnswer:
                time.sleep(PATIENCE)  # It stands in the book.

    def read(self) -> None:
        path = self.random.choice(READS[self.account["role"]])
        self.get(path.format(**self.account), path.strip("/") or "home")

    def get(self, path: str, kind: str) -> Answer:
        """Think, then look at a page."""
        return self._click(kind, lambda: self.visitor.get(path))

    def write(
        self,
        entry: Entry,
        path: str,
        fields: Mapping[str, Any],
        files: Sequence[Upload] = (),
        **headers: str,
    ) -> Answer:
        """Think, then send a form, and tell the ledger what the answer said."""

        def send() -> Answer:
            return self.visitor.post(path, fields, files, **headers)

        try:
            answer = self._click(f"write: {entry.deed}", send)
        except NoAnswer:
            self.ledger.settle(entry, Fate.UNKNOWN)
            raise
        if answer.status >= 500:
            self.ledger.settle(entry, Fate.UNKNOWN)
        elif answer.status >= 400:
            self.ledger.settle(entry, Fate.REFUSED)
        else:
            self.ledger.settle(entry, Fate.WRITTEN)
            if "form_key" in fields and self.random.randrange(PRESSED_TWICE) == 0:
                self.book.keep("the same form again", send())
        return answer

    def _click(self, kind: str, ask: Callable[[], Answer]) -> Answer:
        if self.think:
            time.sleep(self.random.uniform(0.5, 1.5) * self.think)
        try:
            answer = ask()
        except NoAnswer:
            self.book.keep(kind, None)
            raise
        self.book.keep(kind, answer)
        return answer


def report_task(person: Person) -> None:
    """A sponsor says how far a task is, sometimes with money or a photo."""
    path = f"/tasks/{person.random.choice(person.account['tasks'])}/report/"
    page = person.get(path, "form to report on a task")
    version = VERSION.search(page.body.decode())
    if not version:
        return
    amount = person.random.choice((0, 0, MILLION, 3 * MILLION))
    photos = person.random.choice((0, 0, 1))
    entry = person.ledger.begin(Deed.REPORT, amount=amount, photos=photos)
    fields = {
        "transition": "progress",
        "version": version[1],
        "progress": person.random.randrange(1, 100),
        "note": entry.mark,
        "amount": amount or "",
        **page.form_key,
    }
    files = [Upload("photos", f"{entry.mark}.jpg", PHOTO, "image/jpeg")] * photos
    person.write(entry, path, fields, files)


def save_cell(person: Person) -> None:
    """A commune types into a cell, which HTMX sends by itself."""
    path, stamps = _sheet(person)
    if not stamps:
        return
    key, stamp = person.random.choice(sorted(stamps.items()))
    entry = person.ledger.begin(Deed.CELL)
    fields = {f"{key}-stamp": stamp, f"{key}-outcome": "met", f"{key}-note": entry.mark}
    htmx = {"HX-Request": "true", "HX-Target": f"state-{key}"}
    person.write(entry, f"{path}{key}/", fields, **htmx)


def send_criterion(person: Person) -> None:
    """A commune concludes on a criterion and sends it to the office."""
    path, stamps = _sheet(person)
    keys = sorted(key for key in stamps if key.startswith(CRITERION_CELL))
    if not keys:
        return
    key = person.random.choice(keys)
    page = person.get(f"{path}{key}/", "cell of a sheet")
    entry = person.ledger.begin(Deed.SUBMIT)
    fields = {
        f"{key}-stamp": stamps[key],
        f"{key}-outcome": person.random.choice(("met", "not_met")),
        f"{key}-note": entry.mark,
        "criterion": key.removeprefix(CRITERION_CELL),
        **page.form_key,
    }
    person.write(entry, f"{path}submit/", fields)


def judge(person: Person) -> None:
    """The office verifies a criterion that waits, or returns it."""
    page = person.get("/review/", "review")
    rows = SEEN.findall(page.body.decode())
    if not rows:
        return
    entry = person.ledger.begin(Deed.JUDGE)
    fields = {
        "move": person.random.choice(("verify", "return", "return")),
        "rows": [person.random.choice(rows)],
        "note": entry.mark,
        **page.form_key,
    }
    person.write(entry, "/review/", fields)


def import_needs(person: Person) -> None:
    """The office sends a workbook in, looks at what it would change, and has it written."""
    items = person.account["items"]
    if not items:
        return
    path = "/imports/needs/"
    form = person.get(path, "form to send a file in")
    entry = person.ledger.begin(Deed.IMPORT, rows=len(items))
    content = needs_workbook(entry.mark, items, person.random)
    upload = Upload("file", f"{entry.mark}.xlsx", content, XLSX)
    sent = person._click(
        "upload of a workbook", lambda: person.visitor.post(path, form.form_key, [upload])
    )
    if sent.status != 303:
        person.ledger.settle(entry, Fate.REFUSED)
        return
    page = person.get(sent.location, "what a file would change")
    mark = IMPORT_MARK.search(page.body.decode())
    fields = {"action": "all", "mark": mark[1] if mark else "", **page.form_key}
    person.write(entry, sent.location, fields)


def _sheet(person: Person) -> tuple[str, dict[str, str]]:
    """The address of a commune's sheet, and the stamps of its open cells."""
    path = f"/communes/{person.account['commune']}/report/"
    return path, dict(STAMP.findall(person.get(path, "sheet of a commune").body.decode()))


def needs_workbook(mark: str, items: Sequence[tuple[str, int]], random: Random) -> bytes:
    """A workbook that gives each item another need, with the mark as reason."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(["Mã công trình", "Nhu cầu (đồng)", "Lý do điều chỉnh"])
    for code, need in items:
        sheet.append([code, need + random.randrange(1, 1000) * MILLION, mark])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def photo() -> bytes:
    """A picture as a phone takes it after the browser has made it smaller."""
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()


PHOTO = photo()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITES: dict[str, tuple[Callable[[Person], None], ...]] = {
    "sponsor": (report_task,),
    "commune": (save_cell, send_criterion),
    "office": (import_needs, judge),
    "department": (),
    "viewer": (),
}
