# `make` lists the targets. Everything made lies in .venv, .cache and dist; git ignores all three.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
PLAYS := $(VENV)/.plays
READY := $(VENV)/.ready
PIP := $(VENV)/bin/python -m pip --quiet --disable-pip-version-check
RUN := tests/tools/in-collection
PYTEST := $(RUN) python -m pytest
JOBS ?= 2
FAULTS ?= 80

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

.PHONY: venv
venv: $(READY) ## make the virtual environment .venv (again, when requirements-dev.txt changed)

# First what plays a playbook: nobody should wait for linters to see the demo.
$(PLAYS): requirements-dev.txt
	@python=$$(tests/tools/find-python); echo "Making $(VENV) with $$python"; "$$python" -m venv --clear $(VENV)
	@grep -E '^(ansible-core|requests)==' $< >$(VENV)/plays.txt
	@$(PIP) install -r $(VENV)/plays.txt
	@touch $@

$(READY): $(PLAYS)
	@echo "Installing the tools for development"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

.PHONY: test-unit
test-unit: $(READY) ## the unit tests
	$(PYTEST) -n $(JOBS) tests/unit tests/property

.PHONY: test-integration
test-integration: $(READY) ## real ansible-playbook runs against the sandbox, but the slow ones
	$(PYTEST) -n $(JOBS) -m "not slow" tests/integration

.PHONY: test-slow
test-slow: $(READY) ## the slow integration tests alone
	$(PYTEST) -n $(JOBS) -m slow tests/integration

.PHONY: test-reliability
test-reliability: $(READY) ## faults, lost answers, TLS, proxies and many at once: a slice of at most two minutes
	$(PYTEST) -n $(JOBS) -m "not slow" tests/reliability

.PHONY: reliability
reliability: $(READY) ## the rest of them: every fault at every request; writes figures into docs/reliability.md
	RELIABILITY_FIGURES=docs/reliability.md $(PYTEST) -n $(JOBS) -m slow tests/reliability

.PHONY: test-robust
test-robust: $(READY) ## XCI's API as a contract, fuzzing, and the search for planted secrets: a slice of each
	$(PYTEST) -n $(JOBS) -m "not slow" tests/contract tests/fuzz tests/secrets

.PHONY: fuzz
fuzz: $(READY) ## the same with ten times as many examples, and with the slow runs
	FUZZ_FACTOR=10 FUZZ_EXAMPLES=150 $(PYTEST) -n $(JOBS) tests/contract tests/fuzz tests/secrets

.PHONY: mutation
mutation: $(READY) ## do the unit tests notice small faults put into the core? FAULTS=0 for all, MODULES="plan apply"
	$(RUN) python tests/mutation/mutate.py --limit $(FAULTS) --least 90 $(MODULES)

.PHONY: lint
lint: $(READY) ## ruff, mypy, ansible-lint, changelog and documentation
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) tests/tools/types
	$(RUN) ansible-lint
	$(RUN) antsibull-changelog lint
	$(RUN) antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --disallow-unknown-collection-refs .

.PHONY: format
format: $(READY) ## let ruff format the Python files and mend what it can
	$(RUN) ruff check --fix
	$(RUN) ruff format

.PHONY: sanity
sanity: $(READY) ## ansible-test sanity on a copy of the checkout
	$(RUN) python tests/tools/run_ansible_test.py sanity $(ARGS)

.PHONY: test
test: lint sanity test-unit test-integration test-reliability test-robust ## what has to pass before each commit

.PHONY: matrix
matrix: $(READY) ## the tests on ansible-core 2.16 to 2.21, with the Pythons of this machine
	$(VENV)/bin/python tests/tools/matrix.py $(ARGS)

.PHONY: test-runners
test-runners: $(READY) ## ansible-runner releases x ansible-core releases, as AWX runs a job
	$(VENV)/bin/python tests/tools/runners.py $(ARGS)

.PHONY: test-all
test-all: test test-slow reliability fuzz mutation matrix test-runners ## everything; takes hours

.PHONY: coverage
coverage: $(READY) ## which lines the unit tests do not reach
	$(PYTEST) -n $(JOBS) --cov --cov-report=term tests/unit tests/property

.PHONY: bench
bench: $(PLAYS) ## what a task, a loop and a document cost
	PYTHONPATH=.cache/collections $(RUN) python -m ansible_collections.xivo.xci.tests.bench.run $(ARGS)

.PHONY: demo
demo: $(PLAYS) ## start a sandbox and play a tour of the collection on it
	@$(RUN) python tests/tools/demo.py $(ARGS)

.PHONY: docs
docs: $(READY) ## the documentation as a web site, in .cache/docs
	$(RUN) tests/tools/docs

.PHONY: build
build: $(PLAYS) ## the collection's tarball, in dist
	$(RUN) ansible-galaxy collection build --force --output-path dist .

.PHONY: clean
clean: ## remove everything that these targets made
	-@[ ! -x $(VENV)/bin/python ] || $(VENV)/bin/python tests/tools/run_ansible_test.py clean
	rm -rf $(VENV) .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .ansible .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
