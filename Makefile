# The benefit ledger. `make` alone says what can be done.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
ONCE ?=
CITY ?=
SEED ?=
ARGS ?=
WORKERS ?= 3
FAST_WORKERS ?= $(shell getconf _NPROCESSORS_ONLN)
BEFORE ?=
AFTER ?= HEAD

# Each worker has a broker and a database of its own, and most tests wait for theirs: one worker
# more than there are processors is soonest done. What waits for nothing takes a worker a processor.
SPREAD := --dist loadgroup --no-loadscope-reorder

# Types take one processor about as long as all other checks take another.
BESIDE := $(MAKE) --jobs=2

# What set-up has done is remembered by these files, so nothing is done twice.
PACKAGES := .venv/.packages
PROJECT := .venv/.project
PAGES := node_modules/.package-lock.json
BROWSER := .venv/.browser

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=   # what many processes load is compiled once

.PHONY: help setup demo up test test-fast check types written compiled mutants mutants-code faults fuzz fuzz-readers powercut bench same compose-test pictures docs lock clean browser

help:  ## say what can be done
	@echo "惠民补贴台账 · the benefit ledger"
	@echo
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20
	@echo
	@echo "First time? \`make demo\`: it installs all it needs into this directory and your cache,"
	@echo "starts a real Kafka and PostgreSQL, pays some thousand claims and shows you the books."

setup: $(PROJECT) $(PAGES)  ## install everything into .venv and node_modules

demo: setup  ## generate claims, decide, pay and reconcile them, and open the books (ONCE=1: then stop; CITY=210400)
	@$(BIN)/benefit-ledger demo $(if $(ONCE),--once) $(if $(CITY),--city=$(CITY)) $(ARGS)

up: setup  ## run Kafka, PostgreSQL and every process on this machine
	@$(BIN)/benefit-ledger up $(ARGS)

test: setup $(BROWSER)  ## every check and every test, on a real broker, database and browser
	@$(BESIDE) types written compiled
	@echo "Format, lint, types, layers and quotes are in order."
	@$(BIN)/python -m pytest -n $(WORKERS) $(SPREAD) $(ARGS)

test-fast: setup  ## what needs neither broker nor database nor browser, in less than two minutes
	@$(BIN)/python -m pytest -n $(FAST_WORKERS) $(SPREAD) -m "not servers" $(ARGS)

check: setup  ## format, lint, types, layers and quotes, in seconds
	@$(BESIDE) types written
	@echo "Format, lint, types, layers and quotes are in order."

types:
	@$(BIN)/mypy --no-error-summary

written:
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo > .venv/.layers.txt || { cat .venv/.layers.txt; exit 1; }
	@$(BIN)/benefit-ledger policies check

# Every worker would compile all tests for itself at once; what is wrong in one is told by the run.
compiled: written
	@$(BIN)/python -m pytest --collect-only -qq > .venv/.collected.txt 2>&1 || true

mutants: setup  ## break every policy file in every small way; each change must be noticed
	@$(BIN)/benefit-ledger policies mutants $(ARGS)

mutants-code: setup  ## change what decides in small ways, a seeded few; a test must notice each
	@$(BIN)/python -m tests.mutants $(if $(SEED),--seed=$(SEED)) $(ARGS)

faults: setup  ## the long run of everything killed, frozen and full (SEED=n repeats one)
	@$(BIN)/python -m tests.faults $(if $(SEED),--seed=$(SEED)) $(ARGS)

powercut: setup  ## cut the power under a running ledger, as root with loop devices (ARGS='--cuts 5')
	@$(BIN)/python -m tests.faults.power_cut $(ARGS)

fuzz: setup  ## 100 000 random messages on all inbound topics; nothing may stop intake (SEED=n)
	@$(BIN)/python -m tests.fuzz $(if $(SEED),--seed=$(SEED)) $(ARGS)

fuzz-readers: setup  ## 10 000 mutated files of each kind through the readers of outsiders' files (SEED=n)
	@$(BIN)/python -m tests.fuzz_readers $(if $(SEED),--seed=$(SEED)) $(ARGS)

bench: setup  ## measure, beside plain PostgreSQL on the same machine
	@$(BIN)/python -m bench $(ARGS)

same: setup  ## does AFTER (HEAD) behave as BEFORE? Both are run and compared (BEFORE=commit AFTER=commit)
	@$(BIN)/python -m tests.same_behaviour --before=$(if $(BEFORE),$(BEFORE),$(error Which commit is right? make same BEFORE=commit)) --after=$(AFTER) $(ARGS)

compose-test: setup  ## start docker-compose.yml as it is on an engine, use it, and take it down
	@$(BIN)/python -m tests.compose

pictures: setup $(BROWSER)  ## draw the pictures of the documents anew
	@PICTURES=docs/images $(BIN)/python -m pytest tests/browser -k pictured $(ARGS)

docs: setup  ## write the generated references anew
	@$(BIN)/benefit-ledger docs

lock: $(PACKAGES)  ## pin every package anew, after a change of pyproject.toml
	@$(BIN)/python .ci/lock.py

browser: $(BROWSER)

clean:  ## remove what set-up and runs have made here (the cache of downloads stays)
	rm -rf .venv node_modules .benefit-ledger build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old; 3.11 or newer is needed. Name it: make PYTHON=…"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make environments here. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(PACKAGES): requirements.lock | $(BIN)/python
	@echo "Installing $$(grep -c '==' requirements.lock) Python packages, each checked by its hash"
	@.ci/install $(BIN)/python requirements.lock
	@touch $@

$(PROJECT): pyproject.toml $(PACKAGES)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(PAGES): package-lock.json package.json .npmrc | $(PACKAGES)
	@echo "Installing what the pages load (htmx, ECharts, a Chinese font)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --loglevel=error
	@touch $@

$(BROWSER): | $(PROJECT)
	@.ci/browser
	@touch $@
