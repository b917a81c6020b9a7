# Parvis. `make demo` and `make test` do everything on a fresh machine with Python 3.11+.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
READY := $(VENV)/.requirements

.PHONY: demo test test-sqlite test-postgres browser bench lint format requirements clean

demo: $(READY)
	@PORT=$(PORT) $(MANAGE) demo --serve

test: $(READY) browser
	$(MAKE) test-sqlite
	$(MAKE) test-postgres

test-sqlite: $(READY)
	$(BIN)/pytest -n auto --dist loadgroup -m "not postgres"

# Races and row locks: TEST_DATABASE_URL, or the server on 127.0.0.1:5432 when it answers, or skipped by name.
test-postgres: $(READY)
	@url="$$($(BIN)/python -m tests.postgres)" && DATABASE_URL="$$url" $(BIN)/pytest -m postgres

# Debian's Chromium for the browser tests: installed when we may, else named in one line.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "Browser tests need Chromium: apt install chromium"; exit 1; fi; }

bench: $(READY)
	$(BIN)/python -m benchmarks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet .
	$(MANAGE) makemigrations --check --dry-run

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The environment is made once, and made again when the locked requirements change.
$(READY): requirements/dev.txt requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parvis needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); \
	  else echo "The virtual environment needs ensurepip: apt install python3-venv"; exit 1; fi; }
	@$(BIN)/pip install --quiet --require-hashes -r requirements/uv.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt
	@touch $@

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --universal \
	--python-version 3.11 --custom-compile-command "make requirements"
requirements:
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	echo uv | $(COMPILE) -c requirements/dev.txt - -o requirements/uv.txt

clean:
	rm -rf $(VENV) var
