package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// contractRule is one rule that adds to a set of the contract, under a name that it gives to its members.
type contractRule struct {
	Set string `json:"set"`
	// Name is the member's constant "rule"; "" where it is not constant.
	Name        string `json:"name"`
	Row         int    `json:"row"`
	Col         int    `json:"col"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

type memberKeys struct {
	required, optional []string
	isOpen             bool
}

// contract says which members each set takes. A denial may say more than is asked for; elsewhere an unknown key is most
// likely a slip that would make a rule weaker.
var contract = map[string]memberKeys{
	"deny":             {required: []string{"rule", "msg"}, isOpen: true},
	"require_approval": {required: []string{"rule", "msg"}, optional: []string{"timeout", "approvals"}},
	"charges":          {required: []string{"counter", "amount"}},
}

func checkContract(module parsedModule) []problem {
	if isLog(module.parsed) {
		return nil
	}
	var problems []problem
	for _, rule := range module.parsed.Rules {
		name := nameOf(rule)
		keys, isContract := contract[name]
		if !isContract {
			continue
		}
		if rule.Default || rule.Head.RuleKind() != ast.MultiValue || len(rule.Head.Ref()) != 1 {
			message := name + " must be a set: write " + name + " contains {" + strings.Join(quoted(keys.required), ", ") + "} if { … }"
			problems = append(problems, problemAt("custom_contract", message, rule.Location))
			continue
		}
		if fault := memberFault(rule.Head.Key, keys); fault != "" {
			problems = append(problems, problemAt("custom_contract", "a member of "+name+" "+fault, rule.Head.Key.Location))
		}
	}
	return problems
}

// memberFault says what is wrong with a member that is written out, or "".
func memberFault(member *ast.Term, keys memberKeys) string {
	object, isObject := member.Value.(ast.Object)
	if !isObject {
		switch member.Value.(type) {
		case ast.String, ast.Number, ast.Boolean, ast.Null, *ast.Array, ast.Set:
			return "is an object with " + strings.Join(quoted(keys.required), " and ") + ", not " + member.String()
		}
		return ""
	}
	for _, key := range keys.required {
		if object.Get(ast.StringTerm(key)) == nil {
			return "lacks " + `"` + key + `"`
		}
	}
	if name, isText := textOf(object.Get(ast.StringTerm("rule"))); isText && (name == "" || strings.Contains(name, "/")) {
		return `has a "rule" that is empty or holds a slash`
	}
	fault := ""
	object.Foreach(func(key, _ *ast.Term) {
		name, isText := textOf(key)
		if !keys.isOpen && isText && !slices.Contains(keys.required, name) && !slices.Contains(keys.optional, name) {
			fault = "has no key " + key.String()
		}
	})
	return fault
}

func quoted(words []string) []string {
	texts := make([]string, 0, len(words))
	for _, word := range words {
		texts = append(texts, `"`+word+`"`)
	}
	return texts
}

func textOf(term *ast.Term) (string, bool) {
	if term == nil {
		return "", false
	}
	text, isText := term.Value.(ast.String)
	return string(text), isText
}

// contractRules names each rule of the contract by every constant "rule" that it holds.
func contractRules(module *ast.Module) []contractRule {
	annotations, _ := ast.BuildAnnotationSet([]*ast.Module{module})
	var rules []contractRule
	for _, rule := range module.Rules {
		set := nameOf(rule)
		if set != "deny" && set != "require_approval" {
			continue
		}
		base := contractRule{Set: set, Row: rule.Location.Row, Col: rule.Location.Col}
		base.Title, base.Description = metadataOf(annotations, rule)
		names := constantMembers(rule, "rule")
		if len(names) == 0 {
			rules = append(rules, base)
		}
		for _, name := range names {
			one := base
			one.Name = name.Name
			rules = append(rules, one)
		}
	}
	return rules
}

func metadataOf(annotations *ast.AnnotationSet, rule *ast.Rule) (title, description string) {
	if annotations == nil {
		return "", ""
	}
	for _, found := range annotations.Chain(rule) {
		if found.Annotations == nil || (found.Annotations.Scope != "rule" && found.Annotations.Scope != "document") {
			continue
		}
		if title == "" && description == "" {
			title, description = found.Annotations.Title, strings.TrimSpace(found.Annotations.Description)
		}
	}
	return title, description
}

// constantMembers finds the texts that stand under a key in any object that the rule writes out.
func constantMembers(rule *ast.Rule, key string) []counterUse {
	var found []counterUse
	ast.WalkTerms(rule, func(term *ast.Term) bool {
		object, isObject := term.Value.(ast.Object)
		if !isObject {
			return false
		}
		value := object.Get(ast.StringTerm(key))
		if text, isText := textOf(value); isText {
			found = append(found, counterUse{Name: text, Row: value.Location.Row, Col: value.Location.Col})
		}
		return false
	})
	return found
}
