package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// insteadOf says what a policy can do where a family of functions is not offered; the longest prefix counts.
var insteadOf = []struct{ prefix, advice string }{
	{"time.", "read input.clock (unix, date, weekday, minute_of_day) instead"},
	{"http.", "a decision reads its input alone"},
	{"net.lookup_ip_addr", "a decision reads its input alone"},
	{"opa.runtime", "a decision reads its input alone"},
	{"rand.", "equal calls get equal decisions"},
	{"uuid.", "equal calls get equal decisions"},
	{"io.jwt.", "the claims of a verified token are in input.agent.claims"},
	{"sprintf", "write a template string: $\"… {input.tool} …\""},
	{"print", "remove it; regent eval shows what a rule gives"},
	{"trace", "remove it; regent eval shows what a rule gives"},
}

// checkBuiltins finds calls of functions that OPA has and policies have not.
func checkBuiltins(module parsedModule) []problem {
	own := ruleNames(module.parsed)
	var problems []problem
	report := func(operator *ast.Term) {
		name := operator.String()
		isForbidden := ast.BuiltinMap[name] != nil && !slices.Contains(nativeBuiltins, name)
		if isForbidden && !slices.Contains(own, name) {
			problems = append(problems, problemAt("custom_builtin", forbidden(name), operator.Location))
		}
	}
	ast.WalkExprs(module.parsed, func(expr *ast.Expr) bool {
		if expr.IsCall() {
			report(expr.OperatorTerm())
		}
		return false
	})
	ast.WalkTerms(module.parsed, func(term *ast.Term) bool {
		if call, isCall := term.Value.(ast.Call); isCall {
			report(call[0])
		}
		return false
	})
	return problems
}

func forbidden(name string) string {
	message := "policies do not have the function " + name
	for _, one := range insteadOf {
		if strings.HasPrefix(name, one.prefix) {
			return message + "; " + one.advice
		}
	}
	return message
}
