# `make run` and `make test` need Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= python3
# Many processes are started here: what they import is compiled once for all of them.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(wildcard locales/*/LC_MESSAGES/*.po) $(wildcard locales/*/*.yaml) $(wildcard dialogs/understanding/*.py)

.PHONY: run playground test check bench soak season fuzz lock messages format clean browser book mutations

run: $(VENV)/.run locales/.compiled  ## serve on http://127.0.0.1:8000
	HEBAO_OFFER_DEMO=$${HEBAO_OFFER_DEMO:-true} $(BIN)/hebao serve

playground: $(VENV)/.test locales/.compiled  ## phones to talk with it as on WeChat and Telegram, http://127.0.0.1:9001/phone
	@$(BIN)/python -m tests.playground --port $(or $(PORT),9001)

# Three for two cores: many tests wait for servers that they have started.
test: check browser  ## everything: the checks, then the whole suite
	$(BIN)/python -m pytest -n 3 --dist worksteal

check: $(VENV)/.test locales/.compiled  ## style, types, arrows, message catalogues, policy packs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m locales.catalogues check
	$(BIN)/hebao policy lint

bench: $(VENV)/.bench locales/.compiled  ## measure, beside other people's engines; the last results stand in docs/measurements.md
	$(BIN)/python -m benchmarks

soak: $(VENV)/.test locales/.compiled  ## the long tests, then hostile conversations against a server that is killed; MINUTES=10
	$(BIN)/python -m pytest -m long
	$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),10)

season: $(VENV)/.test locales/.compiled  ## a season of reminders with killed processes; PEOPLE=100000 KILLS=50, POSTGRESQL=url
	$(BIN)/python -m benchmarks.season --people $(or $(PEOPLE),100000) --kills $(or $(KILLS),50) $(if $(POSTGRESQL),--postgresql "$(POSTGRESQL)")

fuzz: $(VENV)/.test locales/.compiled  ## hostile facts, spoilt packs and wild talk, MINUTES=10; hostile webhook calls, CALLS=10000
	$(BIN)/python -m benchmarks.fuzz --minutes $(or $(MINUTES),10)
	$(BIN)/python -m benchmarks.webhooks --calls $(or $(CALLS),10000)

mutations: $(VENV)/.test locales/.compiled  ## change every number, date and citation of every pack: does anything notice?
	$(BIN)/python -m tests.policy_engine.mutants

book: $(VENV)/.run locales/.compiled  ## write the rule books of all packs into docs/rule-book
	$(BIN)/hebao policy book --all docs/rule-book

browser: $(VENV)/.test  ## a Chromium for the browser tests, from the system's packages where there is none
	@$(BIN)/python tests/browser/ensure.py

messages: $(VENV)/.test  ## bring the catalogues up to date with the code, the templates and the packs
	$(BIN)/python -m locales.catalogues update
	@$(MAKE) --no-print-directory locales/.compiled

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Resolved once for all extras together, so that what one channel needs can never be at odds with another.
lock:
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip -q install uv
	cd requirements && ../$(VENV)/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --all-extras ../pyproject.toml -o all.lock -q
	cd requirements && ../$(VENV)/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra wechat -c all.lock ../pyproject.toml -o run.lock -q
	cd requirements && ../$(VENV)/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra test -c all.lock ../pyproject.toml -o test.lock -q
	cd requirements && ../$(VENV)/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra batch --extra bench -c all.lock ../pyproject.toml -o bench.lock -q

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Hebao needs Python 3.11 to 3.13: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements/run.lock pyproject.toml
	$(BIN)/pip -q --disable-pip-version-check install --require-hashes -r requirements/run.lock
	$(BIN)/pip -q --disable-pip-version-check install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.lock
	$(BIN)/pip -q --disable-pip-version-check install --require-hashes -r requirements/test.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.lock
	$(BIN)/pip -q --disable-pip-version-check install --require-hashes -r requirements/bench.lock
	@touch $@

locales/.compiled: $(VENV)/.run $(CATALOGUES)
	$(BIN)/python -m locales.catalogues compile
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info locales/.compiled locales/*/LC_MESSAGES/*.mo locales/wishes.json
