package container

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// A problem is something about an image that its reports must tell.
type problem struct {
	op   string // of report.Notice
	note bool   // worth knowing, but nothing is unseen or other than promised
	tree bool   // files are missing from the tree, or may be others than promised
	err  error  // names image file and layer
}

// gap returns a problem of the tree.
func gap(op, format string, args ...any) problem {
	return problem{op: op, tree: true, err: fmt.Errorf(format, args...)}
}

// A fault is what reading the root of an incomplete tree fails with.
type fault struct{ errs []error }

// faultOf returns the fault of problems, nil if they leave the tree whole.
func faultOf(problems []problem) error {
	f := new(fault)
	for _, p := range problems {
		if p.tree && !p.note {
			f.errs = append(f.errs, p.err)
		}
	}
	if f.errs == nil {
		return nil
	}
	return &fs.PathError{Op: "readdir", Path: ".", Err: f}
}

func (f *fault) Error() string {
	const most = 3
	var b strings.Builder
	for i, err := range f.errs {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(f.errs)-most)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

func (f *fault) Unwrap() []error { return f.errs }

// tell adds the problems of an image to a report.
func tell(c *report.Collector, problems []problem) {
	for _, p := range problems {
		if p.note {
			c.Note(p.op, "", p.err.Error())
			continue
		}
		c.Gap(&report.Error{Op: p.op, Err: p.err})
	}
}
