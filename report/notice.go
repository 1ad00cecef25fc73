package report

import (
	"errors"
	"strings"
)

// A Notice is something about the scan itself. A gap is a part of the subject
// that no one looked at. What the caller excluded is in Scan and no gap.
//
// The same things are gaps for every scanner:
//
//	gap                                          not a gap, but noted
//	"read"     unreadable                        excluded by the caller (in Scan)
//	"parse"    broken, or undecodable text       a binary the scanner has no business with
//	"limit"    over a limit of size, depth, time not applicable: sast on an image
//	"load"     a package that does not load      an ecosystem without any advisories
//	"match"    no database for an ecosystem      a database that covers an ecosystem in part
//	"timeout"  out of time, or cancelled         a link that loops or leads out of the tree
//	"panic"    a scanner's own mistake           a dangling link, a device, a socket
//
// Each gap says in its message what to do about it.
type Notice struct {
	Subject      string        `json:"subject"`
	Scanner      string        `json:"scanner"`
	Op           string        `json:"op"`
	Gap          bool          `json:"gap,omitempty"`
	Path         string        `json:"path,omitempty"` // a path, a purl, an ecosystem, a layer; empty: everything
	Line         int           `json:"line,omitempty"` // of Path, from one; zero means not known
	Rule         string        `json:"rule,omitempty"` // the one rule concerned; empty: all of the scanner's
	Message      string        `json:"message"`
	Count        int           `json:"count,omitempty"`        // notices folded into this one; zero means one
	Suppressions []Suppression `json:"suppressions,omitempty"` // a gap that somebody accepts; it stays a gap
	Props        Props         `json:"props,omitempty"`

	cause error // in the process that made it
}

// The operations of notices. Others are allowed.
const (
	OpRead    = "read"
	OpParse   = "parse"
	OpLimit   = "limit"
	OpLoad    = "load"
	OpMatch   = "match"
	OpTimeout = "timeout"
	OpPanic   = "panic"
	OpScan    = "scan" // a scanner that failed as a whole
	OpSkip    = "skip" // left alone, and no gap
)

// ErrIncomplete marks a scan that left a gap. The report that comes with it is usable.
var ErrIncomplete = errors.New("scan incomplete")

// An Error is a gap in error position: one part of a target that could not be
// examined. errors.Is(err, ErrIncomplete) is true for every *Error.
type Error struct {
	Scanner string // filled in by the Collector
	Op      string // OpRead, OpParse, …
	Path    string
	Line    int // of Path, from one; zero means not known
	Rule    string
	Err     error
}

// Error returns "scanner: op path:line: cause", without what is not known.
func (e *Error) Error() string {
	msg := "unknown cause"
	if e.Err != nil {
		msg = e.Err.Error()
	}
	var b strings.Builder
	if e.Scanner != "" {
		b.WriteString(e.Scanner + ": ")
	}
	b.WriteString(e.Op)
	if e.Path != "" {
		b.WriteString(" " + place(e.Path, e.Line))
	}
	return b.String() + ": " + msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [ErrIncomplete].
func (e *Error) Is(target error) bool { return target == ErrIncomplete }

// Notice returns e as data.
func (e *Error) Notice() Notice {
	n := Notice{Scanner: e.Scanner, Op: e.Op, Path: e.Path, Line: e.Line, Rule: e.Rule, Gap: true, Message: "unknown cause", cause: e}
	if e.Err != nil {
		n.Message = e.Err.Error()
	}
	return n
}

// String returns "scanner: op path:line: message", without what is not known.
func (n *Notice) String() string {
	return (&Error{Scanner: n.Scanner, Op: n.Op, Path: n.Path, Line: n.Line, Err: errors.New(n.Message)}).Error()
}
