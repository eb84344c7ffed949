"""What docs/deploy.md hands out fits the product; `make deploy-check` follows it, word by word."""

import re
import runpy
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from gunicorn.config import Config

from ntm_tracker.core import uploads
from tests.deploy.guide import GUIDE, ROOT, blocks

FILES = ROOT / "docs" / "deploy"
UNITS = sorted(path for kind in ("service", "socket", "timer") for path in FILES.glob(f"*.{kind}"))
SETTING = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


def test_each_block_of_the_guide_is_a_script():
    found = blocks(GUIDE.read_text())

    assert len(found) > 15
    for block in found:
        checked = subprocess.run(
            ["bash", "-n"],  # noqa: S607 - whichever bash the computer has
            input=block.script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (block.heading, checked.stderr) == (block.heading, "")


def test_every_file_that_is_handed_out_is_used_by_the_guide():
    text = GUIDE.read_text()
    folders = {path.relative_to(FILES).parts[0] for path in FILES.rglob("*") if path.is_file()}

    # gunicorn's file and the pages are named by the unit and by nginx, the units by their kind.
    named_elsewhere = {"gunicorn.conf.py", "pages"} | {path.name for path in UNITS}
    assert [name for name in folders - named_elsewhere if name not in text] == []
    for kind in ("service", "socket", "timer"):
        assert f"docs/deploy/ntm-tracker*.{kind}" in text


def test_every_setting_of_the_example_is_one_of_the_product():
    readme = (ROOT / "README.md").read_text().split("## Settings")[1]
    named = SETTING.findall((FILES / "ntm-tracker.env.example").read_text())

    assert len(named) > 8
    assert [name for name in named if f"`{name.removesuffix('_FILE')}`" not in readme] == []


def test_nginx_lets_through_what_the_product_would_take():
    limit = re.search(r"client_max_body_size (\d+)m;", (FILES / "nginx.conf").read_text())
    most = uploads.MAX_FILES * uploads.MAX_DOCUMENT_MEGABYTES

    # A little more, for the rest of the form; the page that refuses names the same figure.
    assert most < int(limit[1]) <= most + 10
    assert f"tối đa {most} MB" in (FILES / "pages" / "413.html").read_text()


def test_the_address_of_a_visitor_is_what_nginx_saw():
    assert "X-Forwarded-For $remote_addr;" in (FILES / "nginx.conf").read_text()
    assert "PROXY_COUNT=1\n" in (FILES / "ntm-tracker.env.example").read_text()


@pytest.mark.parametrize("path", sorted((FILES / "pages").glob("*.html")), ids=lambda p: p.name)
def test_the_pages_of_nginx_need_nothing_that_its_policy_forbids(path):
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(path.read_text())

    assert tags[0] == ("html", {"lang": "vi"})
    assert not {"script", "style", "link", "img"} & {tag for tag, _attributes in tags}
    assert f"/{path.name};" in (FILES / "nginx.conf").read_text()


def test_gunicorn_takes_its_file():
    named = runpy.run_path(str(FILES / "gunicorn.conf.py"))
    config = Config()

    # gunicorn passes over a name that it does not know, and reads the others when it starts.
    for name in [name for name in named if name.islower() and name != "os" and name[0] != "_"]:
        config.set(name, named[name])
    assert config.wsgi_app == "ntm_tracker.wsgi"
    assert config.workers >= 2


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this computer has no systemd")
def test_systemd_takes_the_units(tmp_path):
    shutil.copytree(FILES / "ntm-.service.d", tmp_path / "ntm-.service.d")
    for path in UNITS:
        # The programs have to be there, and on this computer they are here.
        text = path.read_text().replace("/opt/ntm-tracker/.venv/bin", str(ROOT / ".venv" / "bin"))
        (tmp_path / path.name).write_text(text)

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.glob("ntm-tracker*"))],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in checked.stderr.splitlines() if "ntm-" in line]
    assert (checked.returncode, ours) == (0, [])
