# The tasks of the house; `make help` lists them. Everything installs itself into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The newest Python from 3.11 on that is on the PATH; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READERS := .venv-readers
PEERS := .venv-peers
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt
# Tests wait for services and for time; with two more than processors they take as long.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 1); echo $$((n < 7 ? n + 1 : 8)))
export TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS :=

.PHONY: help setup demo compiled proxy ready test test-full test-cluster test-kills lint format bench bench-corpus bench-crawl bench-lookup bench-pages bench-workers bench-polite bench-storage bench-gate bench-duplicates bench-pictures bench-versions bench-links bench-feeds bench-revisits bench-capacity bench-extract bench-memory bench-mutations bench-peers corpus-import readers browser screenshots clean

help:  ## what there is to do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Dateline needs Python 3.11 or newer on the PATH (or PYTHON=/path/to/python)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: $(BIN)/uv pyproject.toml constraints.txt
	$(UV) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(UV) -e '.[dev]'
	@touch $@

# Readers of the archive that are not ours; apart, because pywb pins old packages.
$(READERS)/.installed: $(BIN)/uv tests/readers.txt
	$(BIN)/python -m venv $(READERS)
	$(BIN)/uv pip install --quiet --python $(READERS)/bin/python --compile-bytecode -r tests/readers.txt
	@touch $@

setup: $(VENV)/.installed  ## install Dateline into .venv

demo: setup  ## three nights of a small local news web, archived and shown
	@$(BIN)/dateline demo

readers: $(READERS)/.installed

browser:  # the Chromium in which the tests open archived pages
	@for b in chromium chromium-browser google-chrome; do command -v $$b >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "The tests need Chromium on the PATH; on Debian: apt install chromium"; exit 2; fi

# Tests start some hundred programs; with PYTHONDONTWRITEBYTECODE set, each would compile all of ours anew.
compiled: $(VENV)/.installed-dev
	@$(BIN)/python -m compileall -q archive cli config crawler pipelines web tests

# Unpacked, not installed: the package would start nginx on this machine's own ports.
proxy: $(VENV)/.installed-dev | browser  # the nginx that docs/operating.md puts before the service
	@{ command -v nginx || test -x /usr/sbin/nginx || test -x $(VENV)/nginx/usr/sbin/nginx; } >/dev/null && exit 0; \
	command -v apt-get >/dev/null || { echo "The tests need nginx on the PATH"; exit 2; }; \
	mkdir -p $(VENV)/nginx && cd $(VENV)/nginx && \
	{ apt-get download -qq nginx 2>/dev/null || { apt-get update -qq && apt-get download -qq nginx 2>/dev/null; }; } && \
	dpkg -x nginx_*.deb .

ready: readers browser proxy compiled

test: $(VENV)/.installed-dev  ## lint, types, import rules and all tests, against real services
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint ready
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-full: lint ready  ## the same with every heavy test in its full form
	DATELINE_TEST_FULL=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-cluster: $(VENV)/.installed-dev  ## fetchers and hosts killed and cut off, in network namespaces (root; a quarter of an hour)
	DATELINE_TEST_FULL=1 $(BIN)/pytest tests/cluster
	PYTHONPATH=. $(BIN)/python -m tests.cluster.two_hosts $(ARGS)

test-kills: $(VENV)/.installed-dev  ## 200 kills of a crawl, 50 of its store, every call failing once (an hour or more)
	DATELINE_TEST_FULL=1 $(BIN)/pytest -s tests/end_to_end/test_kill.py tests/end_to_end/test_every_call_fails.py

lint: $(VENV)/.installed-dev  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev readers $(PEERS)/.installed  ## every benchmark in its short form, held against its floor; NAMES=..., ARGS=--full
	$(BIN)/python -m bench.suite $(NAMES) $(ARGS)

bench-corpus: $(VENV)/.installed-dev  ## a crawl of the corpus by the normal command, and what of it is read rightly
	$(BIN)/python -m bench.crawl_corpus

bench-polite: $(VENV)/.installed-dev  ## a crawl of 300 hosts with delays, beside the longest host's own time; ARGS=...
	$(BIN)/python -m bench.polite_crawl $(ARGS)

bench-storage: $(VENV)/.installed-dev  ## what seven nights take: as written, `keep: changed`, compacted; ARGS=--chains 40
	$(BIN)/python -m bench.storage $(ARGS)

bench-lookup: $(VENV)/.installed-dev readers  ## look-up among a million captures; FOLDER=... keeps them, ARGS=...
	$(BIN)/python -m bench.lookup $(or $(FOLDER),/tmp/dateline-lookup) $(ARGS)

bench-pages: $(VENV)/.installed-dev  ## pages over a million article versions, alone and beside a crawl; FOLDER=... keeps them, ARGS=...
	$(BIN)/python -m bench.pages $(or $(FOLDER),/tmp/dateline-pages) $(ARGS)

bench-workers: $(VENV)/.installed-dev  ## verify, rebuild and reprocess with two workers beside one; FOLDER=... keeps the archive, ARGS=...
	$(BIN)/python -m bench.workers $(or $(FOLDER),/tmp/dateline-workers) $(ARGS)

screenshots: $(VENV)/.installed-dev browser  ## draw the pages of docs/pages.md anew, from the demo
	$(BIN)/python -m bench.screenshots

bench-crawl: $(VENV)/.installed-dev  ## a crawl of new pages and the nights after it, beside peers and the floor; ARGS=--full
	$(BIN)/python -m bench.cold_crawl $(ARGS)

bench-links: $(VENV)/.installed-dev  ## which links of home pages are stories, on sites the model has not seen
	$(BIN)/python -m bench.links

bench-feeds: $(VENV)/.installed-dev  ## the corpus' feeds against their gold, and its robots.txt files
	$(BIN)/python -m bench.feeds

bench-duplicates: $(VENV)/.installed-dev  ## near duplicates among 20,000 texts, beside other ways (some minutes)
	$(BIN)/python -m bench.duplicates $(ARGS)

bench-pictures: $(VENV)/.installed-dev  ## the corpus' pictures, changed and unchanged: what is linked
	$(BIN)/python -m bench.pictures

bench-gate: $(VENV)/.installed-dev  ## what is stopped before it is called an article, by kind, and what wrongly
	$(BIN)/python -m bench.gate

bench-revisits: $(VENV)/.installed-dev  ## what looking again catches at what cost, beside other policies
	$(BIN)/python -m bench.revisits

bench-capacity: $(VENV)/.installed-dev  ## seven nights of 100,000 sources, simulated, beside the capacity model (some ten minutes)
	$(BIN)/dateline simulate plan --sources 100000 --nights 7 $(ARGS)

bench-versions: $(VENV)/.installed-dev  ## what makes a version: edits that must, furniture and recaptures that must not
	$(BIN)/python -m bench.versions

bench-extract: $(VENV)/.installed-dev  ## text and fields of the corpus' articles, beside other extractors
	$(BIN)/python -m bench.extract_articles

bench-memory: $(VENV)/.installed-dev  ## reading with the memory of a site's other pages, and without; ARGS=--unseen
	$(BIN)/python -m bench.site_memory $(ARGS)

# Other extractors, for bench-extract; apart, because they pin what we use.
$(PEERS)/.installed: $(BIN)/uv bench/peers.txt
	$(BIN)/python -m venv $(PEERS)
	$(BIN)/uv pip install --quiet --python $(PEERS)/bin/python --compile-bytecode -r bench/peers.txt
	@touch $@

bench-mutations: $(VENV)/.installed-dev  ## how often other furniture around an article changes its text
	$(BIN)/python -m bench.mutations

bench-peers: $(PEERS)/.installed  ## install the extractors that bench-extract compares with

corpus-import: $(VENV)/.installed-dev  ## import the public WARC and WACZ files of the corpus, file by file
	$(BIN)/python -m bench.import_corpus

clean:  ## remove what was installed and what the demo left
	rm -rf $(VENV) $(READERS) $(PEERS) demo-data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
