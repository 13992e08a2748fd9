# make run: serve on http://127.0.0.1:8000 (PORT= changes it).  make test: lint, types, contracts, security, tests.
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --python-version 3.11 pyproject.toml

.PHONY: run test check lint types contracts security tests format lock image-lint clean

run: $(VENV)/installed
	@exec $(BIN)/vric serve --port $(PORT)

test: check tests

check: lint types contracts security

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

types: $(VENV)/installed-dev
	$(BIN)/mypy

contracts: $(VENV)/installed-dev
	$(BIN)/lint-imports --no-cache

security: $(VENV)/installed-dev
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive app

tests: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST)

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package for Python 3.11 to 3.14 on every system, with hashes and no index address.
lock: $(VENV)/installed-dev
	$(COMPILE) --group build --group dev --output-file requirements-dev.lock
	$(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements.lock

$(VENV)/bin/python:
	@sh scripts/make-venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Installing the pinned development packages into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
