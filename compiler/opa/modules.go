package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// parsedModule is a source and what it parses to.
type parsedModule struct {
	source
	parsed    *ast.Module
	ruleCount int
}

func isTest(path string) bool {
	return strings.HasSuffix(path, "_test.rego")
}

// formatModules gives the sources back as `opa fmt` writes them, in the order of their paths.
func formatModules(sources []source) response {
	formatted := make([]source, 0, len(sources))
	var problems []problem
	for _, module := range sorted(sources) {
		if module.Verbatim {
			formatted = append(formatted, module)
			continue
		}
		text, err := format.SourceWithOpts(module.Path, []byte(module.Text), format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			problems = append(problems, problemsOf(err)...)
			continue
		}
		formatted = append(formatted, source{Path: module.Path, Text: string(text)})
	}
	if len(problems) > 0 {
		return response{Problems: problems}
	}
	return response{Modules: formatted}
}

func always(source) bool { return true }

// parseModules takes long over METADATA, which is YAML: hasReader says for which modules it is needed. The others lose their
// comments, which a build would only search for it.
func parseModules(sources []source, hasReader func(source) bool) ([]parsedModule, []problem) {
	modules := make([]parsedModule, 0, len(sources))
	var problems []problem
	for _, module := range sorted(sources) {
		options := ast.ParserOptions{ProcessAnnotation: hasReader(module), RegoVersion: ast.RegoV1}
		parsed, err := ast.ParseModuleWithOpts(module.Path, module.Text, options)
		if err != nil {
			problems = append(problems, problemsOf(err)...)
			continue
		}
		if !options.ProcessAnnotation {
			parsed.Comments = nil
		}
		modules = append(modules, parsedModule{source: module, parsed: parsed, ruleCount: len(parsed.Rules)})
	}
	return modules, problems
}

func byPath(modules []parsedModule) map[string]*ast.Module {
	found := make(map[string]*ast.Module, len(modules))
	for _, module := range modules {
		found[module.Path] = module.parsed
	}
	return found
}

// check compiles strictly, as `opa check --strict` does.
func check(sources []source) response {
	modules, problems := parseModules(sources, always)
	if len(problems) == 0 {
		problems = checkStrictly(modules, ast.CapabilitiesForThisVersion())
	}
	return response{Problems: problems}
}

func checkStrictly(modules []parsedModule, capabilities *ast.Capabilities) []problem {
	if compiler := compileStrictly(modules, capabilities); compiler.Failed() {
		return problemsOf(compiler.Errors)
	}
	return nil
}

func compileStrictly(modules []parsedModule, capabilities *ast.Capabilities) *ast.Compiler {
	byPath := make(map[string]*ast.Module, len(modules))
	for _, module := range modules {
		byPath[module.Path] = module.parsed.Copy()
	}
	compiler := ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities)
	compiler.Compile(byPath)
	return compiler
}

func sorted(sources []source) []source {
	return slices.SortedFunc(slices.Values(sources), func(a, b source) int { return strings.Compare(a.Path, b.Path) })
}
