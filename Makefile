PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run dev test bench lock format check

help: ## what there is to make
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | sort

.venv/run.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Routebook needs Python 3.11 or newer; set PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up the environment (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-dev.lock
	@echo "Setting up the test tools (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/run.stamp ## set everything up and serve on http://127.0.0.1:8050
	@$(BIN)/python app.py run

dev: .venv/run.stamp ## the same, reloading as files change
	@$(BIN)/python app.py run --dev

test: .venv/test.stamp ## lint, types, then every test
	@sh tests/chromium.sh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n auto --dist worksteal tests --ignore=tests/browser
	@# Browsers and servers of two runs can starve each other: what failed is judged alone.
	@$(BIN)/pytest -n auto --dist worksteal tests/browser || $(BIN)/pytest --last-failed --last-failed-no-failures none tests/browser

bench: .venv/test.stamp ## the benchmark; writes docs/benchmark.md
	@sh tests/chromium.sh
	@$(BIN)/python -m bench

format: .venv/test.stamp ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/test.stamp ## pin the newest allowed versions anew
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml --group dev -o requirements-dev.lock
