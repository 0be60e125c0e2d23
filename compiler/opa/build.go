package main

import (
	"bytes"
	"context"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

// build makes a bundle with policy.wasm from the formatted modules. No optimisation: OPA's copies the dispatch into every
// tool (-O=1) or takes minutes (-O=2). The bytes depend on the request alone.
func build(req request) response {
	patternErrors := checkPatterns(req.Patterns)
	formatted := formatModules(withoutTests(req.Modules))
	if len(formatted.Problems) > 0 {
		return formatted
	}
	output, problems := compileTo(compile.TargetWasm, req, formatted.Modules)
	if len(problems) > 0 {
		return response{Problems: problems, PatternErrors: patternErrors}
	}
	return response{Modules: formatted.Modules, Bundle: output, PatternErrors: patternErrors}
}

// plan counts how many look-ups of the planned policy are table accesses.
func plan(req request) response {
	output, problems := compileTo(compile.TargetPlan, req, withoutTests(req.Modules))
	if len(problems) > 0 {
		return response{Problems: problems}
	}
	opened, err := bundle.NewReader(bytes.NewReader(output)).WithSkipBundleVerification(true).Read()
	if err != nil {
		return response{Problems: problemsOf(err)}
	}
	calls := 0
	for _, module := range opened.PlanModules {
		calls += bytes.Count(module.Raw, []byte(`"CallDynamicStmt"`))
	}
	return response{DynamicCalls: calls}
}

func compileTo(target string, req request, sources []source) ([]byte, []problem) {
	modules, problems := parseModules(sources)
	if len(problems) > 0 {
		return nil, problems
	}
	// Strictness is for people's Rego: what Regent generates passes it in the tests, and the check is a quarter of a build.
	if slices.ContainsFunc(sources, func(module source) bool { return module.Verbatim }) {
		if problems = checkStrictly(modules, wasmCapabilities()); len(problems) > 0 {
			return nil, problems
		}
	}
	var output bytes.Buffer
	compiler := compile.New().
		WithBundle(bundleOf(req, modules)).
		WithTarget(target).
		WithEntrypoints(req.Entrypoints...).
		WithCapabilities(wasmCapabilities()).
		WithRevision(req.Revision).
		WithOutput(&output)
	if req.Metadata != nil {
		compiler = compiler.WithMetadata(&req.Metadata)
	}
	if err := compiler.Build(context.Background()); err != nil {
		return nil, problemsOf(err)
	}
	return output.Bytes(), nil
}

func bundleOf(req request, modules []parsedModule) *bundle.Bundle {
	made := &bundle.Bundle{Data: map[string]any{}}
	if req.Data != nil {
		made.Data = req.Data
	}
	roots := rootsOf(modules)
	made.Manifest.Roots = &roots
	made.Manifest.Init()
	made.Manifest.SetRegoVersion(ast.RegoV1)
	for _, module := range modules {
		made.Modules = append(made.Modules, bundle.ModuleFile{
			URL: module.Path, Path: module.Path, Raw: []byte(module.Text), Parsed: module.parsed,
		})
	}
	return made
}

// rootsOf leaves the rest of `system` to whoever else keeps something there.
func rootsOf(modules []parsedModule) []string {
	roots := []string{"regent"}
	for _, module := range modules {
		if isLog(module.parsed) {
			return append(roots, "system/log")
		}
	}
	return roots
}

func withoutTests(sources []source) []source {
	kept := make([]source, 0, len(sources))
	for _, module := range sources {
		if !isTest(module.Path) {
			kept = append(kept, module)
		}
	}
	return kept
}
