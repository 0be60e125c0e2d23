package main

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// checkPatterns gives null for each pattern that RE2 takes, and what is wrong with it otherwise.
func checkPatterns(patterns []string) []*string {
	problems := make([]*string, len(patterns))
	for index, pattern := range patterns {
		text := foreignPart(pattern)
		if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
			text = err.Error()
		}
		if text != "" {
			problems[index] = &text
		}
	}
	return problems
}

// newClasses are those that Go knows and OPA's WebAssembly does not, which has an older RE2.
var newClasses = map[string]bool{
	"Cn": true, "LC": true, "Cypro_Minoan": true, "Kawi": true, "Nag_Mundari": true, "Old_Uyghur": true,
	"Tangsa": true, "Toto": true, "Vithkuqi": true,
}

// foreignPart is what Go takes in a valid pattern and the WebAssembly does not, where the pattern would match nothing.
func foreignPart(pattern string) string {
	inClass := false
	for rest := pattern; rest != ""; {
		skip := 1
		switch {
		case strings.HasPrefix(rest, `\Q`):
			quoted, _, _ := strings.Cut(rest, `\E`)
			skip = len(quoted)
		case strings.HasPrefix(rest, `\p`), strings.HasPrefix(rest, `\P`):
			if name := className(rest[2:]); !isKnownClass(name) {
				return fmt.Sprintf("unknown character class %q; RE2 writes them as %s or %s", name, `\pL`, `\p{Greek}`)
			}
			skip = 2
		case rest[0] == '\\':
			skip = min(2, len(rest))
		case inClass && strings.HasPrefix(rest, "[:"):
			name, _, _ := strings.Cut(rest, ":]")
			skip = min(len(name)+2, len(rest))
		case inClass:
			inClass = rest[0] != ']'
		case rest[0] == '[':
			inClass = true
			// A bracket that comes first is a sign of the class.
			for _, opening := range []string{"[^]", "[]"} {
				if strings.HasPrefix(rest, opening) {
					skip = len(opening)
					break
				}
			}
		case strings.HasPrefix(rest, "(?<"):
			return "a named group is written (?P<name>…)"
		}
		rest = rest[skip:]
	}
	return ""
}

// className is what follows `\p`: one letter, or a name in braces.
func className(rest string) string {
	if name, isBraced := strings.CutPrefix(rest, "{"); isBraced {
		name, _, _ = strings.Cut(name, "}")
		return strings.TrimPrefix(name, "^")
	}
	for _, letter := range rest {
		return string(letter)
	}
	return ""
}

func isKnownClass(name string) bool {
	_, isCategory := unicode.Categories[name]
	_, isScript := unicode.Scripts[name]
	return name == "Any" || (isCategory || isScript) && !newClasses[name]
}
