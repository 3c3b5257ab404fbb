.PHONY: demo test lint lock bench dashboards clean help
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin

help: ## What each command does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{split($$1, name, ":"); printf "  make %-12s %s\n", name[1], $$2}'

$(VENV)/.ready: pyproject.toml requirements.lock .ci/environment
	@sh .ci/environment $(VENV)
	@touch $@

demo: $(VENV)/.ready ## Simulate two cities, build the warehouse, print the headline figures
	@$(BIN)/ratehouse demo

test: $(VENV)/.ready ## Run every test (browser tests need Chromium)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.ready ## Style and structure of Python and SQL
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports
	@# the linter compiles the models against a raw database, which may be empty
	@$(BIN)/ratehouse init --workspace data >/dev/null
	@RATEHOUSE_RAW=$(CURDIR)/data/warehouse/raw.duckdb RATEHOUSE_BUILD=:memory: $(BIN)/sqlfluff lint dbt_project/models

lock: ## Write requirements.lock anew from pyproject.toml (needs uv)
	@# setuptools builds the project itself, without an environment of its own
	@echo 'setuptools>=77' | uv pip compile pyproject.toml - --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' --quiet --output-file requirements.lock

bench: $(VENV)/.ready ## 57,000 accounts, ten years: takes most of an hour
	@$(BIN)/python -m bench

dashboards: $(VENV)/.ready ## Open the dashboards on the current build
	@$(BIN)/ratehouse dashboards

clean: ## Remove the environment and everything that was built
	rm -rf $(VENV) data/landing data/warehouse data/reports dbt_project/target
