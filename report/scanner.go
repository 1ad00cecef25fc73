package report

import "context"

// A Scanner examines targets. It is safe for use by several goroutines at once.
type Scanner interface {
	// Name returns a short constant name, such as "secrets".
	Name() string

	// Scan examines t. A finding is not an error.
	//
	//   - nil error: all that is the scanner's business was examined, which
	//     may be nothing (Scan.Examined is then empty);
	//   - errors.Is(err, ErrIncomplete): the report is usable and has gaps;
	//   - any other error comes alone, with a nil report or what was found until then;
	//   - a nil report with a nil error is a mistake of the scanner, and a gap.
	//
	// Scan returns soon after ctx ends; Run waits for it.
	Scan(ctx context.Context, t *Target) (*Report, error)
}

// Failed returns a scanner of this name that fails with err: a gap in the
// report, while others run. It stands in for a scanner that could not be made,
// say because its database cannot be opened.
func Failed(name string, err error) Scanner { return failed{name, err} }

type failed struct {
	name string
	err  error
}

func (f failed) Name() string                                   { return f.name }
func (f failed) Scan(context.Context, *Target) (*Report, error) { return nil, f.err }
