package reporttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
)

func TestGoodScanner(t *testing.T) { TestScanner(t, &fake{}, fakeTree()) }

// A scanner that reads Target.Dir is given one.
func TestScannerOfDirectories(t *testing.T) {
	TestScanner(t, &fake{change: func(tg *report.Target, r *report.Report, err error) (*report.Report, error) {
		if tg.Dir != "" || len(r.Findings) == 0 {
			return r, err
		}
		return report.NewCollector("fake", tg).Report()
	}}, fakeTree())
}

// A scanner that looks at Target.Origin is given its own targets.
func TestScannerOfOrigins(t *testing.T) {
	origins := func(tg *report.Target, r *report.Report, err error) (*report.Report, error) {
		if tg.Origin == nil {
			return report.NewCollector("fake", tg).Report()
		}
		return r, err
	}
	var closed atomic.Int64
	TestScannerOn(t, &fake{change: origins}, func() (*report.Target, error) {
		tg := report.NewTarget("example.com/image:1", fakeTree())
		tg.Origin = "an image"
		tg.OnClose(func() error { closed.Add(1); return nil })
		return tg, nil
	})
	if closed.Load() == 0 {
		t.Error("targets are not closed")
	}
	if err := tryCheck(t, &fake{change: origins}, "start"); err == nil {
		t.Error("without its targets it finds something")
	}
}

// tryCheck returns the error of one check for s; "start" is the scan before them.
func tryCheck(t *testing.T, s report.Scanner, name string) error {
	t.Helper()
	k := &kit{scanner: s, tree: fakeTree(), patience: time.Minute, tempDir: t.TempDir, log: t.Logf}
	if err := k.start(t.Context()); err != nil || name == "start" {
		return err
	}
	i := slices.IndexFunc(checks, func(c check) bool { return c.name == name })
	return checks[i].run(k, t.Context())
}

// Each mistake is seen by the check that is there for it.
func TestBadScanners(t *testing.T) {
	change := func(f func(r *report.Report)) *fake {
		return &fake{change: func(_ *report.Target, r *report.Report, err error) (*report.Report, error) { f(r); return r, err }}
	}
	finding := func(f func(f *report.Finding)) *fake {
		return &fake{finding: func(_ *report.Target, x *report.Finding) { f(x) }}
	}
	var calls, scans atomic.Int64
	for _, c := range []struct {
		name  string
		s     report.Scanner
		check string
		says  string // part of the error
	}{
		{"nothing found", &fake{walk: func(context.Context, *report.Target) []string { return nil }}, "start", "neither finding nor component"},
		{"nil and nil", &fake{change: func(*report.Target, *report.Report, error) (*report.Report, error) { return nil, nil }}, "start", "neither a report nor an error"},
		{"panic", &fake{file: func(*report.Target, string, []byte) { panic("boom") }}, "start", "boom"},
		{"error without gap", &fake{change: func(_ *report.Target, r *report.Report, _ error) (*report.Report, error) {
			return r, report.ErrIncomplete
		}}, "start", "its report says complete"},
		{"gap without error", &fake{maxSize: 3, change: func(_ *report.Target, r *report.Report, _ error) (*report.Report, error) {
			r.Components = []*report.Component{{Name: "x"}}
			return r, nil
		}}, "start", "nil error with an incomplete report"},

		{"foreign subject", change(func(r *report.Report) {
			for _, f := range r.Findings {
				f.Subject = "other"
			}
		}), "Result", `subject "other"`},
		{"unknown rule", change(func(r *report.Report) { r.Rules = nil }), "Result", "not in Report.Rules"},
		{"undeclared rule", change(func(r *report.Report) { r.Scans[0].Rules = nil }), "Result", "not in Scan.Rules"},
		{"no fingerprint", change(func(r *report.Report) { r.Findings[0].Fingerprint = "" }), "Result", "no fingerprint"},
		{"one fingerprint", change(func(r *report.Report) { r.Findings[0].Fingerprint = r.Findings[1].Fingerprint }), "Result", "not its own"},
		{"nothing examined", change(func(r *report.Report) { r.Scans[0].Examined = nil }), "Result", "Examined is empty"},
		{"no scan", change(func(r *report.Report) { r.Scans = nil }), "start", "nothing was scanned"},
		{"absolute path", finding(func(f *report.Finding) { f.Location.Path = "/" + f.Location.Path }), "Result", "relative to the tree"},
		{"path above", finding(func(f *report.Finding) { f.Location.Path = "../" + f.Location.Path }), "Result", "relative to the tree"},
		{"backslash", finding(func(f *report.Finding) { f.Location.Path = strings.ReplaceAll(f.Location.Path, "/", `\`) }), "Result", "slash-separated"},
		{"line outside", finding(func(f *report.Finding) { f.Location.Region.Start.Line += 100; f.Location.Region.End.Line += 100 }), "Result", "of a file with"},
		{"bytes outside", finding(func(f *report.Finding) { f.Location.Region.Length = 1000 }), "Result", "bytes"},
		{"flow outside", finding(func(f *report.Finding) {
			f.Flows = []report.Flow{{{Location: report.Location{Path: "/usr/x.go"}}}}
		}), "Result", "flow"},
		{"unknown component", finding(func(f *report.Finding) { f.Component = "pkg:npm/a@1" }), "Result", "is not in the report"},
		{"raw secret", finding(func(f *report.Finding) {
			f.Kind, f.Location.Region.Offset, f.Location.Region.Length, f.Location.Region.Snippet = report.KindSecret, 0, 15, "nothing to see flaw nothing to see"
			f.Location.Path = "dir/c.txt"
		}), "Result", "the secret itself"},
		{"raw key", finding(func(f *report.Finding) {
			f.Kind, f.Key, f.Message = report.KindSecret, "keyed-hash", "hash keyed-hash"
		}), "Result", "its Key is in the report"},
		{"dangling dependency", &fake{change: func(tg *report.Target, _ *report.Report, _ error) (*report.Report, error) {
			c := report.NewCollector("fake", tg)
			c.AddComponents(&report.Component{Name: "a", DependsOn: []string{"b"}})
			return c.Report()
		}}, "Result", `refers to "b"`},

		{"context not asked", &fake{noContext: true}, "CancelledBefore", "want the context's cause"},
		{"context not asked during", &fake{noContext: true}, "CancelledDuring", ""},
		{"cause lost", &fake{change: func(_ *report.Target, r *report.Report, err error) (*report.Report, error) {
			if err != nil && !errors.Is(err, report.ErrIncomplete) {
				return r, errors.New("failed")
			}
			return r, err
		}}, "CancelledBefore", "want the context's cause"},

		{"random message", finding(func(f *report.Finding) { f.Message = fmt.Sprint(rand.Int()) }), "Repeat", "second scan"},
		{"order of listing", &fake{walk: func(_ context.Context, tg *report.Target) []string { return rawNames(tg.FS) }, finding: func(_ *report.Target, f *report.Finding) {
			f.Message = fmt.Sprint("number ", calls.Add(1)%5)
		}}, "Shuffled", ""},
		{"shared state", &fake{file: func(tg *report.Target, _ string, _ []byte) { scans.Add(1) }, finding: func(_ *report.Target, f *report.Finding) {
			f.Message = fmt.Sprint(scans.Load())
		}}, "Concurrent", ""},
		{"gap in nothing", &fake{change: func(tg *report.Target, r *report.Report, err error) (*report.Report, error) {
			if len(r.Findings) > 0 || err != nil {
				return r, err
			}
			c := report.NewCollector("fake", tg)
			c.Gap(&report.Error{Op: report.OpLoad, Err: errors.New("no packages")})
			return c.Report()
		}}, "EmptyTree", "no packages"},

		{"gaps forgotten", &fake{gap: func(*report.Collector, *report.Error) {}}, "Unreadable", "no longer found"},
		{"gaps forgotten half-way", &fake{gap: func(*report.Collector, *report.Error) {}}, "Truncated", "no longer found"},
		{"gap without path", &fake{gap: func(c *report.Collector, e *report.Error) {
			c.Gap(&report.Error{Op: e.Op, Err: e.Err})
		}}, "Unreadable", "no gap names the file"},
		{"gap as note", &fake{gap: func(c *report.Collector, e *report.Error) { c.Note(e.Op, e.Path, e.Err.Error()) }}, "Truncated", "no gap names"},
		{"given up", &fake{change: func(_ *report.Target, r *report.Report, err error) (*report.Report, error) {
			if errors.Is(err, report.ErrIncomplete) {
				r.Findings = nil
			}
			return r, err
		}}, "Unreadable", "in another directory"},
		{"no limit, no context", &fake{maxSize: 1 << 40, noContext: true}, "Huge", ""},
		{"size believed", &fake{file: func(tg *report.Target, name string, _ []byte) {}, gap: func(c *report.Collector, e *report.Error) {
			if e.Op == report.OpLimit {
				c.Note(report.OpSkip, e.Path, "too large")
				return
			}
			c.Gap(e)
		}}, "Huge", "no gap names the file"},
		{"links followed", &fake{walk: func(_ context.Context, tg *report.Target) []string { return statNames(tg.FS) }}, "Links", "found through a link"},
		{"links are gaps", &fake{walk: func(_ context.Context, tg *report.Target) []string { return allNames(tg.FS) }}, "Links", "escapes"},

		{"prints", &fake{file: func(*report.Target, string, []byte) { fmt.Println("reading") }}, "Quiet", "reading"},
		{"prints errors", &fake{file: func(*report.Target, string, []byte) { fmt.Fprintln(os.Stderr, "reading") }}, "Quiet", "reading"},
		{"logs", &fake{file: func(*report.Target, string, []byte) { slog.Debug("reading") }}, "Quiet", "Target.Logger"},
		{"line in the fingerprint", finding(func(f *report.Finding) { f.Key = fmt.Sprint(f.Location.Region.Start.Line) }), "LineShift", "fingerprints"},
		{"line counted wrongly", finding(func(f *report.Finding) { f.Location.Region.Start.Line = 1 }), "LineShift", "is in line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := tryCheck(t, c.s, c.check)
			if err == nil {
				t.Fatalf("check %s saw nothing", c.check)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("check %s says %q, want %q", c.check, err, c.says)
			}
		})
	}
}

// A scan that does not end is reported, and not waited for.
func TestHangingScanner(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	k := &kit{scanner: &fake{}, tree: fakeTree(), patience: time.Minute, tempDir: t.TempDir}
	if err := k.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.patience = time.Millisecond
	k.scanner = &fake{file: func(*report.Target, string, []byte) { <-stop }}
	if err := checkRepeat(k, t.Context()); !errors.Is(err, errHangs) {
		t.Errorf("got %v, want %v", err, errHangs)
	}
	if err := checkCancelledDuring(k, t.Context()); !errors.Is(err, errHangs) {
		t.Errorf("got %v, want %v", err, errHangs)
	}
}

// rawNames lists files in the order in which directories give them.
func rawNames(fsys fs.FS) (names []string) {
	var walk func(dir string)
	walk = func(dir string) {
		f, err := fsys.Open(dir)
		if err != nil {
			return
		}
		defer f.Close()
		list, _ := f.(fs.ReadDirFile).ReadDir(-1)
		for _, e := range list {
			name := filepath.ToSlash(filepath.Join(dir, e.Name()))
			if e.IsDir() {
				walk(name)
			} else {
				names = append(names, name)
			}
		}
	}
	walk(".")
	return names
}

// allNames lists files and links.
func allNames(fsys fs.FS) (names []string) {
	names = rawNames(fsys)
	slices.Sort(names)
	return names
}

// statNames lists files, also those behind links.
func statNames(fsys fs.FS) (names []string) {
	for _, name := range allNames(fsys) {
		if info, err := fs.Stat(fsys, name); err == nil && info.Mode().IsRegular() {
			names = append(names, name)
		}
	}
	return names
}

func TestJudge(t *testing.T) {
	rep, err := (&fake{}).Scan(t.Context(), report.NewTarget("x", fakeTree()))
	if err != nil {
		t.Fatal(err)
	}
	good := func(r *report.Report) *report.Report {
		c := *r
		c.Verdict = &report.Verdict{Outcome: report.Fail}
		return &c
	}
	if got := Judge(t, rep, good); got.Verdict == nil {
		t.Error("the judged report is lost")
	}
	for name, bad := range map[string]func(*report.Report) *report.Report{
		"writes": func(r *report.Report) *report.Report { r.Verdict = &report.Verdict{Outcome: report.Fail}; return r },
		"shares": func(r *report.Report) *report.Report {
			r.Findings[0].Owners = append(r.Findings[0].Owners, "me")
			return good(r)
		},
		"nil":        func(r *report.Report) *report.Report { return nil },
		"no verdict": func(r *report.Report) *report.Report { c := *r; c.Verdict = nil; return &c },
		"drops": func(r *report.Report) *report.Report {
			return good(r.Filter(func(*report.Finding) bool { return false }))
		},
	} {
		if _, err := judged(rep, bad); err == nil {
			t.Errorf("%s: nothing seen", name)
		}
		rep.Verdict = nil
	}
}

func TestEncodeLeavesOutKeys(t *testing.T) {
	b, err := json.Marshal(&report.Finding{Key: "k3y"})
	if err != nil || strings.Contains(string(b), "k3y") {
		t.Errorf("got %s, %v", b, err)
	}
}

var _ fs.FS = (*testfs.FS)(nil)
