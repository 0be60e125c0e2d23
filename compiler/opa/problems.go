package main

import (
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
)

// problem is one error of OPA's with its place; row and col start at 1, and are 0 where OPA names none.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
}

func problemsOf(err error) []problem {
	var many ast.Errors
	if errors.As(err, &many) {
		problems := make([]problem, 0, len(many))
		for _, one := range many {
			problems = append(problems, problemOf(one))
		}
		return problems
	}
	var one *ast.Error
	if errors.As(err, &one) {
		return []problem{problemOf(one)}
	}
	return []problem{{Code: "opa", Message: err.Error()}}
}

func problemOf(err *ast.Error) problem {
	found := problem{Code: err.Code, Message: err.Message}
	if err.Location != nil {
		found.File, found.Row, found.Col = err.Location.File, err.Location.Row, err.Location.Col
	}
	return found
}
