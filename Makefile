# Thin on purpose: the kikubari command does the work.
PYTHON ?= python3
BIN := .venv/bin
export KIKUBARI_HOME ?= $(CURDIR)/.kikubari

.PHONY: run test check fault bench lock clean

run: .venv/run.stamp  ## Install, load the demo shop, serve it
	@$(BIN)/kikubari demo

test: .venv/test.stamp  ## Install what tests need, check the house, run every suite
	@tests/install_system_packages
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest

check: .venv/test.stamp  ## Lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fault: .venv/test.stamp  ## Kill, fill and break things, the long form
	$(BIN)/python tests/faults/run.py --long

bench: .venv/test.stamp  ## Measure against baselines; figures go to benchmarks/results
	$(BIN)/python benchmarks/run.py

lock:  ## Resolve dependencies anew
	requirements/compile --upgrade

clean:
	rm -rf .venv .kikubari

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Kikubari needs Python 3.11 or newer: make PYTHON=python3.11 …'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo 'Python has no venv here. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo 'Installing Kikubari into .venv …'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@
