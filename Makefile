# One environment in .venv, made on first use; PYTHON chooses the interpreter (3.11 or later).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check check-code page format slow api docs release

demo: .venv/base
	@$(BIN)/senga color examples/dress.png --hints examples/dress-hints.png -o dress-color.png --force >/dev/null
	@echo "the colored drawing: $(CURDIR)/dress-color.png"

test: .venv/dev
	$(BIN)/python -m pytest

check: check-code page test

check-code: .venv/dev
	$(BIN)/ruff format --check src tests tools plugins hatch_build.py
	$(BIN)/ruff check src tests tools plugins hatch_build.py
	$(BIN)/mypy
	$(BIN)/mypy tools/*.py tools/peers/*.py
	$(BIN)/mypy plugins/comfyui
	$(BIN)/lint-imports

# The page's own lint, types and unit tests; left out, with a word, where there is no node.
page:
	@sh tools/page_checks.sh

slow: .venv/dev
	$(BIN)/python -m pytest -m slow

api: .venv/dev
	$(BIN)/python -m pdoc -d google --no-search -o build/api senga

# build/site: the documents as a site, with gallery and API; links are checked, nothing is fetched.
docs: .venv/docs
	$(BIN)/python tools/docs_site.py

# SENGA_URL=https://HOST/OWNER/senga: where the project lives; see hatch_build.py.
release: .venv/dev
	$(BIN)/python -m hatchling build -d dist

format: .venv/dev
	$(BIN)/ruff format src tests tools plugins
	$(BIN)/ruff check --fix src tests tools plugins

.venv/base: pyproject.toml
	@test -x $(BIN)/python || { echo "setting up .venv"; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/docs: .venv/base
	@echo "setting up what the site needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

.venv/dev: .venv/base constraints.txt
	@echo "setting up what tests and training need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
