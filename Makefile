# `make` lists the targets. Everything made lies in .venv, .cache and dist; git ignores all three.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
READY := $(VENV)/.ready
RUN := tests/tools/in-collection
PYTEST := $(RUN) python -m pytest
JOBS ?= 2

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

.PHONY: venv
venv: $(READY) ## make the virtual environment .venv (again, when requirements-dev.txt changed)

$(READY): requirements-dev.txt
	@python=$$(tests/tools/find-python); echo "Making $(VENV) with $$python"; "$$python" -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: test-unit
test-unit: $(READY) ## the unit tests
	$(PYTEST) -n $(JOBS) tests/unit
