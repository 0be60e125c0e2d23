// Package ir: what stands in place of OPA's own ir/pretty.go in the build (see Makefile). A build prints its whole plan for
// a reader that it does not have, which is a seventh of its time.
package ir

import "io"

// Pretty prints nothing.
func Pretty(io.Writer, any) error { return nil }
