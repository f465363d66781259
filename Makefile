# make run    install if needed, then serve with demonstration data on 127.0.0.1:8000
# make test   everything: static checks, API fuzzing, all tests on SQLite and PostgreSQL
# make check  static checks only
# make bench  the figures of docs/performance.md
# make screens  the pictures of docs/screens
# make vendor what the pages take from others, built anew and compared (needs Node 20)
#
# Needs make and Python 3.11 or newer with venv; everything else is installed into .venv, but for
# the browser of the tests: Debian's chromium with fonts-noto-cjk, installed if root runs this.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check fuzz pytest chromium screens bench vendor clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
BIN := .venv/bin
PIP := -m pip --disable-pip-version-check --no-input

# An environment belongs to one folder and one Python: moved or upgraded, it is made anew.
BELONGS := $(CURDIR) $(shell $(PYTHON) -c 'import sys; print(sys.version.split()[0])' 2>/dev/null)
$(foreach env,.venv .venv-fuzz,\
  $(if $(wildcard $(env)/.belongs),\
    $(if $(filter-out $(BELONGS),$(shell cat $(env)/.belongs)),$(shell rm -rf $(env)))))

help:
	@sed -n 's/^# //p' Makefile | head -6

run: .venv/.installed
	@exec $(BIN)/gongdan run

test: check fuzz pytest

check: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

pytest: .venv/.installed-test chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope

fuzz: .venv/.installed-test .venv-fuzz/.installed
	$(BIN)/python -m tests.fuzz --schemathesis .venv-fuzz/bin/schemathesis

# Tests drive a real browser, and look at pages in Chinese.
chromium:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } \
	    >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	            apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk fontconfig; \
	    else \
	        echo 'Expected Chromium and a Chinese font for the browser tests, but one is missing.' \
	            'Run: apt-get install chromium fonts-noto-cjk fontconfig' >&2; exit 1; \
	    fi; }

screens: .venv/.installed-test chromium
	$(BIN)/python -m tests.screens

bench: .venv/.installed-test
	$(BIN)/python -m tests.benchmarks

# Writes forms/pages/static/vendor, then builds once more: two runs give the same bytes.
vendor:
	cd tools/vendor && npm ci && npm run --silent build && npm run --silent check

clean:
	rm -rf .venv .venv-fuzz build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache \
	    .import_linter_cache .hypothesis .coverage*

# The stamps make a second run start at once: pip is only asked when what it installs may differ.
.venv/.installed: setup.cfg pyproject.toml | .venv/.belongs
	$(BIN)/python $(PIP) install --quiet --editable .
	@touch $@

.venv/.installed-test: setup.cfg pyproject.toml | .venv/.belongs
	$(BIN)/python $(PIP) install --quiet --editable '.[test]'
	@touch $@ .venv/.installed

.venv-fuzz/.installed: tests/fuzz/requirements.txt | .venv-fuzz/.belongs
	.venv-fuzz/bin/python $(PIP) install --quiet --requirement tests/fuzz/requirements.txt
	@touch $@

.venv/.belongs .venv-fuzz/.belongs:
	@test -n '$(PYTHON)' || { echo 'Expected Python 3.11 or newer, but there is none.' \
	    'Run: apt-get install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Expected Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) -V)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	            apt-get install -qq -y --no-install-recommends python3-venv; \
	    else \
	        echo 'Expected a Python that can make environments, but ensurepip is missing.' \
	            'Run: apt-get install python3-venv' >&2; exit 1; \
	    fi; }
	$(PYTHON) -m venv --clear $(@D)
	@echo '$(BELONGS)' > $@
