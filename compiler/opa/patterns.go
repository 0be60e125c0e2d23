package main

import "regexp/syntax"

// checkPatterns gives null for each pattern that RE2 takes, and what is wrong with it otherwise.
func checkPatterns(patterns []string) []*string {
	problems := make([]*string, len(patterns))
	for index, pattern := range patterns {
		if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
			text := err.Error()
			problems[index] = &text
		}
	}
	return problems
}
