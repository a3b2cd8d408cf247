# Two commands do all the set-up: `make demo` shows what agentls does, `make test` runs the tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := requirements.lock

.PHONY: demo test test-versions lock docs site release standalone bench map wasm playground vscode vscode-test-setup clean

demo: $(VENV)/installed
	@echo '$$ agentls check examples'
	@$(BIN)/agentls check --fail-on never examples
	@echo
	@echo '$$ agentls inspect examples/claude-code examples/six-products'
	@$(BIN)/agentls inspect examples/claude-code examples/six-products
	@echo
	@echo '$$ agentls graph examples/team --output build/map.html'
	@mkdir -p build
	@$(BIN)/agentls graph examples/team --output build/map.html

test: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -rs

# The tests of the core with the newest and with the lowest versions of the dependencies, instead of the locked ones.
test-versions: $(VENV)/installed-dev
	$(BIN)/python tools/dependency_check.py

# The exact versions that are installed here, for every system and Python, brought up to the newest ones.
lock: $(VENV)/installed
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-python-downloads --upgrade --all-extras --group dev \
	  --custom-compile-command 'make lock' --output-file $(LOCK) pyproject.toml

# Rule pages, tables and pictures that come from the code.
docs: $(VENV)/installed-dev
	$(BIN)/python tools/generate.py

# The documentation as a site, in build/site.
site: $(VENV)/installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# What is published, in build/dist: built, checked, and tried in a fresh environment.
RELEASED := build/released
release: $(VENV)/installed-dev
	$(BIN)/python tools/release/packages.py
	$(BIN)/twine check --strict build/dist/*.whl build/dist/*.tar.gz
	$(BIN)/check-wheel-contents build/dist/*.whl
	$(PYTHON) tools/release/smoke.py $(PYTHON) build/dist/agentls.pyz
	rm -rf $(RELEASED) && $(PYTHON) -m venv $(RELEASED)
	$(RELEASED)/bin/python -m pip install --quiet --disable-pip-version-check build/dist/*.whl
	$(PYTHON) tools/release/smoke.py $(RELEASED)/bin/agentls

# A program that needs no Python, for this system, in build/standalone.
standalone: $(VENV)/installed-dev
	$(BIN)/python tools/release/standalone.py

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

# The libraries in the page that `agentls graph` writes, pinned by tools/map/package-lock.json.
map: tools/map/node_modules/installed
	cd tools/map && npm run -s build

tools/map/node_modules/installed: tools/map/package-lock.json
	cd tools/map && $(NPM) ci --ignore-scripts
	@touch $@

NPM := npm --no-audit --no-fund --loglevel=error
WHEEL = rm -rf build/wheel && \
  $(BIN)/python -m pip wheel -qq --disable-pip-version-check --no-deps --no-build-isolation -w build/wheel .

# agentls and Python in WebAssembly, for editors on machines without Python.
WASM := editors/wasm

wasm: $(VENV)/installed $(WASM)/node_modules/installed
	$(WHEEL)
	$(BIN)/python $(WASM)/library.py build/wheel/agentls-*.whl build/library
	cd $(WASM) && npm run -s check && npm run -s build -- $(addprefix ../../build/,library wasm playground)

# A page that shows what agentls says of a text, with agentls in it: a folder for any web server.
playground: wasm

# The extension for VS Code, for this system, for TARGET=win32-x64, darwin-arm64, linux-arm64 and so on, or for all of them
# with TARGET=universal.
VSCODE := editors/vscode

vscode: $(VENV)/installed $(VSCODE)/node_modules/installed $(if $(filter universal,$(TARGET)),wasm)
	$(WHEEL)
	$(BIN)/python $(VSCODE)/bundle.py build/wheel/agentls-*.whl $(TARGET)
	cd $(VSCODE) && npm run -s check && npm run -s bundle
	cd $(VSCODE) && target=$$(cat dist/target) && \
	  npm run -s package -- $$(test $$target = universal || echo --target $$target) -o ../../build/agentls-$$target.vsix

# What the tests in the real VS Code need beside Chromium: code-server, which is VS Code in a browser, in two versions.
CODES := tests/editors/vscode tests/editors/vscode/oldest
vscode-test-setup: $(CODES:%=%/node_modules/installed)

$(WASM)/node_modules/installed $(VSCODE)/node_modules/installed: %/node_modules/installed: %/package-lock.json
	cd $* && $(NPM) ci --ignore-scripts
	@touch $@

$(CODES:%=%/node_modules/installed): %/node_modules/installed: %/package-lock.json
	cd $* && $(NPM) ci --ignore-scripts
	cd $*/node_modules/code-server/lib/vscode && $(NPM) install --omit=dev --ignore-scripts --legacy-peer-deps
	if test -f $*/spdlog.js; then cp $*/spdlog.js $*/node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/index.js; fi
	@touch $@

$(VENV)/installed: pyproject.toml $(LOCK)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "agentls needs Python 3.10 or newer; set PYTHON to one")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --constraint $(LOCK) hatchling
	$(PIP) --constraint $(LOCK) --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --requirement $(LOCK)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist editors/vscode/dist
