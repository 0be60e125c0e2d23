# Builds, tests and shows Regent. `make help` lists the targets.
SHELL := /bin/bash
NODE_BIN := node_modules/.bin
OPA_WASM := dist/compiler/opa/opa.wasm
OPA_SOURCE := dist/opa-source
OPA_TOOL := dist/tools/opa
CONFTEST_TOOL := dist/tools/conftest
GO_PATCHES := $(wildcard compiler/opa/faster/*.patch)
GO_SOURCES := $(wildcard compiler/opa/*.go) $(GO_PATCHES) compiler/opa/go.mod compiler/opa/go.sum
TS_SOURCES := $(shell find compiler src test bench -name '*.ts' 2>/dev/null)

.PHONY: all build demo test check bench peers conformance soak test-nodes docs screenshots clean help prerequisites browser

all: build ## build everything (the default)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

prerequisites:
	@bash compiler/opa/check-prerequisites.sh

build: prerequisites $(OPA_WASM) dist/.built ## compile the TypeScript and OPA's WebAssembly

# Where sqlite3 is built here, it is with the headers that came with this Node: none are fetched.
node_modules/.installed: package.json package-lock.json
	prefix=$$(node -p 'path.resolve(process.execPath, "../..")'); \
	if [ -f "$$prefix/include/node/node_api.h" ]; then export npm_config_nodedir="$$prefix"; fi; \
	npm ci --no-audit --no-fund
	@touch $@

dist/.built: node_modules/.installed $(TS_SOURCES) $(wildcard src/console/assets/*) tsconfig.json $(OPA_WASM)
	$(NODE_BIN)/tsc -p tsconfig.json
	@rm -rf dist/src/console/assets && cp -r src/console/assets dist/src/console/
	@chmod +x dist/src/cli/main.js
	node dist/compiler/write-fingerprint.js
	@touch $@

# OPA's sources are copied and patched (compiler/opa/faster), to do the same in less time. A patch that does not fit fails:
# git must not look for the repository around the copy, or it skips what is ignored there.
$(OPA_WASM): $(GO_SOURCES)
	@rm -rf $(OPA_SOURCE) && mkdir -p $(@D) $(OPA_SOURCE)
	cp compiler/opa/*.go compiler/opa/go.mod compiler/opa/go.sum $(OPA_SOURCE)
	cd $(OPA_SOURCE) && go mod vendor
	cd $(OPA_SOURCE) && env -u GIT_DIR GIT_CEILING_DIRECTORIES=$(CURDIR)/dist git apply $(abspath $(GO_PATCHES))
	cd $(OPA_SOURCE) && CGO_ENABLED=0 GOOS=wasip1 GOARCH=wasm \
		go build -trimpath -ldflags="-s -w" -o $(CURDIR)/$@ .

# The real opa, of the version that the compiler is built on: a peer for the tests, and no part of Regent.
$(OPA_TOOL): test/tools/go.mod test/tools/go.sum
	@mkdir -p $(@D)
	cd test/tools && CGO_ENABLED=0 go build -trimpath -tags opa_wasm -o ../../$@ github.com/open-policy-agent/opa

# conftest, with the OPA that it pins itself: minutes to build, so that only `make peers` asks for it.
$(CONFTEST_TOOL): test/tools/conftest/go.mod test/tools/conftest/go.sum
	@mkdir -p $(@D)
	cd test/tools/conftest && CGO_ENABLED=0 go build -trimpath -o ../../../$@ github.com/open-policy-agent/conftest

browser:
	@bash test/console/check-browser.sh

demo: build ## run the finance policy in front of a real MCP server
	@node dist/test/demo/run-demo.js

test: browser build check $(OPA_TOOL) ## run every check and every test
	node dist/compiler/opa/check-rego.js rego
	$(NODE_BIN)/vitest run
	node dist/test/conformance/run-conformance.js

check: node_modules/.installed
	$(NODE_BIN)/biome check .
	$(NODE_BIN)/tsc -p tsconfig.json --noEmit
	cd compiler/opa && test -z "$$(gofmt -l .)" && GOOS=wasip1 GOARCH=wasm go vet ./...
	$(NODE_BIN)/knip

bench: build ## measure what Regent adds, beside a plain relay
	node dist/bench/run-bench.js

peers: build $(CONFTEST_TOOL) ## run conftest on the Rego that Regent writes (builds it, which takes minutes)
	REGENT_CONFTEST=1 $(NODE_BIN)/vitest run test/peers/conftest.test.ts

conformance: build ## run the official MCP suite, direct and through Regent, and compare
	node dist/test/conformance/run-conformance.js

soak: build ## ten minutes of mixed traffic while servers are killed at random
	node dist/test/soak/run-soak.js

test-nodes: build ## run the packed package's end-to-end tests on Node 22, 24 and 26
	bash test/packed/run-on-nodes.sh

docs: build ## write docs/policy-reference.md from the schema
	node dist/compiler/schema/write-policy-reference.js > docs/policy-reference.md

screenshots: browser build ## take the pictures of the console for docs/console.md
	node dist/test/console/take-screenshots.js

clean: ## remove what was built
	rm -rf dist node_modules
