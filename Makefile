# What can be typed here; `make` alone lists it. PYTHON names an interpreter, LAB a lab: make lab LAB=01 PYTHON=python3.12

SETUP := scripts/environment.sh
BIN := $(or $(VENV),.venv)/bin
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)
export PYTHON VENV

.DEFAULT_GOAL := help
.PHONY: help lab test check bench notebooks slides docker docker-test mutants clean

help: ## list this
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

lab: ## open the course's start page, or LAB in JupyterLab
	@$(SETUP) lab
	@$(BIN)/python -m capsize.jupyter $(LAB)

test: check ## run all that needs no Docker, or what LAB needs; BANK=all judges each answer, not one drawn for each line
	$(BIN)/python -m pytest -q -n auto --dist loadgroup --no-loadscope-reorder -m "not docker" --bank $(or $(BANK),drawn) $(addprefix --lab ,$(LAB))

check: ## lint, types and the notebooks' form: what takes seconds
	@$(SETUP) test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/capsize notebooks check --runs 0

bench: ## measure what the kit costs on this machine
	@$(SETUP) test
	@$(BIN)/python -m benchmarks

notebooks: ## run the notebooks, or that of LAB, against the solutions and write them
	@$(SETUP) lab
	$(BIN)/capsize notebooks update $(LAB)

slides: ## show the first deck, or that of LAB
	@$(SETUP) lab
	@$(BIN)/capsize slides $(or $(LAB),01)

docker: ## build the image, and run the first stack, or that of LAB, in containers
	$(COMPOSE) -f docker/$(or $(LAB),01_monolith)/compose.yaml up --build

docker-test: ## run what needs a Docker engine, in containers; as root on Debian it installs one
	@$(SETUP) test
	@scripts/engine.sh
	$(BIN)/python -m pytest -q -n auto --dist loadgroup --no-loadscope-reorder -m docker tests/docker

mutants: ## change each solution, or those of LAB, in small steps, and print what no check refuses
	@$(SETUP) test
	$(BIN)/python tests/mutate.py $(LAB)

clean: ## take away the environment and the caches; work/ and reports/ stay
	rm -rf .venv .jupyter .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests labs starter solutions benchmarks -name __pycache__ -prune -exec rm -rf {} +
