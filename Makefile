# Everything a developer does, one word each. `make` alone prints this list.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# The lock's content names the stamp: a changed lock installs again, an unchanged one does nothing.
STAMP := .venv/.installed-$(shell cksum requirements-dev.txt | cut -d' ' -f1)
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format lock bench clean distclean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## a virtual environment with the exact locked packages
$(STAMP):
	@test -n "$(PYTHON)" || { echo "Echoes needs Python 3.11 or newer, and none was found."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -c "from media.ffmpeg import ffmpeg_path; print('ffmpeg:', ffmpeg_path())"
	@rm -f .venv/.installed-* && touch $@

demo: setup ## the whole of Echoes on this machine, no account needed: prints one address
	@$(BIN)/python -m bot demo

test: setup ## every test, with real PostgreSQL, S3 and a browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations=10

lint: setup ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## resolve the dependencies again into requirements.txt and requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade -o requirements-dev.txt

bench: setup ## measurements against their goals
	$(BIN)/python -m bench.render
	$(BIN)/python -m bench.tap_to_start

clean: ## forget everything the demo kept
	rm -rf var

distclean: clean ## forget the virtual environment and caches too
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
