# Two commands are all that a newcomer needs: `make demo` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
BIN := $(VENV)/bin
PG15 := /usr/lib/postgresql/15/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test test-long test-browser test-15 check format bench texts torture pictures run lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(VENV)/demo.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/demo.stamp
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/demo.stamp ## the whole thing on this machine: database, sample shop, bot and a local Slack workspace
	@exec $(BIN)/python -m bot demo --with-parent $(ARGS)

run: $(VENV)/demo.stamp ## the bot against a real Slack workspace, settings from .env
	@exec $(BIN)/python -m bot run

test: $(VENV)/dev.stamp ## the tests, against a real embedded PostgreSQL; test-browser has the long ones
	$(BIN)/python -m pytest -n $${PYTEST_WORKERS:-3} $(ARGS)

test-long: $(VENV)/dev.stamp ## every test, the long ones too, with many more of the examples that tests make up
	$(BIN)/python -m pytest -n $${PYTEST_WORKERS:-2} --long --timeout 600 $(ARGS)

test-browser: $(VENV)/dev.stamp ## every journey and every part of the page in a browser, the long ones too
	$(BIN)/python -m pytest -q -n $${PYTEST_WORKERS:-2} --long tests/journeys/browser tests/sandbox/page $(ARGS)

bench: $(VENV)/dev.stamp ## how long the hot queries take with a million tickets (a few minutes)
	$(BIN)/python -m bench $(ARGS)

test-15: $(VENV)/dev.stamp ## the database's tests on Debian's PostgreSQL 15, where there is one
	@if test -x $(PG15)/initdb; then \
		$(BIN)/python -m pytest -q -n $${PYTEST_WORKERS:-2} --postgres $(PG15) tests/db $(ARGS); \
	else echo "no PostgreSQL 15 in $(PG15)"; fi

torture: $(VENV)/dev.stamp ## what killed processes, a Slack outage and a restarted database do to messages (a quarter of an hour)
	$(BIN)/python -m tests.torture $(ARGS)

pictures: $(VENV)/dev.stamp ## the pictures of README.md and docs/, taken anew in a browser, and docs/screens.md
	rm -rf docs/pictures/screens
	PICTURES=docs/pictures $(BIN)/python -m pytest -q -n 0 --long -p no:randomly tests/journeys/browser/test_days.py tests/journeys/browser/test_gallery.py
	$(BIN)/python -m tests.gallery

check: $(VENV)/dev.stamp ## format, lint, types, layers, manifest
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/bot/test_manifest.py

texts: $(VENV)/demo.stamp ## every text that people read, as a catalogue for gettext's tools: texts.pot
	$(BIN)/python -m bot.texts > texts.pot

format: $(VENV)/dev.stamp ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/dev.stamp ## resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml --extra demo $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra demo --extra dev $(LOCK) -o requirements-dev.lock

clean: ## remove the environment and caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
