# `make help` lists the targets. Each sets up what it needs; needed beforehand: Python 3.11 or newer, make, git.

VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := examples/lantern

# One name per state of the requirements and of the package's metadata: an unchanged state costs nothing.
TOOLS_STAMP := $(VENV)/.requirements-$(shell git hash-object requirements/dev.txt 2>/dev/null)
PACKAGE_STAMP := $(VENV)/.package-$(shell git hash-object pyproject.toml)

CHECKED := $(wildcard cpg_infra tests benchmarks tools)
LINTED := $(CHECKED) $(wildcard examples)

# Override with `make test PYTEST_ARGS='-k storage'`.
PYTEST_ARGS ?= --numprocesses=auto

# Found on PATH or in a cache, else built, else empty with the reason on stderr: tests then skip what needs it.
FIND_PULUMI = CPG_INFRA_PULUMI="$$($(BIN)/python tools/pulumi-cli/build.py)"; export CPG_INFRA_PULUMI

# The same with the BigQuery emulator, an environment of its own.
FIND_EMULATOR = CPG_INFRA_BIGQUERY_EMULATOR="$$($(BIN)/python tools/bigquery-emulator/set_up.py)"; export CPG_INFRA_BIGQUERY_EMULATOR

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox test bench lint types layers format lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: $(PACKAGE_STAMP) ## .venv with the pinned requirements and this package

demo: setup ## the plan of the example organisation, and its preview by the real engine on a simulated cloud
	@$(BIN)/cpg-infra plan $(EXAMPLE)
	@echo
	@$(FIND_PULUMI); $(BIN)/python -m tests.simulated_cloud.sandbox --preview
	@echo
	@echo 'What it would cost, made up: $(BIN)/cpg-infra billing demo'

sandbox: setup ## the example on a simulated cloud, for trying pulumi up, drift, destroy
	@$(FIND_PULUMI); $(BIN)/python -m tests.simulated_cloud.sandbox

test: lint types layers ## lint, types, layers and every test
	@echo '— tests'
	@$(FIND_PULUMI); $(FIND_EMULATOR); $(BIN)/python -m pytest --quiet $(PYTEST_ARGS)

bench: setup ## the figures of benchmarks/
	@$(BIN)/python -m benchmarks.run

lint: setup ## ruff: rules and format
	@echo '— ruff'
	@$(BIN)/ruff check --quiet $(LINTED)
	@$(BIN)/ruff format --quiet --check $(LINTED) || { $(BIN)/ruff format --check $(LINTED); echo 'make format does it'; exit 1; }

types: setup ## mypy --strict
	@echo '— mypy'
	@$(BIN)/mypy $(CHECKED)

layers: setup ## the direction of imports
	@echo '— import-linter'
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }; echo "$$report" | grep '^Contracts:'

format: setup ## format and apply ruff's safe fixes
	@$(BIN)/ruff check --fix $(LINTED)
	@$(BIN)/ruff format $(LINTED)

lock: ## requirements/*.txt anew (UPGRADE=1: newest versions too)
	@sh requirements/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove everything that make made, .venv too
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(TOOLS_STAMP):
	@sh requirements/setup.sh $(VENV)
	@touch $@

$(PACKAGE_STAMP): $(TOOLS_STAMP)
	@rm -f $(VENV)/.package-*
	@$(BIN)/python -m pip install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@
