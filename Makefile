# `make help` lists the commands. Nothing but Python 3.11 and make is needed to begin.

PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help serve test lint fmt messages lock

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

serve: $(RUNTIME) ## Serve the site with sample content on http://127.0.0.1:8000 (PORT=8017 for another port)
	@$(BIN)/python -m portal.serve --host $(HOST) --port $(PORT)

test: $(DEV) ## Run the test suite, on SQLite and, where its binaries are found, on PostgreSQL
	$(BIN)/python -m pytest
	$(BIN)/python -m tests.with_postgres $(BIN)/python -m pytest -m "not browser"

lint: $(DEV) ## Check style, types, templates, the import contract, migrations and the deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=false ALLOWED_HOSTS=newsroom.example.org \
		SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

fmt: $(DEV) ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(DEV) ## Collect and compile the texts of the interface (needs GNU gettext)
	$(BIN)/python manage.py makemessages --all --no-location --ignore=.venv --ignore=tests --ignore=var --no-obsolete
	$(BIN)/python manage.py compilemessages --ignore=.venv

lock: $(DEV) ## Resolve the dependencies anew into requirements/
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--upgrade --quiet --custom-compile-command "make lock" --output-file requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --upgrade --quiet --custom-compile-command "make lock" --output-file requirements/dev.txt

$(RUNTIME): requirements/runtime.txt
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed: make PYTHON=python3.11 …' if sys.version_info < (3, 11) else 0)"
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing the dependencies …"
	@$(PIP) --requirement requirements/runtime.txt
	@touch $@

$(DEV): requirements/dev.txt
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed: make PYTHON=python3.11 …' if sys.version_info < (3, 11) else 0)"
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing the dependencies for development …"
	@$(PIP) --requirement requirements/dev.txt
	@touch $@
