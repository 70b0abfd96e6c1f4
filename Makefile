# Needs Python ≥ 3.11, make and git; everything else is set up in .venv.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
BIN := .venv/bin
FRONTEND := wxchannels/frontend
# The build takes of Tabler what these name.
NAMING := wxchannels/templates wxchannels/sandbox/templates
STAMPS := .venv/stamps

# Twice as many as cores: many tests wait for servers and disks.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 2)

# Everything runs in many processes, and each would compile us anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 16

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: setup
setup: $(STAMPS)/tools $(STAMPS)/run $(STAMPS)/frontend $(STAMPS)/translations ## Set up .venv and build what browsers load

.PHONY: serve
serve: $(STAMPS)/run $(STAMPS)/frontend $(STAMPS)/translations ## The same without the tools of developing

$(STAMPS)/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with PYTHON=python3.x"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/tools: requirements-dev.txt $(STAMPS)/run
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/run $(shell find $(FRONTEND) $(NAMING) -type f -not -path '*/node_modules/*')
	cd $(FRONTEND) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	cd $(FRONTEND) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

$(STAMPS)/translations: $(STAMPS)/run $(shell find wxchannels/translations -name '*.po')
	$(BIN)/python -m wxchannels.translations
	@touch $@

.PHONY: demo
demo: serve ## Run the main job on this machine with a simulated WeChat
	HOST=$(HOST) PORT=$(PORT) $(BIN)/python -m wxchannels.demo

.PHONY: test
test: setup ## Run the tests; databases as TEST_…_URL say
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term $(ARGS)

.PHONY: soak
soak: setup ## Run what takes minutes: long faults under load, thousands of histories
	$(BIN)/python -m pytest -n 0 -m soak -o log_cli=true --log-cli-level=INFO $(ARGS)

.PHONY: check
check: setup ## All that CI runs: format, lint, types, imports, templates, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint wxchannels --check --lint --quiet
	$(MAKE) --no-print-directory test

.PHONY: lock
lock: setup ## Write requirements*.txt anew from requirements*.in
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	for name in requirements requirements-dev requirements-bench; do \
		$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-strip-extras --no-emit-index-url --universal \
			--python-version 3.11 -o $$name.txt $$name.in; done

.PHONY: bench
bench: setup $(STAMPS)/bench ## Measure speed as ratios; ARGS=b1 b2 b3 b9 profile
	$(BIN)/python -m bench $(ARGS)

$(STAMPS)/bench: requirements-bench.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@
