# Everything a fresh machine needs is installed by these targets into .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BUS ?= embedded
DEMO_HOME := ./demo-home
# Beside the home, where the custodian looks for what a file may have left.
DEMO_BROKER := ./.kafka/demo

.PHONY: install demo kafka-packages kafka-jars console-packages test test-fast test-packages test-unit test-integration test-acceptance test-faults test-kafka test-console bench check check-packages format lock wheel

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

install: $(VENV)/.installed ## the hub command in .venv/bin/hub

demo: install ## the main job with synthetic towns, in ./demo-home
	@if [ -e $(DEMO_HOME) ] && ! grep -q '^sandbox = true' $(DEMO_HOME)/home.toml; then echo "demo-home は以前のデモのものではありません。移動してください / demo-home is not a sandbox: move it away" >&2; exit 2; fi
	@rm -rf $(DEMO_HOME) $(DEMO_BROKER)
ifeq ($(BUS),kafka)
	@$(MAKE) --no-print-directory kafka-jars
	@$(BIN)/hub --home $(DEMO_HOME) init --sandbox --towns 3 --residents 300 > /dev/null
	@bus=$$($(BIN)/python -m ops.kafka.local start --folder $(DEMO_BROKER)) || exit; \
	HUB_KAFKA_CARD=$(DEMO_BROKER)/security/admin.toml $(BIN)/hub --home $(DEMO_HOME) --bus $$bus topics apply > /dev/null \
	&& $(BIN)/hub --home $(DEMO_HOME) --bus $$bus demo; code=$$?; \
	$(BIN)/python -m ops.kafka.local stop --folder $(DEMO_BROKER); \
	echo "  Kafka を再び起動するには / to start this Kafka again: $(BIN)/python -m ops.kafka.local start --folder $(DEMO_BROKER)" >&2; \
	exit $$code
else
	@$(BIN)/hub --home $(DEMO_HOME) --bus $(BUS) init --sandbox --towns 3 --residents 300 > /dev/null
	@$(BIN)/hub --home $(DEMO_HOME) --bus $(BUS) demo
endif

kafka-packages: ## Java and Maven, where they are not there and we may install them
	@sh ops/packages.sh java=default-jre-headless mvn=maven

kafka-jars: install kafka-packages .kafka/lib/.copied ## the jars of a local Kafka in .kafka/lib, by Maven

.kafka/lib/.copied: ops/kafka/pom.xml
	@mvn --quiet --batch-mode --file ops/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/.kafka/lib
	@$(BIN)/python -m ops.kafka.local archive
	@touch $@

test: install check test-unit test-integration test-acceptance test-faults test-kafka test-console ## every tier

# Without the few unit tests that start processes by the dozen: `make test-unit` has them.
test-fast: install ## the everyday part, under two minutes: one room at a time, no server
	$(BIN)/python -m pytest -q -n 2 -k "not (postgresql or killed or several_processes or any_file_cut)" tests/unit

# Debian's initdb is not on the path; pg_ctlcluster comes with it.
test-packages: ## PostgreSQL, Go, iproute2, curl and a Japanese font, where they are not there and we may install them
	@sh ops/packages.sh pg_ctlcluster=postgresql go=golang-go ip=iproute2 unshare=util-linux curl=curl
	@test -e /usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf || sh ops/packages.sh ipaexg.ttf=fonts-ipaexfont-gothic

test-unit: install test-packages
	$(BIN)/python -m pytest -q -n 2 --cov --cov-report=term:skip-covered tests/unit

test-integration: install test-packages
	$(BIN)/python -m pytest -q -n 2 -k "not kafka" tests/integration

test-acceptance: install test-packages
	$(BIN)/python -m pytest -q -n 2 tests/acceptance

test-faults: install ## the short form; `pytest tests/faults --long` is the long one
	$(BIN)/python -m pytest -q -k "not kafka" tests/faults

test-kafka: install kafka-jars test-packages ## all that runs on a real Apache Kafka; it starts and stops its brokers
	$(BIN)/python -m pytest -q -k kafka tests/integration tests/faults
	$(BIN)/python -m pytest -q -n 3 --bus kafka tests/acceptance

console-packages: ## Debian's Chromium and a Japanese font, where they are not there and we may install them
	@sh ops/packages.sh chromium=chromium
	@test -e /usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf || sh ops/packages.sh ipaexg.ttf=fonts-ipaexfont-gothic

test-console: install console-packages ## the operators' console over HTTP and in a browser
	$(BIN)/python -m pytest -q tests/console

check-packages: ## promtool, where it is not there and we may install it
	@sh ops/packages.sh promtool=prometheus

bench: install ## writes benchmarks/results/*.json and prints the table of docs/performance.md
	$(BIN)/python -m benchmarks

check: install check-packages ## lint, types, import rules, schema compatibility, rule lint, alert rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hub schemas check
	$(BIN)/hub rules lint
	promtool check rules ops/prometheus/rules.yml
	promtool test rules ops/prometheus/rules_test.yml ops/prometheus/rules_days_test.yml

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install ## renews requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade pyproject.toml --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade --group dev --all-extras pyproject.toml --output-file requirements/dev.txt

wheel: install
	$(BIN)/python -m pip wheel --quiet --no-build-isolation --no-deps --wheel-dir dist .
