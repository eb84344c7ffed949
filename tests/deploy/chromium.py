"""The tests in Chromium, on this computer, against the installation of the guide."""

import os
import secrets
import sys

from tests.deploy.guide import ROOT
from tests.deploy.machine import Machine, inside_network
from tests.deploy.probes import DEMO

ROLE = """
DROP ROLE IF EXISTS tests;
CREATE ROLE tests LOGIN PASSWORD '{secret}' IN ROLE ntm;
ALTER ROLE tests SET ROLE ntm;
"""
"""Reaches the database from outside the system, and may do what the product may."""


def browse(box: Machine, site: str) -> bool:
    """Whether all of them pass. They come by the name of the site, through nginx and HTTPS, sign in
    by the form, and look into the database of the installation."""
    box.run(DEMO)
    secret = secrets.token_hex(16)
    box.run("runuser -u postgres -- psql --quiet", stdin=ROLE.format(secret=secret))
    environment = {
        "BASE_URL": f"https://{site}",
        "DATABASE_URL": f"postgres://tests:{secret}@127.0.0.1:5432/ntm",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-m", "browser", "tests/browser"]
    ran = inside_network(command, env=os.environ | environment, cwd=ROOT, check=False)
    return ran.returncode == 0
