# The commands for developers and for CI. Each target first installs into .venv if the requirements have changed.
.POSIX:
.PHONY: demo test test-all browser check lock engines

# The first of these that is installed and has a supported version is used.
PYTHON ?= python3 python3.11 python3.12 python3.13
IN_VENV = .venv/bin/
INSTALLED = .venv/installed

demo: $(INSTALLED)
	$(IN_VENV)vaeflow run mnist5k

test: $(INSTALLED)
	$(IN_VENV)pytest -n auto --dist worksteal

# Also runs every recipe end to end and every combination of parts, and measures line coverage.
test-all: $(INSTALLED)
	$(IN_VENV)pytest -n auto --dist worksteal -m "not engines" --cov --cov-report term:skip-covered

check: $(INSTALLED)
	$(IN_VENV)ruff check
	$(IN_VENV)ruff format --check
	$(IN_VENV)mypy
	$(IN_VENV)lint-imports

# Asks the server of the explorer, and drives its pages. Needs Chromium.
browser: $(INSTALLED)
	$(IN_VENV)pytest -n auto -m browser tests/serving/explorer

# Runs the default recipe on a Flink cluster of several processes on this machine, and stops it. Needs Java and Maven.
engines: $(INSTALLED)
	$(IN_VENV)pytest -m engines -rs tests/engines

# Keeps the pins that still fit. For newer versions, run pip-compile with --upgrade or --upgrade-package NAME.
lock: $(INSTALLED)
	CUSTOM_COMPILE_COMMAND='make lock' $(IN_VENV)pip-compile --quiet setup.py

# The package itself is built with the setuptools of the lock, so that every version is pinned.
$(INSTALLED): requirements.lock setup.py pyproject.toml
	@for python in $(PYTHON); do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'vaeflow needs Python 3.11, 3.12 or 3.13; tried: $(PYTHON). To use another one: make PYTHON=...' >&2; \
		exit 1; \
	fi; \
	$$python -m venv .venv
	$(IN_VENV)pip install --disable-pip-version-check --requirement requirements.lock
	$(IN_VENV)pip install --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $(INSTALLED)
