package main

import (
	"bytes"
	"context"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

// uncollected is how many bytes of Rego are built in less memory than other operations take anyway, garbage and all.
const uncollected = 500_000

// build makes a bundle with policy.wasm; the modules stand in it as they are. No optimisation: OPA's copies the dispatch
// into every tool (-O=1) or takes minutes (-O=2). The bytes depend on the request alone.
func build(req request) response {
	if sizeOf(req.Modules) <= uncollected {
		debug.SetGCPercent(-1)
	}
	patternErrors := checkPatterns(req.Patterns)
	output, problems := compileTo(compile.TargetWasm, req)
	return response{Problems: problems, Bundle: output, PatternErrors: patternErrors}
}

// plan counts how many look-ups of the planned policy are table accesses.
func plan(req request) response {
	output, problems := compileTo(compile.TargetPlan, req)
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

func compileTo(target string, req request) ([]byte, []problem) {
	sources := withoutTests(req.Modules)
	modules, problems := parseModules(sources, needsMetadata)
	if len(problems) > 0 {
		return nil, problems
	}
	// Strictness is for people's Rego: what Regent generates passes it in the tests, and the check is a quarter of a build.
	if slices.ContainsFunc(sources, func(module source) bool { return module.Verbatim }) {
		if problems = checkStrictly(modules, wasmCapabilities()); len(problems) > 0 {
			return nil, problems
		}
	}
	made := bundleOf(req, modules)
	compiler := compile.New().
		WithBundle(made).
		WithTarget(target).
		WithEntrypoints(req.Entrypoints...).
		WithCapabilities(wasmCapabilities()).
		WithRevision(req.Revision)
	if req.Metadata != nil {
		compiler = compiler.WithMetadata(&req.Metadata)
	}
	if err := compiler.Build(context.Background()); err != nil {
		return nil, problemsOf(err)
	}
	restoreTexts(made, modules)
	var output bytes.Buffer
	if err := bundle.NewWriter(&output).Write(*made); err != nil {
		return nil, problemsOf(err)
	}
	return output.Bytes(), nil
}

// needsMetadata: that of entry points goes into the manifest, and people are told of mistakes in theirs.
func needsMetadata(module source) bool {
	return module.Verbatim || strings.Contains(module.Text, "# entrypoint: true")
}

// standIn is formatted by a build in place of each module's text, which would be parsed and printed once more.
const standIn = "package regent"

// restoreTexts puts the texts back, but for modules that the build has taken the rules of entry points out of.
func restoreTexts(made *bundle.Bundle, modules []parsedModule) {
	for index, module := range modules {
		if len(module.parsed.Rules) == module.ruleCount {
			made.Modules[index].Raw = []byte(module.Text)
		}
	}
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
			URL: module.Path, Path: module.Path, Raw: []byte(standIn), Parsed: module.parsed,
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

func sizeOf(sources []source) int {
	size := 0
	for _, module := range sources {
		size += len(module.Text)
	}
	return size
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
