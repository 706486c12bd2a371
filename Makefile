# The commands of this repository. `make` alone lists them; README gives the plain command of each.
#
# Every target starts from a bare clone: what it needs is made first, and made once. Whether a step
# has work to do is decided by the step itself, from the content of its inputs.

PORT ?= 8000
PYTEST_FLAGS ?=
LAB_FLAGS ?=
BENCH ?=

# The first Python that fits. Override it: make book PYTHON=/path/to/python3.12
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo $$name && break; done)
BIN := .venv/bin
PY := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help book html serve lab test data bench lint links lock clean \
	environment front-end models browser

help: ## list the commands
	@echo "How language models work: an interactive book. Commands:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
		while IFS='|' read -r name does; do printf '%-14s %s\n' "$$name" "$$does"; done
	@echo "Variables: PYTHON PORT TORCH_INDEX PIP_FLAGS PYTEST_FLAGS LAB_FLAGS BENCH (see README)"

book: html ## build the book and serve it on http://127.0.0.1:8000
	@$(MAKE) --no-print-directory serve

html: environment front-end models ## build the book into _build/html
	@echo "book: building (the first time executes every notebook: minutes)"
	@$(BIN)/jupyter-book build . --path-output . --warningiserror --nitpick --keep-going
	@echo "book: _build/html/index.html"

serve:
	@echo "book: http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: environment front-end models ## open the notebooks in JupyterLab
	@echo "lab: starting JupyterLab on notebooks/"
	@$(BIN)/jupyter lab $(LAB_FLAGS) notebooks

test: environment browser models front-end ## run all tests
	@echo "tests: pytest $(PYTEST_FLAGS)"
	@$(PY) -m pytest $(PYTEST_FLAGS)

data: environment models ## run the studies whose results the book shows
	@echo "data: studies"
	@$(PY) -m llm_viz.studies

bench: html browser ## measure every figure; BENCH="capture load" for some
	@$(PY) -m benchmarks $(BENCH)

lint: environment ## ruff, mypy, tsc, and no outputs in notebooks
	@echo "lint: ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "lint: mypy"
	@$(BIN)/mypy
	@echo "lint: tsc"
	@$(PY) tools/check_js.py
	@echo "lint: notebooks"
	@$(PY) tools/notebooks.py --check

links: html ## follow every link that leaves the book
	@$(BIN)/jupyter-book build . --path-output . --builder linkcheck

lock: ## resolve pyproject.toml anew into requirements.txt
	@$(PYTHON) tools/lock.py

clean: ## remove what was built; the environment and the models stay
	@rm -rf _build build dist llm_viz/static llm_viz/js/node_modules llm_viz/js/src/generated
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	@echo "clean: done (.venv stays; delete it by hand to start from nothing)"

environment:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11, 3.12 or 3.13 found; install one, \
	or say make PYTHON=/path/to/it"; exit 1; }
	@$(PYTHON) tools/environment.py

front-end: environment
	@$(PY) llm_viz/js/build.py

models: environment
	@$(PY) tools/models.py

browser: environment
	@$(PY) tools/browser.py
