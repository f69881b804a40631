# What a change goes through. CI calls these targets and nothing else.
.DEFAULT_GOAL := help
.PHONY: help generate verify lint test test-race bench-compare run migration

# Built once, then kept in Go's build cache. It stands here and not in go.mod, where its dependencies would become ours.
LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BENCHSTAT := go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# What the benchmarks have allocated: as it was kept, and now. Everything is fixed that allocations could depend on.
ALLOCATIONS := bench/results/allocations
BENCHMARK := go test -run '^$$' -bench '^Benchmark(Operation|Server|Executor|Front)$$' -benchmem -benchtime 50x -count 6 -cpu 2 \
	./resolver ./internal/fastgraph ./internal/server

# What runs concurrently. The rest is the same code without the detector.
RACE := ./dataloader ./resolver ./internal/audit ./internal/auth ./internal/devdb ./internal/document ./internal/files ./internal/mail ./internal/memo ./internal/pdf \
	./internal/playground ./internal/portal ./internal/server ./internal/sibling ./internal/store ./internal/tenant ./internal/testdb \
	./internal/webform

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '%-13s %s\n' "$$name" "$$what"; done

generate: ## write graph/ and the resolvers' skeletons anew from schema/
	go generate ./resolver

verify: ## check that what is committed is what would be generated, tidy
	$(MAKE) generate
	go mod tidy
	git diff --exit-code
	test -z "$$(git status --porcelain)"

lint: ## vet and lint
	go vet ./...
	$(LINT) run

test: ## run the tests; TESTFLAGS='-count=1 -p 2' passes flags on
	go test $(TESTFLAGS) ./...

test-race: ## run the tests of concurrent packages with the race detector
	go test -race $(TESTFLAGS) $(RACE)

bench-compare: ## report what operations allocate against what was kept; more than a fifth more of them is a failure
	$(BENCHMARK) >$(ALLOCATIONS).now.txt || { cat $(ALLOCATIONS).now.txt; exit 1; }
	$(BENCHSTAT) -filter '.unit:(allocs/op OR B/op)' -ignore goos,goarch,cpu,testdb kept=$(ALLOCATIONS).txt now=$(ALLOCATIONS).now.txt
	go run ./bench allocations $(ALLOCATIONS).txt $(ALLOCATIONS).now.txt

run: ## start a server with a database of its own
	go run .

migration: ## make the files of a migration: make migration name=create_widgets
	@case '$(name)' in *[!a-z0-9_]*|'') echo 'make migration name=create_widgets' >&2; exit 2;; esac
	@stamp=$$(date -u +%Y%m%d%H%M%S); for way in up down; do \
		file=migrations/$${stamp}_$(name).tx.$$way.sql; : >$$file; echo $$file; done
