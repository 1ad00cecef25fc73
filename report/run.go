package report

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/merlonsec/merlon/internal/work"
)

// A Runner holds what is common to the scans of a run. The zero Runner is
// ready. It is safe for concurrent use as long as its fields are not changed.
type Runner struct {
	Progress func(Progress)   // called serially; nil means nobody looks
	Logger   *slog.Logger     // nil means no logging
	Cache    Cache            // nil means none
	Parallel int              // scanners or targets side by side; zero means GOMAXPROCS
	Timeout  time.Duration    // for each scanner; what it did not reach is a gap; zero means none
	Now      func() time.Time // nil means time.Now; stamps documents, never waivers or ages; if set, durations are left out
}

// SourceDateEpoch returns the clock for [Runner.Now] that the environment
// variable SOURCE_DATE_EPOCH asks for, in seconds since 1970, so that two runs
// of a program write the same bytes (https://reproducible-builds.org/specs/source-date-epoch/);
// nil, which is the real clock, if it is not set.
func SourceDateEpoch() (func() time.Time, error) {
	s := os.Getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("SOURCE_DATE_EPOCH: %q is no number of seconds", s)
	}
	return func() time.Time { return time.Unix(n, 0).UTC() }, nil
}

// Progress says how far a scan is. It is never needed to understand a report.
type Progress struct {
	Subject, Scanner string
	Phase            string // "load", "scan", "match"; "done" once a scanner has ended
	Path             string
	Done, Total      int64 // Total zero: not known
}

// A Memo is a Scanner whose result depends only on its configuration, its
// data and the digest of the subject. The Runner keeps its complete reports in
// its Cache if Subject.Digest is set, so an unchanged image costs nothing.
type Memo interface {
	Scanner
	Config() string // hash of rules, options and databases; empty: not now
}

// Run is [Runner.Run] of the zero Runner.
func Run(ctx context.Context, t *Target, scanners ...Scanner) (*Report, error) {
	return new(Runner).Run(ctx, t, scanners...)
}

// Run scans t with all scanners side by side and merges their reports. What
// t.Include and t.Exclude hide is not in the tree that they see. A scanner
// that fails, panics or runs out of time leaves a gap and does not stop the
// others. The report is never nil and says itself what is missing; the error
// is rep.Err(), or the cause alone if ctx ended. A program that asks a gate
// need only log it.
func (r *Runner) Run(ctx context.Context, t *Target, scanners ...Scanner) (*Report, error) {
	if t == nil {
		rep := &Report{Notices: []Notice{{Op: OpScan, Gap: true, Message: "no target"}}}
		return rep, rep.Err()
	}
	u := *t
	u.run = &run{Runner: r, progressed: new(sync.Mutex)}
	if u.FS == nil {
		u.FS = emptyFS{}
	}
	if len(t.Include)+len(t.Exclude) > 0 {
		v, err := newView(u.FS, t.Include, t.Exclude)
		if err != nil {
			rep := &Report{Subjects: []Subject{t.Subject}, Notices: []Notice{{Subject: t.Subject.Name, Op: OpScan, Gap: true, Message: err.Error(), cause: err}}}
			return rep, rep.Err()
		}
		u.FS = v
	}
	reports := make([]*Report, len(scanners), len(scanners)+1)
	work.Each(len(scanners), r.Parallel, func(i int) { reports[i] = r.memo(ctx, &u, scanners[i]) })
	rep := Merge(append(reports, &Report{Subjects: []Subject{t.Subject}})...)
	if ctx.Err() != nil {
		return rep, context.Cause(ctx)
	}
	return rep, rep.Err()
}

// Each runs the scanners over many targets, Parallel at a time, and yields
// their reports in the order of the targets, which it closes. A target that
// could not be opened is a report with a gap: each report says itself what is missing.
func (r *Runner) Each(ctx context.Context, targets iter.Seq2[*Target, error], scanners ...Scanner) iter.Seq[*Report] {
	type opened struct {
		t   *Target
		err error
	}
	in := func(yield func(opened) bool) {
		for t, err := range targets {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if !yield(opened{t, err}) || ctx.Err() != nil {
				return
			}
		}
	}
	one := *r
	one.Parallel = 1 // targets side by side, not their scanners as well
	return work.Map(ctx, r.Parallel, in, func(ctx context.Context, o opened) *Report {
		if o.t != nil {
			defer o.t.Close()
		}
		if o.err != nil {
			return unopened(o.t, o.err)
		}
		rep, _ := one.Run(ctx, o.t, scanners...)
		return rep
	})
}

// unopened is the report about a target that could not be opened.
func unopened(t *Target, err error) *Report {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Op: OpRead, Err: err}
	}
	s := Subject{Name: e.Path}
	if t != nil {
		s = t.Subject
	}
	n := e.Notice()
	n.Subject = s.Name
	return &Report{Subjects: []Subject{s}, Notices: []Notice{n}}
}

var (
	errTimeout = errors.New("out of time: what was not reached is not examined; raise the time-out")
	errNothing = errors.New("the scanner returned neither report nor error")
)

// one runs a scanner and turns every way to fail into a gap.
func (r *Runner) one(ctx context.Context, t *Target, s Scanner) (rep *Report) {
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.Timeout, errTimeout)
		defer cancel()
	}
	name := "unknown"
	var err error
	op := OpScan
	if p := work.Contain(func() {
		name = s.Name()
		t.Progress(Progress{Scanner: name, Phase: "scan"})
		rep, err = s.Scan(ctx, t)
		t.Progress(Progress{Scanner: name, Phase: "done"})
	}); p != nil {
		op, rep, err = OpPanic, nil, fmt.Errorf("panic: %w", p)
		t.Logger().Error("panic", "scanner", name, "value", p.Error(), "stack", string(p.Stack))
	}
	if rep != nil && (err == nil || errors.Is(err, ErrIncomplete) && rep.Err() != nil) {
		return rep
	}
	if err != nil && op != OpPanic && ctx.Err() != nil {
		op, err = OpTimeout, context.Cause(ctx)
	}
	if err == nil {
		err = errNothing
	}
	c := NewCollector(name, t)
	c.Gap(&Error{Op: op, Err: err})
	gap, _ := c.Report()
	return Merge(rep, gap)
}

// run is a Runner at work on one tree.
type run struct {
	*Runner
	mu         sync.Mutex
	shared     map[any]*shared
	progressed *sync.Mutex
}

// shared is a value that is being made, or made.
type shared struct {
	done  chan struct{}
	value any
	err   error
	retry bool // its maker was stopped
}

func (r *run) progress(p Progress) {
	if r.Progress == nil {
		return
	}
	r.progressed.Lock()
	defer r.progressed.Unlock()
	r.Progress(p)
}

func (r *run) share(ctx context.Context, key any, mk func() (any, error)) (any, error) {
	for {
		r.mu.Lock()
		s, found := r.shared[key]
		if !found {
			s = &shared{done: make(chan struct{}), retry: true}
			if r.shared == nil {
				r.shared = map[any]*shared{}
			}
			r.shared[key] = s
		}
		r.mu.Unlock()
		if !found {
			func() {
				defer func() { // a panic of mk too must not leave others waiting
					if s.retry {
						r.mu.Lock()
						delete(r.shared, key)
						r.mu.Unlock()
					}
					close(s.done)
				}()
				s.value, s.err = mk()
				s.retry = ctx.Err() != nil
			}()
			return s.value, s.err
		}
		select {
		case <-s.done:
			if !s.retry {
				return s.value, s.err
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
