# Two commands: `make demo` shows what Crosspost does, `make test` proves it. Python 3.11+ and make are enough.
PYTHON ?= python3
BIN = .venv/bin
INSTALLED = .venv/installed
# The lock is complete. Left to resolve it, older pips look for newer releases behind the extras and miss their hashes.
LOCKED = --quiet --disable-pip-version-check --no-deps

.PHONY: demo test core proof lint install lock prove-install

demo: install
	$(BIN)/crosspost demo

# The tests with a Prefect server share one: they stay on one worker.
test: install
	$(BIN)/pytest -n auto --dist loadgroup

# Everything that could make a tweet go out twice or not at all, at full length: minutes, where `make test` takes seconds.
proof: install
	$(BIN)/python -m tests.proof

# The heart of it, while you work.
core: install
	$(BIN)/pytest -n auto -m "not thorough"

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(INSTALLED)

$(INSTALLED): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install $(LOCKED) --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install $(LOCKED) --no-build-isolation -e .
	$(BIN)/python -m pip check
	touch $(INSTALLED)

# Plain pip and the bounds of pyproject.toml alone must give something whose schedules fire.
prove-install:
	$(PYTHON) tests/prove_install.py

# After a change of the bounds in pyproject.toml; needs uv (`pip install uv`), which nothing else here does.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --extra dev -o requirements-dev.txt
