# `make` lists the targets. Everything that they create is in .venv, .cache and dist, which git ignores.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# What Python has compiled once, it does not compile at each start.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PLAYS := $(VENV)/.plays
READY := $(VENV)/.ready
PIP := $(VENV)/bin/python -m pip --quiet --disable-pip-version-check
RUN := tests/tools/in-collection
PYTEST := $(RUN) python -m pytest
JOBS ?= 2
# Tests that mostly wait, for Ansible to start or for a time-out, side by side.
WAITING = $$(( $(JOBS) * 3 / 2 ))
MUTANTS ?= 80

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' Makefile

.PHONY: venv
venv: $(READY) ## create the virtual environment .venv, or recreate it if requirements-dev.txt has changed

# Install what runs a playbook first, so that the demo and the sanity tests do not wait for linters.
$(PLAYS): requirements-dev.txt
	@python=$$(tests/tools/find-python); echo "Making $(VENV) with $$python"; "$$python" -m venv --clear $(VENV)
	@grep -E '^(ansible-core|requests)==' $< >$(VENV)/plays.txt
	@$(PIP) install -r $(VENV)/plays.txt -c requirements-lock.txt
	@touch $@

$(READY): $(PLAYS)
	@echo "Installing the tools for development"
	@$(PIP) install --no-compile -r requirements-dev.txt -c requirements-lock.txt
	@touch $@

.PHONY: test-unit
test-unit: $(READY) ## unit and property tests
	$(PYTEST) -n $(JOBS) -m "not slow" tests/unit tests/property

.PHONY: test-unit-all
test-unit-all: test-unit ## the same, and thousands of random exchanges
	$(PYTEST) -n $(JOBS) -m slow tests/unit tests/property

.PHONY: test-integration
test-integration: $(READY) ## run ansible-playbook against the sandbox, without the slow tests
	$(PYTEST) -n $(WAITING) -m "not slow" tests/integration

.PHONY: test-integration-all
test-integration-all: test-integration ## the same, and the slow ones
	$(PYTEST) -n $(JOBS) -m slow tests/integration

.PHONY: test-faults
test-faults: $(READY) ## faults, lost answers, TLS, proxies and concurrency: at most two minutes
	$(PYTEST) -n $(WAITING) -m "not slow" tests/reliability

.PHONY: test-faults-all
test-faults-all: test-faults ## the same, and every fault at every request; updates docs/reliability.md
	RELIABILITY_FIGURES=docs/reliability.md $(PYTEST) -n $(JOBS) -m slow tests/reliability

.PHONY: test-interrupts
test-interrupts: $(READY) ## interrupt 200 runs of ansible-playbook on several ansible-core releases; takes an hour
	$(RUN) python tests/tools/interrupts.py $(ARGS)

.PHONY: test-doctor
test-doctor: $(READY) ## the doctor against all pairs of dialects, each dialect with each module; takes hours
	$(PYTEST) -n $(JOBS) -rP tests/doctor

.PHONY: test-fuzz
test-fuzz: $(READY) ## API contract, fuzzing, and the search for leaked secrets
	$(PYTEST) -n $(WAITING) -m "not slow" tests/contract tests/fuzz tests/secrets

.PHONY: test-fuzz-all
test-fuzz-all: $(READY) ## the same with ten times as many examples, and the slow ones
	FUZZ_FACTOR=10 FUZZ_EXAMPLES=150 $(PYTEST) -n $(JOBS) tests/contract tests/fuzz tests/secrets

.PHONY: test-pages
test-pages: docs ## the report, the page of changes and the site in headless Chromium; installs it and two packages for Node.js
	tests/pages/install .cache/pages
	PYTHONPATH=.cache/collections $(RUN) python -m ansible_collections.xivo.xci.tests.pages.make .cache/pages
	PAGES=.cache/pages SITE=.cache/docs/html node --test tests/pages

.PHONY: pictures
pictures: demo ## take the pictures of the documentation again, from pages of the demo and of jobs
	tests/pages/install .cache/pages
	PYTHONPATH=.cache/collections $(RUN) python -m ansible_collections.xivo.xci.tests.pages.jobs .cache/jobs
	PAGES=.cache/pages node tests/pages/pictures.mjs .cache/demo .cache/jobs docs/pictures

.PHONY: test-mutation
test-mutation: $(READY) ## mutation tests of the core; MUTANTS=0 for all, MODULES="model.change engine.write" for some
	$(RUN) python tests/mutation/mutate.py --limit $(MUTANTS) --least 90 $(MODULES)

.PHONY: lint
lint: $(READY) ## ruff, mypy, ansible-lint, changelog and documentation
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(MAKE) generated
	$(RUN) reuse lint --quiet
	$(RUN) tests/tools/types
	$(RUN) tests/tools/lint-playbooks
	$(RUN) antsibull-changelog lint
	$(RUN) antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --disallow-unknown-collection-refs .

.PHONY: generated
generated: $(READY) ## check that generated files are what their sources say
	$(RUN) python tests/tools/suboptions.py --check
	$(RUN) python tests/tools/assumptions.py --check
	$(RUN) python tests/tools/commands.py --check
	$(RUN) python tests/tools/schema.py --check
	$(RUN) python tests/tools/address.py --check

.PHONY: format
format: $(READY) ## format, and apply safe fixes
	$(RUN) ruff check --fix
	$(RUN) ruff format
	$(RUN) python tests/tools/suboptions.py
	$(RUN) python tests/tools/assumptions.py
	$(RUN) python tests/tools/commands.py
	$(RUN) python tests/tools/schema.py

.PHONY: sanity
sanity: $(PLAYS) ## ansible-test sanity on a copy of the checkout
	$(RUN) python tests/tools/run_ansible_test.py sanity $(ARGS)

.PHONY: sanity-quick
sanity-quick: $(PLAYS) ## the same without what 'make lint' checks and the code of the tests, imported with one Python
	$(RUN) python tests/tools/run_ansible_test.py --quick sanity $(ARGS)

.PHONY: test
test: ## everything that must pass before a commit
	@$(MAKE) -j $(JOBS) --output-sync=target lint sanity-quick
	@$(MAKE) test-unit test-integration test-faults test-fuzz

.PHONY: matrix
matrix: $(READY) ## the tests on ansible-core 2.16 to 2.22, with the Pythons of this machine
	$(VENV)/bin/python tests/tools/matrix.py $(ARGS)

.PHONY: test-runners
test-runners: $(READY) .cache/awx ## ansible-runner releases x ansible-core releases, as AWX runs jobs
	AWX_COLLECTIONS=$(CURDIR)/.cache/awx $(VENV)/bin/python tests/tools/runners.py $(ARGS)

.PHONY: test-packaging
test-packaging: $(READY) .cache/awx ## the tarball under galaxy-importer, ansible-builder, ansible-lint and sanity
	$(RUN) python tests/tools/packaging.py $(ARGS)

.PHONY: test-all
test-all: test sanity test-unit-all test-integration-all test-faults-all test-fuzz-all test-pages test-awx test-mutation matrix test-packaging test-interrupts test-runners ## everything; takes hours

.PHONY: coverage
coverage: $(READY) ## lines that the unit tests do not cover
	$(PYTEST) -n $(JOBS) --cov --cov-report=term tests/unit tests/property

.PHONY: bench
bench: $(PLAYS) ## benchmark of a task, a loop and a document
	PYTHONPATH=.cache/collections $(RUN) python -m ansible_collections.xivo.xci.tests.bench.run $(ARGS)

.PHONY: demo
demo: $(PLAYS) ## a tour in five screens, on a sandbox: plan, apply, drift, undo, report
	@$(RUN) python tests/tools/demo.py $(ARGS)

.PHONY: test-awx
test-awx: $(READY) .cache/awx ## the example's awx.yml with the modules of awx.awx, on a small AWX
	AWX_COLLECTIONS=$(CURDIR)/.cache/awx $(PYTEST) tests/awx

# Of the ansible package's hundred collections only the one; unpacking all of them would take minutes.
.cache/awx: requirements-awx.txt $(READY)
	@rm -rf $@ $@.new && mkdir -p $@.new
	@$(PIP) download --no-deps --dest $@.new -r $<
	@cd $@.new && $(CURDIR)/$(VENV)/bin/python -c 'import glob, zipfile; z = zipfile.ZipFile(glob.glob("*.whl")[0]); z.extractall(members=[n for n in z.namelist() if n.startswith("ansible_collections/awx/")])' && rm *.whl
	@mv $@.new $@

$(VENV)/.docs: requirements-docs.txt $(READY)
	@$(PIP) install -r $<
	@touch $@

.PHONY: docs
docs: $(VENV)/.docs ## check the outputs in the guides, and build the documentation as a web site, in .cache/docs
	$(RUN) python tests/tools/outputs.py --check
	$(RUN) tests/tools/docs

.PHONY: docs-outputs
docs-outputs: $(READY) ## run the playbooks behind the outputs in the guides again; ARGS=--check compares only
	$(RUN) python tests/tools/outputs.py $(ARGS)

.PHONY: build
build: $(PLAYS) ## build the collection's tarball, in dist
	$(RUN) ansible-galaxy collection build --force --output-path dist .

.PHONY: release
release: $(READY) ## make a release: version, changelog, tests, verified tarball; only the push is left
	$(RUN) python tests/tools/release.py $(ARGS)

.PHONY: address
address: $(READY) ## ADDRESS=https://... sets where this is published, in galaxy.yml and in all links
	$(RUN) python tests/tools/address.py $(ADDRESS)

.PHONY: lock
lock: $(READY) ## write the versions of all that .venv has into requirements-lock.txt
	$(RUN) python tests/tools/lock.py

.PHONY: clean
clean: ## remove everything that these targets created
	-@[ ! -x $(VENV)/bin/python ] || $(VENV)/bin/python tests/tools/run_ansible_test.py clean
	rm -rf $(VENV) .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .ansible .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
