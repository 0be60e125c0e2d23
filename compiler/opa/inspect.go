package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// customModule is what Regent must know of a hand-written module before it joins it to a policy.
type customModule struct {
	Path    string `json:"path"`
	Package string `json:"package"`
	Row     int    `json:"row"`
	// Names are the rules that the module defines, each once.
	Names []string `json:"names"`
	// Rules are the places of the contract's rules.
	Rules []contractRule `json:"rules"`
	// Arguments are the paths that the module reads; an empty path is all of them.
	Arguments [][]string `json:"arguments"`
	// Counters are the custom counters that it names.
	Counters []counterUse `json:"counters"`
}

type counterUse struct {
	Name string `json:"name"`
	Row  int    `json:"row"`
	Col  int    `json:"col"`
}

const customRoot = "regent.custom"
const logPackage = "system.log"

// inspect checks hand-written modules beside the library that they may import, and tells what they read. All problems
// are told that can be found at once.
func inspect(req request) response {
	patternErrors := checkPatterns(req.Patterns)
	custom, problems := parseModules(req.Custom)
	hasParsed := len(problems) == 0
	for _, module := range custom {
		problems = append(problems, checkPackage(module)...)
		problems = append(problems, checkContract(module)...)
		problems = append(problems, checkBuiltins(module)...)
	}
	if !hasParsed {
		return response{Problems: problems, PatternErrors: patternErrors}
	}
	library, wrong := parseModules(req.Modules)
	if len(wrong) > 0 {
		return response{Problems: wrong, PatternErrors: patternErrors}
	}
	compiler := compileStrictly(append(library, custom...), ast.CapabilitiesForThisVersion())
	if compiler.Failed() {
		problems = append(problems, problemsOf(compiler.Errors)...)
		return response{Problems: problems, PatternErrors: patternErrors}
	}
	described := make([]customModule, 0, len(custom))
	for _, module := range custom {
		compiled := compiler.Modules[module.Path]
		problems = append(problems, checkData(compiler, compiled)...)
		described = append(described, describeModule(module, compiled))
	}
	if len(problems) > 0 {
		return response{Problems: problems, PatternErrors: patternErrors}
	}
	return response{Custom: described, PatternErrors: patternErrors}
}

func describeModule(module parsedModule, compiled *ast.Module) customModule {
	described := customModule{
		Path:      module.Path,
		Package:   packageName(module.parsed),
		Row:       module.parsed.Package.Location.Row,
		Names:     ruleNames(module.parsed),
		Rules:     contractRules(module.parsed),
		Arguments: argumentPaths(compiled),
		Counters:  counterUses(module.parsed, compiled),
	}
	if described.Package == logPackage {
		// Masks and drops see the event of a decision, not a call.
		described.Rules, described.Arguments, described.Counters = nil, nil, nil
	}
	return described
}

func packageName(module *ast.Module) string {
	return strings.TrimPrefix(module.Package.Path.String(), "data.")
}

func ruleNames(module *ast.Module) []string {
	var names []string
	for _, rule := range module.Rules {
		if name := nameOf(rule); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func nameOf(rule *ast.Rule) string {
	return string(rule.Head.Ref()[0].Value.(ast.Var))
}

func checkPackage(module parsedModule) []problem {
	name := packageName(module.parsed)
	if name == customRoot || name == logPackage || strings.HasPrefix(name, customRoot+".") {
		return nil
	}
	return []problem{problemAt("custom_package", "the package "+name+" is not under "+customRoot, module.parsed.Package.Location)}
}

// checkData finds references to documents that no module defines: they would never have a value, so that a rule that
// rests on one would never deny.
func checkData(compiler *ast.Compiler, module *ast.Module) []problem {
	var problems []problem
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		isData := ref[0].Equal(ast.DefaultRootDocument)
		if isData && len(compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{})) == 0 {
			problems = append(problems, problemAt("custom_reference", "nothing defines "+ref.String(), locationOf(ref, module)))
		}
		return false
	})
	return problems
}

func locationOf(ref ast.Ref, module *ast.Module) *ast.Location {
	for _, term := range ref {
		if term.Location != nil && term.Location.Row > 0 {
			return term.Location
		}
	}
	return module.Package.Location
}

func problemAt(code, message string, location *ast.Location) problem {
	found := problem{Code: code, Message: message}
	if location != nil {
		found.File, found.Row, found.Col = location.File, location.Row, location.Col
	}
	return found
}
