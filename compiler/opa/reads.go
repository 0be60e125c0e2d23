package main

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// counterPrefix stands before the names of custom counters in `input.state.counters`.
const counterPrefix = "custom/"

// argumentPaths gives the paths below `input.arguments` that a compiled module reads, cut at the first step that is not a
// constant name. Whatever takes the input or its arguments as a whole reads all of them: an empty path.
func argumentPaths(module *ast.Module) [][]string {
	paths := [][]string{}
	seen := map[string]bool{}
	walkInput(module, func(path []*ast.Term) {
		names := []string{}
		if steps := constantSteps(path); len(steps) > 0 {
			if steps[0] != "arguments" {
				return
			}
			names = steps[1:]
		}
		key := strings.Join(names, "\x00")
		if !seen[key] {
			seen[key] = true
			paths = append(paths, names)
		}
	})
	return paths
}

func constantSteps(path []*ast.Term) []string {
	names := []string{}
	for _, step := range path {
		name, isText := textOf(step)
		if !isText {
			break
		}
		names = append(names, name)
	}
	return names
}

// counterUses finds the custom counters that a module reads by a constant key, or charges by a constant name.
func counterUses(parsed, compiled *ast.Module) []counterUse {
	uses := []counterUse{}
	walkInput(compiled, func(path []*ast.Term) {
		if len(path) < 3 || len(constantSteps(path)) < 3 {
			return
		}
		names := constantSteps(path)
		name, isCustom := strings.CutPrefix(names[2], counterPrefix)
		if names[0] == "state" && names[1] == "counters" && isCustom {
			uses = append(uses, useAt(name, path[2].Location))
		}
	})
	for _, rule := range parsed.Rules {
		if nameOf(rule) == "charges" {
			uses = append(uses, constantMembers(rule, "counter")...)
		}
	}
	return uses
}

func useAt(name string, location *ast.Location) counterUse {
	use := counterUse{Name: name}
	if location != nil {
		use.Row, use.Col = location.Row, location.Col
	}
	return use
}

// walkInput tells every path that the module takes from the input, without `input` itself.
func walkInput(module *ast.Module, tell func(path []*ast.Term)) {
	visitor := ast.NewGenericVisitor(func(node any) bool {
		switch value := node.(type) {
		case ast.Ref:
			if value[0].Equal(ast.InputRootDocument) {
				tell(value[1:])
			}
			// The head is told; what stands in brackets behind it may read the input too.
			for _, step := range value[1:] {
				walkTerm(step, tell)
			}
			return true
		case ast.Var:
			if value.Equal(ast.InputRootDocument.Value) {
				tell(nil)
			}
		}
		return false
	})
	for _, rule := range module.Rules {
		visitor.Walk(rule)
	}
}

func walkTerm(term *ast.Term, tell func(path []*ast.Term)) {
	walkInput(&ast.Module{Rules: []*ast.Rule{{Head: &ast.Head{Value: term}, Body: ast.Body{}}}}, tell)
}
