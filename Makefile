# Souk. Everything that these commands make lies in target/.
PYTHON ?= python3
export PYTHONPATH := infra/local
export PYTHONDONTWRITEBYTECODE := 1
SOUK := command -v $(PYTHON) >/dev/null || { echo "souk: $(PYTHON) is missing: install Python 3.11 or newer" >&2; exit 1; }; $(PYTHON) -m souk_local

.DEFAULT_GOAL := help
.PHONY: help demo up down test outputs import change logs mails audit migrate-orders reconcile reindex restore-index abort-reindex compare-index synonyms renames replay crowd fuzz permissions problems limits browse freshness mutants

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## start everything and play a shopper who buys; the stack stays up
	@$(SOUK) demo

up: ## build, start and deploy the local stack, or bring a running one up to date
	@$(SOUK) up

down: ## end every process of the local stack
	@$(SOUK) down

test: ## all checks and tests, on a stack of their own beside a running one
	@$(SOUK) test

outputs: ## the running stack's addresses and users as one JSON object
	@$(SOUK) outputs

change: ## make one change to many products: make change FILE=change.yaml [REPORT=told.jsonl]
	@$(SOUK) change "$(FILE)" $(if $(REPORT),--report "$(REPORT)")

import: ## load a catalogue: make import FILE=products.csv [MAPPING=columns.yaml] [REPORT=rejected.csv] [DRY_RUN=1] [CONNECTIONS=4]
	@$(SOUK) import "$(FILE)" $(if $(MAPPING),--mapping "$(MAPPING)") $(if $(REPORT),--report "$(REPORT)") $(if $(DRY_RUN),--dry-run) $(if $(CONNECTIONS),--connections "$(CONNECTIONS)")

logs: ## what a function logged: make logs FUNCTION=place-order
	@$(SOUK) logs "$(FUNCTION)"

mails: ## the last mails to shoppers, with their links; written to target/ as text and HTML: make mails [COUNT=10]
	@$(SOUK) mails $(COUNT)

audit: ## recompute the invariants of stock, orders and money; prints each violation
	@$(SOUK) job audit

migrate-orders: ## once after the update to the order protocol's second edition, until it says complete: old orders learn what left from where
	@$(SOUK) job migrate-orders

reconcile: ## compare the gateway's payments with orders and records, and repair what can be
	@$(SOUK) job reconcile-payments

reindex: ## fill a new search index and search that one from then on; shows its progress, and that of one under way
	@$(SOUK) reindex begin_reindex

restore-index: ## search the former index again, which is kept for a day: it is filled up first
	@$(SOUK) reindex begin_restore

abort-reindex: ## give up a reindex that is under way; the old index goes on being searched
	@$(SOUK) job search-index-manager '{"action": "abort_reindex"}'

compare-index: ## compare the search index with the product pages, and repair it
	@$(SOUK) job search-index-manager '{"action": "compare"}'

synonyms: ## the words that search takes for each other; make synonyms FILE=words.txt puts others, within a minute
	@$(SOUK) synonyms $(if $(FILE),"$(FILE)")

renames: ## how far changed names of categories and sellers have come to the pages that show them
	@$(SOUK) job rename-progress

replay: ## put back through what consumers of streams had set aside: make replay [OUTPUTS=outputs.json]
	@$(SOUK) replay $(if $(OUTPUTS),--outputs "$(OUTPUTS)")

crowd: ## shoppers' stories on the running stack, 1, 8, 32 and 128 at a time: how many a second, how long each request takes
	@$(SOUK) crowd

fuzz: ## requests made from the API's own description, as each role: make fuzz [SECONDS_EACH=120]
	@$(SOUK) fuzz

permissions: ## each route asked by each sort of caller on the running stack, printed as a matrix
	@$(SOUK) permissions

problems: ## every type of problem: when it is answered, and what the caller can do
	@cat docs/problems.md

limits: ## every limit of the API
	@cat docs/limits.md

browse: ## pages and searches of the running stack, asked for as shoppers do: hits, bytes, calls, read units, times (SOUK_REQUESTS=5000)
	@$(SOUK) browse

freshness: ## how soon the running stack finds a product that is put, and shows a new name on 10,000 (SOUK_RENAMED=10000)
	@$(SOUK) freshness

mutants: ## change the domain's rules one by one and expect a test to fail (needs cargo-mutants): make mutants [FILE=shared/domain/src/payment.rs]
	@cargo mutants --package souk-domain $(if $(FILE),--file "$(FILE)")
