package main

import (
	"context"
	"sort"

	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// testResult is one test rule, or one case of a table test.
type testResult struct {
	File    string `json:"file"`
	Row     int    `json:"row"`
	Package string `json:"package"`
	Name    string `json:"name"`
	Passed  bool   `json:"passed"`
	// Message is OPA's error where the test could not run.
	Message string `json:"message,omitempty"`
}

func test(req request) response {
	parsed, problems := parseModules(req.Modules, always)
	if len(problems) > 0 {
		return response{Problems: problems}
	}
	modules := byPath(parsed)
	runner := tester.NewRunner().SetStore(inmem.New()).SetModules(modules)
	var covered *cover.Cover
	if req.Coverage {
		covered = cover.New()
		// One run of each test: the further ones would only explain why something was not covered.
		runner = runner.SetCoverageQueryTracer(covered).SetCoverageRuns(nil)
	}
	results, err := runner.RunTests(context.Background(), nil)
	if err != nil {
		return response{Problems: problemsOf(err)}
	}
	var tests []testResult
	for result := range results {
		tests = append(tests, testsOf(result)...)
	}
	return response{Tests: tests, Coverage: coverageOf(covered, modules)}
}

func testsOf(result *tester.Result) []testResult {
	base := testResult{Package: result.Package, Name: result.Name, Passed: result.Pass()}
	if result.Location != nil {
		base.File, base.Row = result.Location.File, result.Location.Row
	}
	if result.Error != nil {
		base.Message = result.Error.Error()
	}
	names := make([]string, 0, len(result.SubResults))
	for name := range result.SubResults {
		names = append(names, name)
	}
	if len(names) == 0 {
		return []testResult{base}
	}
	sort.Strings(names)
	cases := make([]testResult, 0, len(names))
	for _, name := range names {
		one := base
		one.Name = base.Name + "/" + name
		one.Passed = !result.SubResults[name].Fail
		cases = append(cases, one)
	}
	return cases
}
