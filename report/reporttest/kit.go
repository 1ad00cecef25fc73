package reporttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// subject names every target of the kit.
const subject = "example.com/reporttest"

// A kit is a scanner under test and the tree it is tested with.
type kit struct {
	scanner  report.Scanner
	tree     fstest.MapFS
	open     func() (*report.Target, error) // in place of tree, if not nil
	patience time.Duration
	tempDir  func() string
	log      func(format string, args ...any)

	onDisk  bool           // the scanner needs a directory
	subject string         // of the targets
	want    *report.Report // of the tree as it is
}

// start makes the report that the others are compared with.
func (k *kit) start(ctx context.Context) error {
	if k.log == nil {
		k.log = func(string, ...any) {}
	}
	k.subject = subject
	if k.open != nil {
		t, err := k.open()
		if err != nil {
			return err
		}
		k.subject = t.Subject.Name
		if err := t.Close(); err != nil {
			return err
		}
	}
	rep, err := k.again(ctx)
	if k.open == nil && empty(rep) && (err == nil || errors.Is(err, errors.ErrUnsupported)) {
		k.onDisk = true
		rep, err = k.again(ctx)
	}
	switch {
	case err != nil:
		return fmt.Errorf("scanning the target as it is: %w", err)
	case empty(rep):
		return errors.New("the target holds neither finding nor component for the scanner: nothing can be tested with it")
	}
	k.want = rep
	return nil
}

func empty(r *report.Report) bool {
	return r == nil || len(r.Findings)+len(r.Components) == 0
}

var (
	errHangs = errors.New("the scan does not end")
	errPanic = errors.New("panic")
)

// now stamps all reports of the kit.
var now = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

// again scans the target as it is.
func (k *kit) again(ctx context.Context) (*report.Report, error) {
	if k.open == nil {
		return k.scan(ctx, k.tree)
	}
	t, err := k.open()
	if err != nil {
		return nil, err
	}
	return k.run(ctx, t)
}

// scan scans a tree.
func (k *kit) scan(ctx context.Context, tree fs.FS) (*report.Report, error) {
	t, err := k.target(tree)
	if err != nil {
		return nil, err
	}
	return k.run(ctx, t)
}

// run scans t, closes it and checks what holds for every result of Scan. Its
// error is that of Scan, or says what is wrong with the result.
func (k *kit) run(ctx context.Context, t *report.Target) (*report.Report, error) {
	spy := &spy{scanner: k.scanner}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer t.Close()
		r := report.Runner{Now: func() time.Time { return now }}
		r.Run(ctx, t, spy)
	}()
	select {
	case <-done:
	case <-time.After(k.patience):
		return nil, fmt.Errorf("%w: still running after %v", errHangs, k.patience)
	}
	if spy.panic != nil {
		return nil, fmt.Errorf("%w: %v\n%s", errPanic, spy.panic.Value, spy.panic.Stack)
	}
	return spy.rep, promise(spy.rep, spy.err)
}

// promise checks what Scan promises about its two results.
func promise(rep *report.Report, err error) error {
	switch {
	case rep == nil && err == nil:
		return errors.New("Scan returned neither a report nor an error")
	case err == nil && !rep.Complete():
		return fmt.Errorf("Scan returned a nil error with an incomplete report; want the error of Collector.Report: %w", rep.Err())
	case err != nil && errors.Is(err, report.ErrIncomplete) && rep == nil:
		return fmt.Errorf("Scan returned no report with an error that is ErrIncomplete: %v", err)
	case err != nil && errors.Is(err, report.ErrIncomplete) && rep.Complete():
		return fmt.Errorf("the error of Scan says incomplete and its report says complete: %v", err)
	}
	return err
}

// target returns a target for tree, on disk if the scanner needs that.
func (k *kit) target(tree fs.FS) (*report.Target, error) {
	if !k.onDisk {
		return report.NewTarget(subject, tree), nil
	}
	dir := k.tempDir()
	if err := os.CopyFS(dir, tree); err != nil {
		return nil, err
	}
	t, err := report.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	t.Subject.Name = subject
	return t, nil
}

// inMemory is the error of checks that need a tree which misbehaves.
func (k *kit) inMemory() error {
	switch {
	case k.open != nil:
		return skip("the target is no tree in memory, which could be broken")
	case k.onDisk:
		return skip("the scanner finds nothing in a tree in memory: it reads a directory, which cannot be broken")
	}
	return nil
}

// A spy passes on a scanner and keeps what it returned, which the Runner
// turns into something else.
type spy struct {
	scanner report.Scanner
	rep     *report.Report
	err     error
	panic   *work.Panic
}

func (s *spy) Name() string { return s.scanner.Name() }

func (s *spy) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	s.panic = work.Contain(func() { s.rep, s.err = s.scanner.Scan(ctx, t) })
	return s.rep, s.err
}

// encode is a report as JSON, without what two equal scans differ in.
func encode(r *report.Report) []byte {
	if r == nil {
		return []byte("null")
	}
	c := *r
	c.Scans = slices.Clone(r.Scans)
	for i := range c.Scans {
		c.Scans[i].Started, c.Scans[i].Duration = time.Time{}, 0
	}
	b, err := json.MarshalIndent(&c, "", "  ")
	if err != nil {
		return []byte("a report that JSON cannot hold: " + err.Error())
	}
	return b
}

// differ returns an error that shows the first line in which reports differ.
func differ(what string, got, want *report.Report) error {
	return differBytes(what, encode(got), encode(want))
}

func differBytes(what string, got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	i := 0
	for i < len(g) && i < len(w) && bytes.Equal(g[i], w[i]) {
		i++
	}
	line := func(s [][]byte) string {
		if i < len(s) {
			return string(bytes.TrimSpace(s[i]))
		}
		return "(end)"
	}
	return fmt.Errorf("%s: line %d of the report as JSON: got %s, want %s", what, i+1, line(g), line(w))
}
