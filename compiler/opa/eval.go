package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
)

// evaluation asks for the value of one entry point, once for each input.
type evaluation struct {
	Modules []source `json:"modules"`
	// Data is the data document; none where it is absent.
	Data       json.RawMessage `json:"data"`
	Entrypoint string          `json:"entrypoint"`
	// Inputs are JSON texts: their numbers keep every digit.
	Inputs []string `json:"inputs"`
}

// evaluated stands beside its evaluation. Problems means that nothing was evaluated.
type evaluated struct {
	Problems []problem `json:"problems,omitempty"`
	// Values stand beside the inputs.
	Values   []value        `json:"values,omitempty"`
	Coverage []fileCoverage `json:"coverage,omitempty"`
}

// value is what the entry point is for one input; neither field is set where it is undefined.
type value struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

// evaluate runs OPA's own interpreter, topdown, which shares nothing with policy.wasm but the parser and the type checker.
func evaluate(req request) response {
	answers := make([]evaluated, 0, len(req.Evaluations))
	for _, one := range req.Evaluations {
		answers = append(answers, evaluateAll(one, req.Coverage))
	}
	return response{Evaluations: answers}
}

func evaluateAll(asked evaluation, wantsCoverage bool) evaluated {
	parsed, problems := parseModules(withoutTests(asked.Modules), always)
	if len(problems) > 0 {
		return evaluated{Problems: problems}
	}
	modules := byPath(parsed)
	query, err := prepareQuery(asked, modules)
	if err != nil {
		return evaluated{Problems: problemsOf(err)}
	}
	var covered *cover.Cover
	var options []rego.EvalOption
	if wantsCoverage {
		covered = cover.New()
		options = append(options, rego.EvalQueryTracer(covered))
	}
	values := make([]value, 0, len(asked.Inputs))
	for _, input := range asked.Inputs {
		values = append(values, evaluateOne(query, input, options))
	}
	return evaluated{Values: values, Coverage: coverageOf(covered, modules)}
}

func prepareQuery(asked evaluation, modules map[string]*ast.Module) (rego.PreparedEvalQuery, error) {
	compiler := ast.NewCompiler().WithCapabilities(wasmCapabilities())
	compiler.Compile(modules)
	if compiler.Failed() {
		return rego.PreparedEvalQuery{}, compiler.Errors
	}
	data := map[string]any{}
	if len(asked.Data) > 0 {
		if err := util.UnmarshalJSON(asked.Data, &data); err != nil {
			return rego.PreparedEvalQuery{}, err
		}
	}
	return rego.New(
		rego.Query("data."+strings.ReplaceAll(asked.Entrypoint, "/", ".")),
		rego.Compiler(compiler),
		rego.Store(inmem.NewFromObject(data)),
	).PrepareForEval(context.Background())
}

// evaluateOne turns a panic inside OPA into the error of this input alone.
func evaluateOne(query rego.PreparedEvalQuery, input string, options []rego.EvalOption) (result value) {
	defer func() {
		if cause := recover(); cause != nil {
			result = value{Error: fmt.Sprint("panic: ", cause)}
		}
	}()
	parsed, err := ast.ValueFromReader(strings.NewReader(input))
	if err != nil {
		return value{Error: err.Error()}
	}
	results, err := query.Eval(context.Background(), append(options, rego.EvalParsedInput(parsed))...)
	if err != nil {
		return value{Error: err.Error()}
	}
	if len(results) == 0 {
		return value{}
	}
	text, err := json.Marshal(results[0].Expressions[0].Value)
	if err != nil {
		return value{Error: err.Error()}
	}
	return value{Value: text}
}
