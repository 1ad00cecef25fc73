package reporttest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
)

var errStop = errors.New("stopped by reporttest")

// checkCancelledBefore: a scan whose context has ended returns the cause.
func checkCancelledBefore(k *kit, ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(errStop)
	rep, err := k.again(ctx)
	return stopped(k.want, rep, err, false)
}

// checkCancelledDuring: a scan whose context ends at the first, second, …
// file that it opens ends too, with the cause, and opens few more files.
func checkCancelledDuring(k *kit, ctx context.Context) error {
	if err := k.inMemory(); err != nil {
		return err
	}
	var dirs []string
	for i := range 32 {
		dirs = append(dirs, fmt.Sprintf("d%02d", i))
	}
	tree := testfs.Under(k.tree, dirs...)
	want, total, _, err := k.cancelAt(ctx, tree, 0)
	if err != nil {
		return fmt.Errorf("scanning %d copies of the tree: %w", len(dirs), err)
	}
	for _, n := range []int64{1, 2, 5, total / 4, total / 2, total} {
		if n < 1 {
			continue
		}
		rep, _, late, err := k.cancelAt(ctx, tree, n)
		if err := stopped(want, rep, err, true); err != nil {
			return fmt.Errorf("context ended at file %d of %d: %w", n, total, err)
		}
		// Each worker may have a file in hand, and the Collector reads again
		// the files in which something was found.
		if most := n + int64(4*runtime.GOMAXPROCS(0)) + 8; late > most && n < total/2 {
			return fmt.Errorf("context ended at file %d of %d: the scan opened %d more; check ctx at least once a file", n, total, late)
		}
	}
	return nil
}

// cancelAt scans with a context that ends when file n is opened; never if n
// is zero. It returns how many files were opened, and how many after that.
func (k *kit) cancelAt(ctx context.Context, tree testFS, n int64) (_ *report.Report, total, late int64, _ error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var opened, after atomic.Int64
	rep, err := k.scan(ctx, &testfs.FS{Tree: tree, OnOpen: func(string) error {
		if ctx.Err() != nil {
			after.Add(1)
		}
		if opened.Add(1) == n {
			cancel(errStop)
		}
		return nil
	}})
	return rep, opened.Load(), after.Load(), err
}

// stopped checks the result of a scan that was stopped. If late, the context
// may have ended when all was done.
func stopped(want, rep *report.Report, err error, late bool) error {
	switch {
	case err == nil && late && differ("", rep, want) == nil:
		return nil
	case err == nil:
		return errors.New("got a nil error and a report that says complete, want the context's cause")
	case errors.Is(err, errHangs), errors.Is(err, errPanic):
		return err
	case errors.Is(err, errStop), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, report.ErrIncomplete) && rep != nil:
		return nil
	}
	return fmt.Errorf("got error %q, want the context's cause", err)
}
