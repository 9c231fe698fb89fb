# Needs only make and Python 3.11 or later. The first command sets up .venv, which takes a network connection and a
# few minutes; after that everything works offline until pyproject.toml changes.

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
SOAK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# One stamp for each content of pyproject.toml: a newer date alone installs nothing.
CONTENT := $(shell cksum < pyproject.toml | cut -d ' ' -f 1)
STAMP := $(VENV)/.installed-$(CONTENT)
PEERS := $(VENV)/.peers-$(CONTENT)

# A file of tests stays on one processor, in the order of their names: what it prepares is prepared once.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

.PHONY: help demo test coverage draws soak check fix bench oldest newest audit wheel

help:
	@echo 'make demo      match and schedule the sample cohort, then check the answer again from its files'
	@echo 'make test      run the tests'
	@echo 'make coverage  run the tests twice as slowly, and see that they reach 95% of the lines'
	@echo 'make draws     run the tests with every drawn cohort'
	@echo 'make soak      hold ten thousand drawn cohorts against enumeration (half an hour); SOAK_ARGS="--count 500"'
	@echo 'make check     lint, formatting and types'
	@echo 'make fix       correct lint and formatting where that can be done by machine'
	@echo 'make oldest    run the tests with the oldest versions of all libraries that pyproject.toml allows'
	@echo 'make newest    run the tests with the newest; PYTEST_ARGS="tests/test_io.py" takes some of the tests in both'
	@echo 'make audit     ask for known vulnerabilities of the libraries; needs a network'
	@echo 'make wheel     build the packages, install the wheel into an empty environment and use it there'
	@echo 'make bench     measure speed beside other tools (half an hour); BENCH_ARGS="flow textbook" takes parts of it'

demo: $(STAMP)
	$(BIN)/matcher solve data/nlmk-sample -o runs/demo --overwrite
	$(BIN)/matcher verify data/nlmk-sample runs/demo
	@echo
	@echo 'The page to open: runs/demo/report.html (in any browser; everything below is in it)'
	@echo 'For Excel:        runs/demo/results.xlsx'
	@echo 'Letters:          runs/demo/messages.csv'
	@echo 'Who meets whom:   runs/demo/pairs.csv'
	@echo 'When:             runs/demo/sessions.csv'
	@echo 'Who does not:     runs/demo/unmatched.csv'
	@echo 'Every choice:     runs/demo/choices.csv'
	@echo 'The input:        data/nlmk-sample (explained in data/README.md)'

test: $(STAMP)
	$(PYTEST) $(PYTEST_ARGS)

coverage: $(STAMP)
	$(PYTEST) --cov=matcher --cov-report=term-missing:skip-covered --cov-fail-under=95 $(PYTEST_ARGS)

draws: $(STAMP)
	MATCHER_DRAWS=all $(PYTEST) $(PYTEST_ARGS)

soak: $(STAMP)
	$(BIN)/python -m soak answers $(SOAK_ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(PEERS)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

# Each of these has an environment of its own, made anew when pyproject.toml changes.
OLDEST := .venv-oldest
NEWEST := .venv-newest
AUDIT := .venv-audit
DIST := dist
TESTS_IN = -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(PYTEST_ARGS)
INSTALL := -m pip install --quiet --disable-pip-version-check

oldest: $(OLDEST)/.installed-$(CONTENT)
	$(OLDEST)/bin/python $(TESTS_IN)

$(OLDEST)/.installed-$(CONTENT): $(STAMP)
	rm -rf $(OLDEST)
	$(PYTHON) -m venv $(OLDEST)
	$(BIN)/python -m release.oldest > $(OLDEST)/constraints.txt
	$(OLDEST)/bin/python $(INSTALL) --editable '.[dev]' --constraint $(OLDEST)/constraints.txt
	@touch $@

# The newest versions are others every day, so they are asked for each time.
newest: $(STAMP)
	test -d $(NEWEST) || $(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python $(INSTALL) --upgrade --upgrade-strategy eager --editable '.[dev]'
	$(NEWEST)/bin/python $(TESTS_IN)

audit: $(STAMP)
	test -d $(AUDIT) || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python $(INSTALL) --upgrade 'pip-audit>=2.7,<3'
	$(BIN)/python -m release.audit $(AUDIT)/bin/pip-audit

# The wheel is built from the source package, so that nothing can be missing there.
wheel: $(STAMP)
	rm -rf $(DIST)
	$(BIN)/python $(INSTALL) 'hatchling>=1.25,<2'
	$(BIN)/python -m hatchling build --target sdist --directory $(DIST)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(DIST) $(DIST)/*.tar.gz
	$(BIN)/python -m release.wheel $(DIST)

$(PEERS): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@rm -f $(VENV)/.peers-*
	@touch $@

$(STAMP):
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python 3.11 or later is needed and "$(PYTHON)" was not found; give its name: make PYTHON=python3.12' >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed, this is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo 'Give the name of a newer one: make PYTHON=python3.12' >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'This Python cannot make virtual environments: its parts venv and ensurepip are missing.' >&2; \
	  echo 'On Debian and Ubuntu: sudo apt install python3-venv' >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@rm -f $(VENV)/.installed-*
	@touch $@
