# Everything a fresh machine needs is python3 (3.11 or newer) and make: `make run`.

PYTHON ?= python3
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
BIN := .venv/bin
INSTALL = $(BIN)/python -m uv pip install --quiet --python $(BIN)/python --require-hashes
COMPILE = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
# Enough of an environment for Django's own deployment checks; nothing is served with it.
PRODUCTION = DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=claims.example \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')
# Runs a management command on a PostgreSQL and a Valkey of its own.
ON_SERVERS = $(BIN)/python -m tests.support.on_servers

# Compiled modules are kept, whatever the environment says: four processes that compile everything anew start in three
# times the time. They lie beside the environment, so that no source folder is littered.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache

.DEFAULT_GOAL := help
.PHONY: help run test tutorial check check-types check-others bench fuzz proofs format lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime ## start everything on this machine with demo data; PORT (8000), HOST, DATA_DIR (.data); Ctrl-C stops
	@exec $(BIN)/python -m config.run --with-parent

test: .venv/.development ## the whole test suite on servers of its own; ARGS="tests/ledger -k expire" narrows, REQUIRE_BROWSER=1
	@exec $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

tutorial: .venv/.development ## draw the pictures of the help pages anew (needs a Chromium)
	@TUTORIAL=write REQUIRE_BROWSER=1 $(BIN)/python -m pytest -q tests/tutorial $(ARGS)

check: .venv/.development ## format, lint, types, import contracts, templates, missing migrations, deployment checks
	@$(MAKE) --no-print-directory -j2 check-types check-others

# The types take as long as everything else together: a core for each.
check-types:
	$(BIN)/mypy
	$(BIN)/mypy clients/python/claims_till

check-others:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --quiet --lint templates
	$(ON_SERVERS) makemigrations --check --dry-run
	$(PRODUCTION) $(ON_SERVERS) check --deploy --fail-level WARNING --database default --database aside
	$(ON_SERVERS) distribute --lint

bench: .venv/.runtime ## measure beside the floor; ROWS=1000000, VOLUME=folder, ONLY="claims list,mails", TIMES=20, COMPARE=run.json
	@exec $(BIN)/python -m config.bench $(if $(ROWS),--rows $(ROWS)) $(if $(ONLY),--only "$(ONLY)") \
		$(if $(VOLUME),--volume "$(VOLUME)") $(if $(CLAIMS),--claims $(CLAIMS)) $(if $(LOTS),--lots $(LOTS)) \
		$(if $(TIMES),--times $(TIMES)) $(if $(SIZE),--size $(SIZE)) $(if $(COMPARE),--compare $(COMPARE))

fuzz: .venv/.development ## 20,000 calls that nobody would think of against what the API's document says; CASES=380 of each operation
	@FUZZ=$(or $(CASES),380) $(BIN)/python -m pytest -q -s -n0 tests/pos/test_fuzz.py

proofs: .venv/.development ## the API's proofs at full size (200 codes by 50 tills, 2,000 acts and killed workers), and a search for new examples
	@PROOFS=full $(BIN)/python -m pytest -q -n0 --durations=5 -m "proof or hypothesis"

format: .venv/.development ## put code into the house's format
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

lock: .venv/.uv ## write the lock files anew from requirements*.in (UPGRADE=1 takes newer releases)
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-uv.in -o requirements-uv.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements.in -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements.txt requirements-parquet.in -o requirements-parquet.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and everything that can be made again; .data (but for test servers) stays
	rm -rf .venv .data/test staticfiles htmlcov test-results .coverage* .mypy_cache .ruff_cache .pytest_cache
	rm -rf .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp is newer than the lock it was made from.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python's venv module is incomplete here; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/.uv: requirements-uv.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/.runtime: requirements.txt .venv/.uv
	@echo "Installing what the product runs on."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	@echo "Installing what tests and checks need."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
