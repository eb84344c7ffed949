"""The tools of `make audit` find what they look for, and never call a silence good news."""

import importlib.util

import pytest
from django.conf import settings


def tool(name):
    spec = importlib.util.spec_from_file_location(name, settings.BASE_DIR / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOOD = {"name": "django", "version": "5.2.19", "vulns": []}
BAD = GOOD | {"vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"]}]}
SKIPPED = {"name": "pillow", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([GOOD], 0, "No known vulnerability in 1 packages."),
        ([GOOD, BAD], 1, "django 5.2.19: PYSEC-2026-1, repaired in 5.2.20"),
        ([BAD, SKIPPED], 1, "django 5.2.19: PYSEC-2026-1, repaired in 5.2.20"),
        ([GOOD, SKIPPED], 3, "NOT KNOWN for 1 of 2 packages: pillow."),
        ([SKIPPED], 3, "NOT KNOWN: pypi.org did not answer"),
        (None, 3, "NOT KNOWN: pypi.org did not answer"),
    ],
)
def test_a_silence_is_no_good_news(packages, status, said):
    report = packages and {"dependencies": packages}
    ended, lines = tool("vulnerabilities").verdict(report)
    assert ended == status
    assert "\n".join(lines).startswith(said)


def test_a_planted_key_is_found(tmp_path, capsys):
    pytest.importorskip(
        "detect_secrets", reason="`make lint` installs it; `make test` does without"
    )
    planted = tmp_path / "settings.py"
    planted.write_text("host = 'a'\nkey = 'AKIA" + "Q3EGRIMHJ5VXTN2K" + "'\n", encoding="utf-8")

    status = tool("secret_scan").main([str(planted)])

    assert status == 1
    assert ":2: AWS Access Key" in capsys.readouterr().out
