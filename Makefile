# Targets for people and for CI. `make demo` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
CODE := src tests benchmarks models

.PHONY: setup demo test check fmt lint types imports policies bench clean
setup: .venv/.ready

# torch first and alone: with `torch==2.13.0` pip takes the CPU build where one is offered, and nothing later replaces it.
.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/countenance models pull
	touch $@

demo: setup
	$(BIN)/countenance demo --out build/demo

test: setup
	$(BIN)/pytest --numprocesses auto --dist worksteal

# Exactly what CI runs.
check: lint types imports policies test

fmt: setup
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lint: setup
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

policies: setup
	$(BIN)/countenance policy test

# Figures with the machine and the date in benchmarks/results/*.json. FACES is a folder of portraits, see benchmarks/README.md;
# `render` and `quality` need the extra `bench`. The other scripts there take arguments of their own.
FACES ?= faces
bench: setup
	for script in policy log withdrawal registry render; do $(BIN)/python benchmarks/$$script.py || exit 1; done
	$(BIN)/python benchmarks/measuring_error.py --faces $(FACES)
	$(BIN)/python benchmarks/quality.py --faces $(FACES)

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
