# Set-up, demonstration and checks. `make` alone says what there is.
#
# Everything lives in .venv; requirements/*.txt say what is in it, down to the hash.
# Needs Python 3.11 or newer with pip, and the network for packages. PYTHON=… names the Python.

PYTHON ?=
ARGS ?=
CLIPS ?=
export PYTHON CLIPS

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses=8 --dist=worksteal
COMPILE := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

# A stamp is as new as the last set-up that went through to its end, and holds for one place only:
# a copied .venv would run the code it was copied from.
HERE := $(shell pwd -P | cksum | cut -d ' ' -f 1)
BASE := .venv/.base-$(HERE)
DEV := .venv/.dev-$(HERE)

.DEFAULT_GOAL := help
.PHONY: help demo test test-all checks lint format golden docs lock bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(BASE) ## set up, then run the main job on made clips; CLIPS=/path/to/folder for your own
	@$(BIN)/python scripts/demo.py $(if $(CLIPS),--clips "$$CLIPS")

test: $(DEV) checks ## set up, then lint, types and the tests; ARGS="-k name" goes to pytest
	$(PYTEST) -m "not slow" $(ARGS)

test-all: $(DEV) checks ## the same with all that is slow or heavy
	$(PYTEST) --hypothesis-profile=thorough $(ARGS)

lint: checks ## style, form, types and floors, without the tests

checks: $(DEV)
	$(BIN)/ruff check --quiet --output-format=concise .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV) ## put the code into form
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

golden: $(DEV) ## rewrite tests/golden from what the tests give; read the difference like code
	$(BIN)/python -m pytest --golden-update $(ARGS)

docs: $(DEV) ## rewrite the generated pages of docs/reference
	$(BIN)/python scripts/reference.py

lock: $(BASE) ## compile requirements/*.txt from pyproject.toml; ARGS=--upgrade takes what is newest
	$(COMPILE) --group build $(ARGS) pyproject.toml --output-file requirements/base.txt
	$(COMPILE) --group dev --constraint requirements/base.txt $(ARGS) pyproject.toml --output-file requirements/dev.txt

bench: $(DEV) ## measure against peers
	@$(BIN)/python benchmarks/run.py $(ARGS)

clean: ## remove what was made, except .venv
	rm -rf build demo dist .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): requirements/base.txt pyproject.toml src/turnover/version.py scripts/environment.sh
	@sh scripts/environment.sh base
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@sh scripts/environment.sh dev
	@touch $@
