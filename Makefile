# Everything is installed into .venv; variables: PORT (default 8000), DATA (default var/demo), PYTHON.
PYTHON ?= python3
PORT ?= 8000
DATA ?= var/demo
BIN := .venv/bin

.PHONY: run setup test check bench clean

run: .venv/.run
	@$(BIN)/baogong demo --data $(DATA) --port $(PORT)

setup: .venv/.dev

test: .venv/.dev
	@scripts/system-packages
	$(BIN)/pytest $(PYTEST)

check: .venv/.dev
	@scripts/check

bench: .venv/.dev
	$(BIN)/python -m benchmarks $(BENCH)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "baogong needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ .venv/.run

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
