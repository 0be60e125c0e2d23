package main

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
)

// fileCoverage says which rules and expressions of a module were evaluated.
type fileCoverage struct {
	Path       string        `json:"path"`
	Covered    []cover.Range `json:"covered"`
	NotCovered []cover.Range `json:"notCovered"`
}

// coverageOf leaves tests out, and is empty where nothing was traced.
func coverageOf(covered *cover.Cover, modules map[string]*ast.Module) []fileCoverage {
	if covered == nil {
		return nil
	}
	files := covered.Report(modules).Files
	found := make([]fileCoverage, 0, len(files))
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if isTest(path) {
			continue
		}
		file := files[path]
		found = append(found, fileCoverage{Path: path, Covered: orEmpty(file.Covered), NotCovered: orEmpty(file.NotCovered)})
	}
	return found
}

func orEmpty(ranges []cover.Range) []cover.Range {
	if ranges == nil {
		return []cover.Range{}
	}
	return ranges
}
