// Command opa offers OPA's compiler, formatter, checker and tester as one request and one response in JSON, so that Node
// alone can run them as WebAssembly: no files, no network, no clock.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

// memoryLimit makes the collector work harder from there on: WebAssembly's memory never shrinks, and a policy of a thousand
// tools must fit into 1 GB together with the program itself.
const memoryLimit = 600 << 20

// request is read from stdin. Operation says which fields count.
type request struct {
	Operation string `json:"operation"`
	// Modules are Rego sources with their paths; names ending in _test.rego are tests.
	Modules []source `json:"modules"`
	// Data, Entrypoints, Revision and Metadata are for build.
	Data        map[string]any `json:"data"`
	Entrypoints []string       `json:"entrypoints"`
	Revision    string         `json:"revision"`
	Metadata    map[string]any `json:"metadata"`
	// Custom are hand-written modules for inspect; Modules is what they may import.
	Custom []source `json:"custom"`
	// Patterns are RE2 expressions to check.
	Patterns []string `json:"patterns"`
	// Evaluations are for eval.
	Evaluations []evaluation `json:"evaluations"`
	// Coverage asks test and eval what they have evaluated.
	Coverage bool `json:"coverage"`
}

type source struct {
	Path string `json:"path"`
	Text string `json:"text"`
	// Verbatim: people wrote it, so it is not formatted.
	Verbatim bool `json:"verbatim,omitempty"`
}

// response is written to stdout. Problems means that nothing else was made.
type response struct {
	Problems      []problem      `json:"problems,omitempty"`
	Modules       []source       `json:"modules,omitempty"`
	Bundle        []byte         `json:"bundle,omitempty"`
	Tests         []testResult   `json:"tests,omitempty"`
	PatternErrors []*string      `json:"patternErrors,omitempty"`
	DynamicCalls  int            `json:"dynamicCalls,omitempty"`
	Evaluations   []evaluated    `json:"evaluations,omitempty"`
	Custom        []customModule `json:"custom,omitempty"`
	// Coverage is that of tests; each evaluation has its own.
	Coverage []fileCoverage `json:"coverage,omitempty"`
}

func main() {
	debug.SetMemoryLimit(memoryLimit)
	var req request
	if err := json.NewDecoder(os.Stdin).Decode(&req); err != nil {
		fail(fmt.Errorf("request: %w", err))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer(req)); err != nil {
		fail(fmt.Errorf("response: %w", err))
	}
}

// answer turns a panic inside OPA into a problem: some inputs are known to cause one.
func answer(req request) (res response) {
	defer func() {
		if cause := recover(); cause != nil {
			res = response{Problems: []problem{{Code: "panic", Message: fmt.Sprint(cause)}}}
		}
	}()
	switch req.Operation {
	case "build":
		return build(req)
	case "inspect":
		return inspect(req)
	case "format":
		return formatModules(req.Modules)
	case "check":
		return check(req.Modules)
	case "test":
		return test(req)
	case "eval":
		return evaluate(req)
	case "plan":
		return plan(req)
	case "patterns":
		return response{PatternErrors: checkPatterns(req.Patterns)}
	}
	return response{Problems: []problem{{Code: "operation", Message: "unknown operation " + req.Operation}}}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}
