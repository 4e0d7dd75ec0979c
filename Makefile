# Everything a developer does, one word each. `make` alone prints this list.

# The first Python that is new enough and can make virtual environments (Debian splits that off into python3-venv).
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# The lock's content names the stamp: a changed lock installs again, an unchanged one does nothing.
STAMP := .venv/.installed-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)
# Runs a command while nobody else does: two makes at once would install over each other. (flock(1) is not everywhere.)
ALONE = $(PYTHON) -c "import fcntl, os, sys; lock = os.open('Makefile', os.O_RDONLY); os.set_inheritable(lock, True); \
	fcntl.flock(lock, fcntl.LOCK_EX); os.execvp(sys.argv[1], sys.argv[1:])"
WORKERS ?= 4
SEED ?= 0
ARGS ?=
PIP = $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes
COMPILE := --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --quiet --upgrade

.DEFAULT_GOAL := help
.PHONY: help setup demo test properties chaos lint migrations format lock bench clean distclean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## a virtual environment with the exact locked packages; the others call it, and nothing is done twice
	@test -e $(STAMP) || $(MAKE) -s install-alone

install-alone:
	@test -n "$(PYTHON)" || { echo "Echoes needs Python 3.11 or newer with venv (Debian: python3-venv), and none was found."; exit 1; }
	@$(ALONE) $(MAKE) -s $(STAMP)

# uv installs in seconds what takes pip a minute, from the same lock by the same hashes. Of an index that only pip was
# told of it knows nothing: there pip does it.
$(STAMP):
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing the locked packages into .venv: this takes half a minute, once."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt && $(PIP) -r .venv/uv.txt
	@UV_HTTP_TIMEOUT=10 $(BIN)/uv pip install --quiet --python .venv --no-deps --require-hashes --compile-bytecode \
		-r requirements-dev.txt || { echo "uv could not; pip does it."; $(PIP) -r requirements-dev.txt; }
	@$(BIN)/python -c "import shutil; from media.ffmpeg import ffmpeg_path; path = str(ffmpeg_path()); \
		print('ffmpeg is', path, '(the system\'s)' if path == shutil.which('ffmpeg') else '(imageio-ffmpeg\'s)')"
	@rm -f .venv/.installed-* && touch $@

demo: setup ## the whole of Echoes on this machine, no account needed: prints one address
	@$(BIN)/python -m bot demo

# What was compiled is kept, whatever the environment says: the tests start dozens of processes of the product.
test: export PYTHONDONTWRITEBYTECODE =
test: setup ## every test, with real PostgreSQL, S3 and a browser; ARGS="tests/bot -x" for some
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=10 $(ARGS)

properties: setup ## money done with in 2,200 random ways, told of in 1,000, prices changed in 1,080; SEED=1 for others
	PROPERTIES=full SEED=$(SEED) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=10 \
		tests/services/payments/test_money_machine.py tests/services/payments/test_life_of_a_payment.py \
		tests/services/payments/test_price_changes.py $(ARGS)

chaos: setup ## kill -9, pauses and faults for a minute, then an audit; ARGS="--help" says what else
	$(BIN)/python -m tests.chaos $(ARGS)

lint: setup ## ruff, mypy --strict, import-linter, and whether models and migrations agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) -s migrations

migrations: setup ## do the migrations make the tables that the models describe?
	$(BIN)/python -m pytest -q tests/storage/test_migrations.py -k agree

format: setup ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## resolve the dependencies again into requirements.txt and requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) --group dev -o requirements-dev.txt

bench: setup ## every measurement against its goal
	@missed=; for file in bench/[a-z]*.py; do name=$$(basename $$file .py); \
		echo "== $$name"; $(BIN)/python -m bench.$$name || missed="$$missed $$name"; done; \
		test -z "$$missed" || { echo "missed:$$missed"; exit 1; }

clean: ## forget everything the demo kept
	rm -rf var

distclean: clean ## forget the virtual environment and all caches too
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
