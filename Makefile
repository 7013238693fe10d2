# One door for everything: each target first sees to the virtual environment, which costs nothing while the lock files stay the same.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Named after the content of what it was made from: a checkout that only touches files makes no new environment.
STAMP := $(VENV)/stamp-$(shell cat requirements/dev.txt pyproject.toml | cksum | cut -d' ' -f1)

CLIENT_STAMP := client-vscode/node_modules/stamp-$(shell cksum < client-vscode/package-lock.json | cut -d' ' -f1)

FIXTURE ?= $(firstword $(wildcard fixtures/support-desk fixtures/*))
CORPORA ?= ../shared/corpora
CORPORA_SRC ?= ../corpora/dev
ACCURACY := build/accuracy

.PHONY: help demo test check docs accuracy bench map-view vsix client-packages lock clean

help:
	@echo "make demo       findings and the system map of an example project"
	@echo "make test       the tests"
	@echo "make check      lint, types, import contracts, rule pages"
	@echo "make docs       the documents that are generated: coverage, component kinds"
	@echo "make accuracy   the score against hand-labelled projects (CORPORA, CORPORA_SRC)"
	@echo "make bench      time against bandit and ruff on the same files"
	@echo "make map-view   the system map view, again from client-map/ (needs Node.js)"
	@echo "make vsix       the extension for VS Code, with the server in it (Node 20 or newer)"
	@echo "make lock       the lock files, again from pyproject.toml"

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=…" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/stamp-*
	@touch $@

demo: $(STAMP)
	@mkdir -p build
	@$(BIN)/threatline check $(FIXTURE) --workspace $(FIXTURE) --fail-on never
	@$(BIN)/threatline map $(FIXTURE) --workspace $(FIXTURE) --format html --output build/system-map.html
	@echo
	@echo "The system map: build/system-map.html (open it in a browser)"

# The view's own tests need what npm installs; without Node.js or npm they say so and are skipped.
test: $(STAMP)
	@bash tests/editors.sh
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(NODE_STAMP) || true; fi
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP)
	@$(BIN)/ruff check server tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/threatline rules test

# The test that holds the documents to what they are generated from writes them, too.
docs: $(STAMP)
	@$(BIN)/python -m pytest -q tests/docs/test_generated.py --update-golden

accuracy: $(STAMP)
	@[ -f $(CORPORA)/score.py ] || { echo "No labels in $(CORPORA): make accuracy CORPORA=FOLDER, the folder of score.py and dev.yaml" >&2; exit 1; }
	@[ -d $(CORPORA_SRC) ] || { echo "No code in $(CORPORA_SRC). Get it (FOLDER outside this repository), then name FOLDER/dev:" >&2; \
	  echo "  $(BIN)/python $(CORPORA)/get.py dev --target FOLDER" >&2; echo "  make accuracy CORPORA_SRC=FOLDER/dev" >&2; exit 1; }
	@rm -rf $(ACCURACY) && mkdir -p $(ACCURACY)
	@echo "Python files alone"
	@$(BIN)/python $(CORPORA)/score.py --labels $(CORPORA)/dev.yaml --classes $(CORPORA)/classes.yaml --src $(CORPORA_SRC) --families \
	  --run '$(abspath $(BIN))/threatline check {path} --workspace {path} --format json --fail-on never' \
	  --run-map '$(abspath $(BIN))/threatline map {path} --workspace {path} --format json' \
	  --save $(ACCURACY)/results --files '\.py$$' --json $(ACCURACY)/python.json | tee $(ACCURACY)/python.txt
	@echo
	@echo "All files"
	@$(BIN)/python $(CORPORA)/score.py --labels $(CORPORA)/dev.yaml --classes $(CORPORA)/classes.yaml --src $(CORPORA_SRC) \
	  --findings $(ACCURACY)/results --json $(ACCURACY)/all.json | tee $(ACCURACY)/all.txt

bench: $(STAMP)
	@$(BIN)/python benchmarks/cold_check.py --output build/bench.json

NODE_STAMP := client-map/node_modules/.package-lock.json

$(NODE_STAMP): client-map/package-lock.json
	@cd client-map && npm ci --ignore-scripts --silent && touch node_modules/.package-lock.json

map-view: $(NODE_STAMP)
	@cd client-map && npx --no-install tsc && node build.mjs && npm test --silent

$(CLIENT_STAMP): client-vscode/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer is needed, with npm" >&2; exit 1; }
	@cd client-vscode && npm ci --silent
	@touch $@

client-packages: $(CLIENT_STAMP)

vsix: $(STAMP) $(CLIENT_STAMP)
	@rm -rf build/wheel
	@$(BIN)/python -m build --wheel --no-isolation --outdir build/wheel . >/dev/null
	@cd client-vscode && npm run --silent types && npm run --silent bundle && npm run --silent package -- ../build/wheel/*.whl

lock: $(STAMP)
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements/runtime.txt pyproject.toml
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev -c requirements/runtime.txt -o requirements/dev.txt pyproject.toml

clean:
	@rm -rf build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
