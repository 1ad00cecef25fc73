// Package errlist gathers errors. It hides go-multierror, of which only the
// list and ErrorOrNil are used: its typed nil, its mutating appends and its
// many-line text stay in here.
package errlist

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-multierror"
)

// A List gathers errors. The zero List is empty.
type List struct{ m *multierror.Error }

// Add adds err unless it is nil.
func (l *List) Add(err error) {
	if err != nil {
		l.m = multierror.Append(l.m, err)
	}
}

// Addf adds a formatted error.
func (l *List) Addf(format string, args ...any) { l.Add(fmt.Errorf(format, args...)) }

// Len returns the number of errors.
func (l *List) Len() int {
	if l.m == nil {
		return 0
	}
	return len(l.m.Errors)
}

// Err returns nil if the list is empty, its only error, or an error that
// prints as one line and unwraps to all of them.
func (l *List) Err() error {
	switch {
	case l.m.ErrorOrNil() == nil:
		return nil
	case len(l.m.Errors) == 1:
		return l.m.Errors[0]
	}
	m := &multierror.Error{Errors: append([]error(nil), l.m.Errors...), ErrorFormat: oneLine}
	return m.ErrorOrNil()
}

// Join is the error of the list of errs.
func Join(errs ...error) error {
	var l List
	for _, err := range errs {
		l.Add(err)
	}
	return l.Err()
}

func oneLine(errs []error) string {
	parts := make([]string, len(errs))
	for i, err := range errs {
		parts[i] = err.Error()
	}
	return strings.Join(parts, "; ")
}
