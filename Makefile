# `make run` is all that a new user needs; `make help` lists the rest.
# What is installed is exactly what requirements/*.txt say, hashes included.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
LOCKS := requirements/base.txt requirements/dev.txt requirements/uv.txt
DIGEST := requirements/lock.sha256

export UV_NO_PROGRESS := 1
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: help run dev setup setup-dev browser test bench check lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Start SynthLabel; everything it needs is installed first
	@exec $(BIN)/synthlabel up $(ARGS)

dev: setup ## Start it for development: code is reloaded as it changes
	@exec $(BIN)/synthlabel up --dev $(ARGS)

setup: $(VENV)/.base ## Install what running needs into .venv

setup-dev: $(VENV)/.dev ## Install what developing needs into .venv

# Python >= 3.11 is looked for by running it: a version manager's stand-in may exist without the version behind it.
$(UV): requirements/uv.txt
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	done; \
	if [ -z "$$python" ]; then echo "SynthLabel needs Python 3.11 or newer: install it and run make again." >&2; exit 1; fi; \
	if ! $$python -c 'import ensurepip' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	  else echo "$$python cannot make virtual environments: install python3-venv and run make again." >&2; exit 1; fi; \
	fi; \
	echo "Preparing $(VENV) with $$($$python --version)"; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV); \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# Once the development tools are there they stay: a later `make run` does not remove them.
$(VENV)/.base: $(UV) requirements/base.txt pyproject.toml
	@$(MAKE) sync LOCK=$(if $(wildcard $(VENV)/.dev),dev,base)

$(VENV)/.dev: $(UV) requirements/dev.txt pyproject.toml
	@$(MAKE) sync LOCK=dev

.PHONY: sync
sync:
	@echo "Installing requirements/$(LOCK).txt"
	@$(UV) pip sync --quiet --require-hashes requirements/$(LOCK).txt requirements/uv.txt
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $(VENV)/.base $(if $(filter dev,$(LOCK)),$(VENV)/.dev)

# The browser of the end-to-end tests: an installed one, else the distribution's, else Playwright's.
browser: setup-dev
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	else $(BIN)/playwright install chromium; fi

test: setup-dev browser ## Run the tests; ARGS="tests/unit -k money" chooses some
	@$(BIN)/python -m pytest $(ARGS)

bench: setup-dev ## Measure: prints figures
	@$(BIN)/python -m pytest tests/bench -m bench -s $(ARGS)

check: setup-dev ## Style, types, layers, locks
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@[ "$$($(PRINT_DIGEST))" = "$$(cat $(DIGEST))" ] || \
	  { echo "The locks do not belong to pyproject.toml: run make lock." >&2; exit 1; }

# The locks' names, versions and hashes follow from these parts of pyproject.toml; comparing needs no network.
PRINT_DIGEST := $(BIN)/python -c 'import hashlib, json, pathlib, tomllib; \
	p = tomllib.loads(pathlib.Path("pyproject.toml").read_text()); \
	d = hashlib.sha256(json.dumps([p["project"]["requires-python"], p["project"]["dependencies"], p["dependency-groups"]]).encode()); \
	[d.update(pathlib.Path(name).read_bytes()) for name in "$(LOCKS)".split()]; print(d.hexdigest())'
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

lock: $(UV) ## Resolve the locks anew after a change in pyproject.toml; UPGRADE=--upgrade takes newer versions
	@$(COMPILE) $(UPGRADE) pyproject.toml -o requirements/base.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	@echo uv | $(COMPILE) $(UPGRADE) --no-annotate - -o requirements/uv.txt
	@$(PRINT_DIGEST) > $(DIGEST)

clean: ## Remove everything that was built or installed; data stay
	rm -rf $(VENV) .web .states .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
