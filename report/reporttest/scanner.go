package reporttest

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
)

// maxTree bounds the tree, which is copied for many of the subtests.
const maxTree = 64 << 20

// patience is how long a scan may last before it counts as hanging. It is
// that long so that a busy machine does not fail a good scanner.
const patience = 3 * time.Minute

// TestScanner runs the contract tests on s as subtests of t. tree must hold
// at least one finding or component for s, and should be small: s scans it,
// or a few dozen copies of it, a few hundred times.
//
// What it demands is written at each subtest's name in the kit's source, and
// in short: results that hold together and are the same each time, also of
// several goroutines at once; an end soon after the context's; a gap for every
// file that could not be read; nothing written anywhere.
func TestScanner(t *testing.T, s report.Scanner, tree fs.FS) {
	t.Helper()
	files, err := testfs.Copy(tree, maxTree)
	if err != nil {
		t.Fatalf("reading the tree: %v", err)
	}
	test(t, &kit{scanner: s, tree: files})
}

// TestScannerOn is [TestScanner] for scanners that look at something else than
// files: an image, a document, a handler in [report.Target.Origin]. open makes
// the target anew for each scan, with at least one finding or component for s;
// the kit closes it. The subtests that need a tree which is broken are skipped.
func TestScannerOn(t *testing.T, s report.Scanner, open func() (*report.Target, error)) {
	t.Helper()
	test(t, &kit{scanner: s, open: open})
}

func test(t *testing.T, k *kit) {
	t.Helper()
	k.patience, k.tempDir = patience, t.TempDir
	if err := k.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			k.log = t.Logf
			err := c.run(k, t.Context())
			if s, ok := errors.AsType[skip](err); ok {
				t.Skip(string(s))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A check is one subtest. Its error says what is wrong.
type check struct {
	name string
	run  func(k *kit, ctx context.Context) error
}

var checks = []check{
	{"Result", checkResult},
	{"CancelledBefore", checkCancelledBefore},
	{"CancelledDuring", checkCancelledDuring},
	{"Repeat", checkRepeat},
	{"Shuffled", checkShuffled},
	{"Concurrent", checkConcurrent},
	{"EmptyTree", checkEmptyTree},
	{"Unreadable", checkUnreadable},
	{"Truncated", checkTruncated},
	{"Huge", checkHuge},
	{"Links", checkLinks},
	{"Quiet", checkQuiet},
	{"LineShift", checkLineShift},
	{"Inputs", checkInputs},
}

// skip is the reason why a check does not apply.
type skip string

func (s skip) Error() string { return string(s) }
