# Every command here works on a fresh machine with python3 (3.11 or newer) and make.
# `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
HANOI  := $(BIN)/hanoi
VAR    ?= var
CITY   ?= $(VAR)/city
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-system run test check bench judge-day chaos scenarios setup-sumo soak shuffles distributed prometheus kafka postgis kafka-stop postgis-stop web shots schemas test-train drill clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.stamp-runtime $(VENV)/.stamp-kernels services/web/dist/index.html ## virtual environment, libraries, pages (done once)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "[1/4] virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3 cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.stamp-runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "[2/4] libraries (about 1 GB, one to three minutes)"
	@$(BIN)/python -m pip install --quiet --progress-bar on -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.stamp-dev: requirements/dev.txt $(VENV)/.stamp-runtime
	@echo "[dev] test tools"
	@$(BIN)/python -m pip install --quiet --progress-bar on -r requirements/dev.txt
	@touch $@

# numba's cache asks only whether the file of a function changed, not those whose constants and functions it took in.
KERNELS := $(shell grep -rl --include='*.py' -e 'import numba' -e 'import compiled' fleet routing vision 2>/dev/null)

$(VENV)/.stamp-kernels: $(KERNELS) | $(VENV)/.stamp-runtime
	@find fleet routing vision -name '*.nb[ic]' -delete
	@touch $@

setup-dev: $(VENV)/.stamp-dev $(VENV)/.stamp-kernels services/web/dist/index.html ## the same with what the tests need

setup-sumo: $(VENV)/.stamp-dev ## SUMO, the traffic simulator that roads are scored by (530 MB)
	@$(BIN)/python -m pip install --quiet --progress-bar on -r requirements/sumo.txt

scenarios: setup-sumo ## hours on a grid of motorbikes with and without blocked lanes, and their score; SCENARIOS=folder (an hour of one core)
	@$(BIN)/python -m tests.sumo grid --out $(or $(SCENARIOS),$(VAR)/sumo)
	@$(HANOI) score incidents $(or $(SCENARIOS),$(VAR)/sumo)

setup-system: ## Debian packages that the whole test suite needs (as root): PostgreSQL + PostGIS, Mosquitto, Chromium, Java, Maven
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15-postgis-3 mosquitto chromium fonts-noto-core openjdk-17-jdk-headless maven ffmpeg

WEB_SOURCES := $(shell find services/web -path services/web/node_modules -prune -o -path services/web/dist -prune -o -type f -print 2>/dev/null)

services/web/dist/index.html: $(WEB_SOURCES) | $(VENV)/.stamp-runtime
	@echo "[3/4] pages"
	@sh infra/web.sh "$(BIN)"

web: services/web/dist/index.html ## build the pages

$(CITY)/city.json: | $(VENV)/.stamp-runtime
	@echo "[4/4] sample city in $(CITY)"
	@$(HANOI) sample build --out $(CITY) --seed 1

run: setup $(CITY)/city.json ## the living city on http://127.0.0.1:8000 (CITY=folder for another one)
	@$(HANOI) run --city $(CITY)

test: setup-dev ## every test that needs no other machine; says at the end what it skipped and why
	@sh infra/test.sh "$(BIN)" $(TESTS)

check: setup-dev ## style, types, docstrings
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy
	@git ls-files '*.py' | grep -vE '^(tests|services/store/migrations)/' | xargs $(BIN)/numpydoc lint
	@cd services/web && npm run --silent check

bench: setup-dev ## every benchmark, JSON on the console
	@for name in stream store ingest detect; do $(HANOI) bench $$name; done

judge-day: setup-dev ## a whole recording as GTFS-realtime, each feed judged; GTFS=, POSITIONS=, MORE="--hide-trips --roster …"
	@$(BIN)/python -m tests.services.api.feeds.day $(GTFS) $(POSITIONS) $(MORE)

chaos: setup-dev ## kill workers, broker and database at the worst moments, 200 rounds; ROUNDS=, SEED=, COLUMN=embedded|distributed|both
	@$(BIN)/python -m tests.chaos --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1) --column $(or $(COLUMN),both) --json $(VAR)/chaos.json

shuffles: setup-dev ## a thousand deliveries of one morning, each fix up to 15 minutes late, lead to one state; COUNT=
	@$(BIN)/python -m tests.fleet.shuffles --count $(or $(COUNT),1000)

prometheus: ## Prometheus with our rules beside a running city, on http://127.0.0.1:9090 (Debian package prometheus needed)
	@infra/prometheus/start.sh $(VAR)

soak: setup-dev ## a million fuzzed messages at every door, a million unknown vehicles, a day that arrives at once; WHAT="csv backlog"
	@$(BIN)/python -m tests.soak $(WHAT) --json $(VAR)/soak.json

kafka: $(VENV)/.stamp-runtime ## a real Apache Kafka in var/kafka (Java 17 and Maven needed)
	@infra/kafka/start.sh

postgis: $(VENV)/.stamp-runtime ## a real PostgreSQL + PostGIS in var/postgis (Debian packages needed)
	@infra/postgis/start.sh

kafka-stop: ## stop it
	@infra/kafka/stop.sh

postgis-stop: ## stop it
	@infra/postgis/stop.sh

distributed: setup $(CITY)/city.json ## the same city on real Kafka and PostGIS, started here without Docker
	@infra/distributed.sh --city $(CITY)

shots: setup-dev ## pictures of every page in every state into var/shots
	@$(BIN)/python -m tests.services.web.shots --out $(VAR)/shots

drill: setup-dev ## back up a city under load, destroy it, restore it: nothing lost, nothing doubled (DRILL_RECORDS=200000)
	@DRILL_RECORDS=$${DRILL_RECORDS:-200000} $(BIN)/python -m pytest -q -s -rA --timeout=1800 tests/services/backup/test_drill.py

schemas: setup-dev ## write schemas/json anew
	@$(BIN)/python -m schemas.write_json && $(BIN)/python -m schemas.dictionary

test-train: ## a short training on rendered scenes with ultralytics in its own environment (6 GB): the same boxes as the default engine
	@sh infra/test_train.sh

clean: ## remove what was built and what lives (asks nothing)
	rm -rf $(VENV) $(VAR) services/web/node_modules services/web/dist *.egg-info
