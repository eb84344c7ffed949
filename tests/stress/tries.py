"""The tries of the parts `files` and `forms`: `python -m tests.stress.tries KIND COUNT SEED`, where
DATABASE_URL names the installation; `... tries again FILE` sends once more what went wrong.

Prints as JSON what was sent, what answered and what went wrong. Try number N of a seed is always
the same, as far as the pages it starts from are.
"""

import base64
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import django

from tests.stress.client import Upload, multipart
from tests.stress.processes import filled_megabytes

FAILURES = Path("stress-failures")
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=line"
QUARTERS = 4  # at the end of each of so many parts memory is looked at


@dataclass(frozen=True)
class Try:
    """One request, whole: so small that it can be kept and sent again."""

    account: str
    method: str
    address: str
    body: str = ""  # in base64
    content_type: str = FORM
    is_htmx: bool = False

    def send(self, site):
        headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "main"} if self.is_htmx else {}
        return site.send(
            self.account, self.method, self.address, data=base64.b64decode(self.body),
            content_type=self.content_type, **headers,
        )  # fmt: skip


def forms(site) -> Callable[[Random], Try]:
    """Forms of which fields are spoilt, and addresses of which query or path is."""

    def make(random: Random) -> Try:
        made = form_try(random, site) if random.random() < 0.6 else page_try(random, site)
        if random.random() < 0.15:
            return Try(**asdict(made) | {"account": random.choice(sorted(site.clients))})
        return made

    return make


def form_try(random: Random, site) -> Try:
    from tests.stress import nonsense

    form = random.choice(site.forms)
    whole = [(name, random.choice(values or ("",))) for name, values in form.fields]
    fields = nonsense.fields(random, whole)
    is_htmx = random.random() < 0.3
    if not form.files and random.random() < 0.9:
        kind = random.choice((FORM,) * 19 + (f"{FORM}; charset=no-such",))
        body = urlencode([(name, _bytes(value)) for name, value in fields]).encode()
        return Try(form.account, "POST", form.address, coded(body), kind, is_htmx)
    files = [
        Upload(name, "a.jpg", random.randbytes(random.choice((0, 3, 300))), "image/jpeg")
        for name in form.files
        if random.random() < 0.5
    ]
    said = {name: _bytes(value).decode(errors="replace") for name, value in fields}
    body = multipart(said, files, "line")
    if random.random() < 0.2:
        body = nonsense.spoilt(random, body)
    kind = random.choice((MULTIPART,) * 19 + ("multipart/form-data",))
    return Try(form.account, "POST", form.address, coded(body), kind, is_htmx)


def page_try(random: Random, site) -> Try:
    from tests.stress import nonsense

    account, address = random.choice(site.pages)
    parts = urlsplit(address)
    path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
    if random.random() < 0.25:
        steps = path.split("/")
        steps[random.randrange(1, len(steps))] = quote(_bytes(nonsense.value(random))[:2000])
        path = "/" + "/".join(steps).lstrip("/")
    else:
        query = nonsense.fields(random, query)[:100]
    given = urlencode([(name, _bytes(value)[:3000]) for name, value in query])
    method = random.choice(("GET",) * 14 + ("HEAD", "PUT", "DELETE", "OPTIONS"))
    return Try(account, method, f"{path}?{given}", is_htmx=random.random() < 0.3)


def files(site) -> Callable[[Random], Try]:
    """Workbooks and tables for every importer, and files for every form that takes some, broken."""
    from tests.stress import nonsense, originals

    books, others = originals.books(site), originals.others()
    takers = [form for form in site.forms if form.files and "/imports/" not in form.address]

    def make(random: Random) -> Try:
        if random.random() < 0.75 or not takers:
            kind, name, content = random.choice(books)
            content = nonsense.file(random, content)
            if random.random() < 0.05:
                name = random.choice(("a.csv", "a.xlsx", "a.xls", "a.pdf", "\u202ea", "x" * 300))
            upload = Upload("file", name, content, "application/octet-stream")
            body = multipart({}, [upload], "line")
            account = random.choice(("quantri", "vanphong"))
            return Try(account, "POST", f"/imports/{kind}/", coded(body), MULTIPART)
        form = random.choice(takers)
        fields = {name: random.choice(values or ("",)) for name, values in form.fields}
        uploads = []
        for name in form.files:
            filename, content = random.choice(others)
            broken = nonsense.file(random, content)
            uploads.append(Upload(name, filename, broken, "application/octet-stream"))
        body = multipart(fields, uploads, "line")
        return Try(form.account, "POST", form.address, coded(body), MULTIPART)

    return make


def follow(site, made: Try, response, random: Random) -> Iterator[tuple[str, Any]]:
    """What people do with a file that was taken: look, have it written, fetch its bad rows, and
    have it taken back. Gives what was asked, and the answer."""
    address = response.headers.get("Location", "")
    if response.status_code != 303 or not address.startswith("/imports/"):
        return
    page = site.send(made.account, "GET", address)
    yield f"GET {address}", page
    mark = page.text.partition('name="mark" value="')[2].partition('"')[0]
    if random.random() < 0.1:
        bad = site.send(made.account, "GET", f"{address}bad.xlsx")
        yield "GET its bad rows", bad
    for action in ("all", "good", "undo") if mark or random.random() < 0.1 else ():
        body = urlencode({"action": action, "mark": mark})
        sent = site.send(made.account, "POST", address, data=body, content_type=FORM)
        yield f"POST {address} {action}", sent


def run(kind: str, count: int, seed: int) -> dict[str, Any]:
    """All tries, and what is to be said of them."""
    from tests.stress.findings import differences, wrong_totals
    from tests.stress.site import site

    is_short = count < 1000
    with site(accounts=3 if is_short else 7, most=25 if is_short else 250) as found:
        make = {"files": files, "forms": forms}[kind](found)
        statuses: Counter[int] = Counter()
        reached, failures, memory = set(), [], []
        for number in range(count):
            random = Random(f"{seed}-{number}")
            made = make(random)
            response = made.send(found)
            reached.add(urlsplit(made.address).path)
            answers = [("", response), *follow(found, made, response, random)]
            for what, answer in answers:
                statuses[answer.status_code] += 1
                if wrong := found.wrong(answer):
                    failures.append(f"{keep(made, what, wrong)}: {wrong[:300]}")
            if number % (count // QUARTERS) == count // QUARTERS - 1:
                memory.append(filled_megabytes(os.getpid()))
        return {
            "statuses": statuses,
            "addresses": len(reached),
            "failures": failures,
            "memory": memory[:QUARTERS],
            "differences": [*differences(), *wrong_totals()],
        }


def keep(made: Try, what: str, wrong: str) -> Path:
    """Write down what went wrong, to be sent again."""
    FAILURES.mkdir(exist_ok=True)
    kept = json.dumps({"wrong": wrong, "at": what, **asdict(made)}, ensure_ascii=False, indent=1)
    path = FAILURES / f"{sha256(kept.encode()).hexdigest()[:12]}.json"
    path.write_text(kept, encoding="utf-8")
    return path


def again(path: Path) -> str:
    """Send once more what was kept, and what followed it."""
    from tests.stress.site import site

    kept = json.loads(path.read_text(encoding="utf-8"))
    made = Try(**{name: kept[name] for name in Try.__dataclass_fields__})
    said = []
    with site(most=1) as found:
        response = made.send(found)
        answers = [("", response), *follow(found, made, response, Random("all"))]
        said = [f"{what or made.address} {one.status_code} {found.wrong(one)}"
                for what, one in answers]  # fmt: skip
    return "\n".join(said)


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode(errors="replace")


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "again":
        sys.stdout.write(f"{again(Path(sys.argv[2]))}\n")
    else:
        done = run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        sys.stdout.write(json.dumps(done, ensure_ascii=False))
