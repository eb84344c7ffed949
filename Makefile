# `make run` and `make test` need Python 3.11 or newer, git and make; they install the rest in .venv.
PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1

PY := .venv/bin/python
# The wildcard leaves out what git still lists although it is deleted.
TEMPLATES = $(wildcard $(shell git ls-files -co --exclude-standard 'templates/*.html'))
.DEFAULT_GOAL := help
.PHONY: help setup data run dev test walk lint audit browser screenshots office bench stress deploy-check export

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: .venv/.app .env ## install what the product needs into .venv, write .env for this computer

data: setup ## make or update the database: tables, catalogues, demo data (DEMO=0: none)
	@$(PY) manage.py setup_database
	@$(PY) manage.py load_catalogues
ifneq ($(DEMO),0)
	@$(PY) manage.py seed_demo --if-empty
endif

run: data ## prepare everything and serve the product (PORT=8000; DEMO=0: without demo data)
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@echo
	@echo "  http://127.0.0.1:$(PORT)/    (Ctrl+C stops it)"
ifneq ($(DEMO),0)
	@echo "  Demo data. The accounts to sign in with are in README.md, section Demo accounts."
else
	@echo "  No demo data. The address leads the first administrator through the set-up."
endif
	@echo
	@export LOG_FORMAT=$${LOG_FORMAT:-text}; exec $(PY) -m gunicorn ntm_tracker.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 2 \
		--worker-class gthread --timeout 60 --no-control-socket --log-level warning

dev: data ## serve with DEBUG and reload at every change
	@DEBUG=1 $(PY) manage.py runserver $(PORT)

test: .venv/.test .env ## run the tests (ARGS="-k name")
	@$(PY) -m pytest -n auto --dist loadfile $(ARGS)

lint: .venv/.lint .env ## check style, templates, types, migrations and deployment settings
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(if $(TEMPLATES),$(PY) -m djlint --lint --quiet $(TEMPLATES))
	@$(if $(TEMPLATES),$(PY) -m djhtml --tabwidth 2 --check $(TEMPLATES))
	@$(PY) -m mypy
	@$(PY) manage.py makemigrations --check --dry-run
	@HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING

audit: .venv/.lint ## look for secrets in the files, then for known vulnerabilities (asks pypi.org)
	@$(PY) .ci/secret_scan.py
	@$(PY) .ci/vulnerabilities.py

browser: .venv/.test .venv/.browser .env ## run the browser tests (needs chromium)
	@$(PY) -m pytest -n auto -m browser $(ARGS)

screenshots: .venv/.test .venv/.browser .env ## take the pictures of the README from the demo data (needs chromium)
	@$(PY) -m pytest -q -m screenshots $(ARGS)

walk: .venv/.test .env ## open every address as every account: leaks, rights, nonsense (minutes)
	@$(PY) -m pytest -n auto --dist loadfile -m walk $(ARGS)

office: .venv/.test .env ## run the tests that need LibreOffice
	@$(PY) -m pytest -m office $(ARGS)

bench: .venv/.test .env ## measure the pages and the workbook on a province of full size
	@$(PY) -m tests.bench

stress: .venv/.test .env ## load, crashes, nonsense, and what they cost, with figures (ARGS="load --seconds 60")
	@$(PY) -m tests.stress $(ARGS)

deploy-check: .venv/.test .venv/.browser .env ## follow docs/deploy.md in an empty Debian, as root (ARGS="--no-browser")
	@$(PY) -m tests.deploy $(ARGS)

export: setup ## write the workbook of a month (PERIOD=2022-04)
	@test -n "$(PERIOD)" || { echo "Which month? make export PERIOD=2022-04"; exit 2; }
	@$(PY) manage.py export_month $(PERIOD)

# Stamps: pip runs again only when pyproject.toml has changed, so a second start needs no network.
.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, but '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments."; \
		echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@touch $@

INSTALL = @echo "Installing packages into .venv (once, less than a minute) ..."; \
	$(PY) -m pip install --quiet --disable-pip-version-check --editable

.venv/.app: .venv/.python pyproject.toml
	$(INSTALL) .
	@touch $@

.venv/.test .venv/.lint .venv/.browser: .venv/.%: .venv/.python pyproject.toml
	$(INSTALL) '.[$*]'
	@touch .venv/.app $@

# Settings of this computer: the product itself, without HTTPS because it answers on this computer only.
.env: | .venv/.python
	@umask 077 && { \
		echo "SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')"; \
		echo "DEBUG=0"; \
		echo "HTTPS=0"; \
		echo "ALLOWED_HOSTS=localhost,127.0.0.1,[::1]"; \
		echo "DATABASE_URL=sqlite:///db.sqlite3"; } > .env.tmp && mv .env.tmp .env
