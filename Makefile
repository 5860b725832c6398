# Thin on purpose: the kikubari command does the work.
PYTHON ?= python3
BIN := .venv/bin
export KIKUBARI_HOME ?= $(CURDIR)/.kikubari

# Much of the suite waits for servers, timeouts and browsers: two files are run at a time. In the
# order of the folders, so that what a folder's tests share is started once or twice, not again.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder

CONSOLE_INPUTS := $(shell find console src/kikubari -type f \
  -not -path '*/node_modules/*' -not -path '*/generated/*' -not -path '*/dist/*' \
  \( -path 'console/*' -o -name '*.py' \) -not -name openapi.json)

.PHONY: run test check console fault fuzz bench lock sbom clean

run: .venv/console.stamp  ## Install, load the demo shop, serve it
	@$(BIN)/kikubari demo

test: .venv/test.stamp .venv/console.stamp  ## Install what tests need, check the house, run every suite
	@tests/install_system_packages
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) || $(BIN)/python tests/again.py $$?

# Ruff's cache does not notice that a new file turned an import into the project's own.
check: .venv/test.stamp  ## Lint, types, layers; the console's too
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/security/test_source_rules.py
	$(BIN)/python console/build.py run --silent check

console: .venv/console.stamp  ## Build the console if its sources or the API changed

fault: .venv/test.stamp  ## Kill, fill and break things, the long form
	$(BIN)/python tests/faults/run.py --long

fuzz: .venv/test.stamp  ## Ten minutes of altered bytes for each reader of what strangers send
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	$(BIN)/python tests/fuzz/run.py

bench: .venv/test.stamp  ## Measure against baselines; figures go to benchmarks/results
	$(BIN)/python benchmarks/run.py

lock:  ## Resolve dependencies anew
	requirements/compile --upgrade

sbom: .venv/run.stamp  ## Write what the product consists of: build/kikubari.cdx.json, CycloneDX
	@$(BIN)/python requirements/bill_of_materials.py

clean:
	rm -rf .venv .kikubari console/node_modules

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

.venv/console.stamp: .venv/run.stamp $(CONSOLE_INPUTS)
	@$(BIN)/python console/build.py
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@
