package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// customModule is what Regent must know of a hand-written module before it joins it to a policy.
type customModule struct {
	Path string `json:"path"`
	// Package is the path of the package, one name a step.
	Package []string `json:"package"`
	Row     int      `json:"row"`
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

var customRoot = []string{"regent", "custom"}

// logPackage holds masks and drops, which see the event of a decision, not a call.
var logPackage = []string{"system", "log"}

// inspect checks hand-written modules beside the library that they may import, and tells what they read. All problems
// are told that can be found at once.
func inspect(req request) response {
	patternErrors := checkPatterns(req.Patterns)
	custom, problems := parseModules(req.Custom, always)
	hasParsed := len(problems) == 0
	for _, module := range custom {
		problems = append(problems, checkPackage(module)...)
		problems = append(problems, checkContract(module)...)
		problems = append(problems, checkBuiltins(module)...)
	}
	if !hasParsed {
		return response{Problems: problems, PatternErrors: patternErrors}
	}
	library, wrong := parseModules(req.Modules, always)
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
		Package:   packagePath(module.parsed),
		Row:       module.parsed.Package.Location.Row,
		Names:     ruleNames(module.parsed),
		Rules:     contractRules(module.parsed),
		Arguments: argumentPaths(compiled),
		Counters:  counterUses(module.parsed, compiled),
	}
	if isLog(module.parsed) {
		described.Rules, described.Arguments, described.Counters = nil, nil, nil
	}
	return described
}

func packagePath(module *ast.Module) []string {
	return constantSteps(module.Package.Path[1:])
}

func isLog(module *ast.Module) bool {
	return slices.Equal(packagePath(module), logPackage)
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
	path := packagePath(module.parsed)
	isCustom := len(path) >= len(customRoot) && slices.Equal(path[:len(customRoot)], customRoot)
	if isCustom || isLog(module.parsed) {
		return nil
	}
	name := strings.TrimPrefix(module.parsed.Package.Path.String(), "data.")
	message := "the package " + name + " is not under " + strings.Join(customRoot, ".")
	return []problem{problemAt("custom_package", message, module.parsed.Package.Location)}
}

// checkData finds references to documents that no module defines: they would never have a value, so that a rule that
// rests on one would never deny. The gateway is there, but reads the hand-written rules itself.
func checkData(compiler *ast.Compiler, module *ast.Module) []problem {
	var problems []problem
	check := func(ref ast.Ref) bool {
		if !ref[0].Equal(ast.DefaultRootDocument) {
			return false
		}
		rules := compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{})
		if len(rules) == 0 {
			problems = append(problems, problemAt("custom_reference", "nothing defines "+ref.String(), locationOf(ref, module)))
		}
		if slices.ContainsFunc(rules, isGateway) {
			message := "hand-written rules cannot read " + ref.String() + ", which reads them"
			problems = append(problems, problemAt("custom_reference", message, locationOf(ref, module)))
		}
		return false
	}
	for _, rule := range module.Rules {
		ast.WalkRefs(rule, check)
	}
	return problems
}

func isGateway(rule *ast.Rule) bool {
	return slices.Equal(packagePath(rule.Module), []string{"regent", "gateway"})
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
