# Every target first installs what it needs; all targets can be repeated.
.DEFAULT_GOAL := help
.PHONY: help setup demo stop test lint bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

setup: ## Odoo 19, PostgreSQL, a browser and the Python packages
	@bash scripts/setup.sh

demo: setup ## a demo company to click through, on http://127.0.0.1:8069 (PORT=…)
	@bash scripts/demo.sh

stop: ## ends the demo server and its database server
	@bash scripts/stop.sh

test: setup ## lint and every test, on fresh databases (PYTEST_ARGS=…, ONLY=lint|addon|smoke|guest|system, EXAMPLES=…)
	@bash scripts/test.sh

lint: setup ## static checks
	@bash scripts/lint.sh

bench: setup ## how long the lists (PARTNERS=…) and a quarter's rating (CUSTOMERS=…) take with many customers
	@bash scripts/bench.sh
