package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
)

// A scanFunc is a scanner made of a function.
type scanFunc struct {
	name string
	scan func(ctx context.Context, t *report.Target) (*report.Report, error)
}

func (s scanFunc) Name() string { return s.name }
func (s scanFunc) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	return s.scan(ctx, t)
}

// collecting is a scanner that fills a collector.
type collecting struct {
	name string
	fill func(*report.Collector)
}

func (s collecting) Name() string { return s.name }
func (s collecting) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(s.name, t)
	s.fill(c)
	return c.Report()
}

var ruleX = report.Rule{ID: "s/x", Title: "X", Severity: report.High, Kind: report.KindCode, CWEs: []int{89}}

// find reports one finding a line, in random order.
func find(lines ...int) report.Scanner {
	return scanFunc{"s", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		c := report.NewCollector("s", t)
		c.Rules(ruleX, report.Rule{ID: "s/unused"})
		for _, i := range rand.Perm(len(lines)) {
			c.Add(at("a", lines[i], "x"))
		}
		c.Examined("files", 1)
		return c.Report()
	}}
}

func at(path string, line int, snippet string) *report.Finding {
	return &report.Finding{Rule: "s/x", Location: report.Location{Path: path,
		Region: report.Region{Start: report.Position{Line: line, Column: 1}, Snippet: snippet}}}
}

func gap(op, path string) report.Scanner {
	return scanFunc{"s", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		c := report.NewCollector("s", t)
		c.Rules(ruleX)
		c.Gap(&report.Error{Op: op, Path: path, Err: errors.New("bad")})
		return c.Report()
	}}
}

func run(t *testing.T, target *report.Target, scanners ...report.Scanner) *report.Report {
	t.Helper()
	rep, err := (&report.Runner{Now: func() time.Time { return time.Unix(1e9, 0) }}).Run(t.Context(), target, scanners...)
	if err != nil && !errors.Is(err, report.ErrIncomplete) {
		t.Fatal(err)
	}
	return rep
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRunContainsEveryFailure(t *testing.T) {
	boom := scanFunc{"boom", func(context.Context, *report.Target) (*report.Report, error) { panic("boom") }}
	nothing := scanFunc{"nothing", func(context.Context, *report.Target) (*report.Report, error) { return nil, nil }}
	fatal := scanFunc{"fatal", func(context.Context, *report.Target) (*report.Report, error) { return nil, fs.ErrPermission }}
	liar := scanFunc{"liar", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		r, _ := report.NewCollector("liar", t).Report()
		return r, report.ErrIncomplete // and no gap in the report
	}}
	slow := scanFunc{"slow", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		c := report.NewCollector("slow", t)
		c.Add(&report.Finding{Rule: "slow/partial", Location: report.Location{Path: "p"}})
		<-ctx.Done()
		r, _ := c.Report()
		return r, ctx.Err()
	}}
	var logged bytes.Buffer
	r := &report.Runner{Timeout: 20 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&logged, nil))}
	rep, err := r.Run(t.Context(), report.NewTarget("shop", fstest.MapFS{}), boom, nothing, fatal, liar, slow, find(3, 9))
	if rep.Complete() || !errors.Is(err, report.ErrIncomplete) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("complete %v, err %v", rep.Complete(), err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("a scanner's time-out must not look like the caller's")
	}
	if len(rep.Findings) != 3 {
		t.Errorf("got %d findings, want what was found: 3", len(rep.Findings))
	}
	got := map[string]string{}
	for n := range rep.Gaps() {
		got[n.Scanner] = n.Op
	}
	want := map[string]string{"boom": "panic", "nothing": "scan", "fatal": "scan", "liar": "scan", "slow": "timeout"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("gaps: got %v, want %v", got, want)
	}
	if !strings.Contains(logged.String(), "boom") {
		t.Errorf("the panic was not logged: %q", logged.String())
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	wait := scanFunc{"s", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	rep, err := report.Run(ctx, report.NewTarget("shop", fstest.MapFS{}), wait)
	if err != stop || rep == nil || rep.Complete() {
		t.Errorf("got %v and %v, want the cause and an incomplete report", err, rep)
	}
}

func TestRunWithoutAnything(t *testing.T) {
	for name, target := range map[string]*report.Target{"no target": nil, "no tree": {Subject: report.Subject{Name: "x"}}, "bad glob": {Exclude: []string{"["}}} {
		rep, err := report.Run(t.Context(), target)
		if rep == nil || rep.Complete() || !errors.Is(err, report.ErrIncomplete) {
			t.Errorf("%s: %v, %v: nothing was scanned, and that is no pass", name, rep, err)
		}
	}
	if rep, err := report.Run(t.Context(), &report.Target{Subject: report.Subject{Name: "x"}}, find()); err != nil || !rep.Complete() {
		t.Errorf("a target without files: %v", err)
	}
}

func TestCollector(t *testing.T) {
	one := find(3, 9, 27)
	a := run(t, report.NewTarget("registry/shop", fstest.MapFS{}), one)
	for _, f := range a.Findings {
		if f.Severity != report.High || f.Kind != report.KindCode || f.Message != "X" || f.CWEs[0] != 89 {
			t.Errorf("the rule's values are missing in %+v", f)
		}
	}
	if len(a.Rules) != 1 || len(a.Scans[0].Rules) != 2 || a.Scans[0].Examined["files"] != 1 || a.Scans[0].Duration != 0 {
		t.Errorf("rules %v, scan %+v", a.Rules, a.Scans[0])
	}
	// Twins are numbered by place, not by arrival.
	if fp := a.Findings[0].Fingerprint; a.Findings[1].Fingerprint != fp+":2" || a.Findings[2].Fingerprint != fp+":3" {
		t.Errorf("twins: %v %v %v", fp, a.Findings[1].Fingerprint, a.Findings[2].Fingerprint)
	}
	if b := run(t, report.NewTarget("registry/shop", fstest.MapFS{}), one); toJSON(t, a) != toJSON(t, b) {
		t.Error("two runs differ")
	}
	// The same line for two platforms is one finding.
	twice := run(t, report.NewTarget("x", fstest.MapFS{}), find(3, 3))
	if len(twice.Findings) != 1 || twice.Findings[0].Count != 2 {
		t.Errorf("got %d findings", len(twice.Findings))
	}
}

func TestOnlyAndExclude(t *testing.T) {
	target := report.NewTarget("x", fstest.MapFS{"a": {Data: []byte("x")}, "vendor/b": {Data: []byte("x")}})
	target.Only = report.Lines{"a": {{5, 10}}}
	rep := run(t, target, find(3, 9))
	if len(rep.Findings) != 1 || rep.Findings[0].Location.Region.Start.Line != 9 || !rep.Scans[0].Only {
		t.Errorf("Only: %s", toJSON(t, rep))
	}
	target.Only, target.Exclude = nil, []string{"vendor/**", "a"}
	seen := scanFunc{"s", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		c := report.NewCollector("s", t)
		return c.Report()
	}}
	if rep := run(t, target, find(3), seen); len(rep.Findings) != 0 || !slices.Equal(rep.Scans[0].Exclude, target.Exclude) {
		t.Errorf("Exclude: %s", toJSON(t, rep))
	}
}

func TestShare(t *testing.T) {
	type key struct{}
	var n atomic.Int32
	s := scanFunc{"s", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		v, err := report.Share(ctx, t, key{}, func(context.Context) (int, error) { return int(n.Add(1)), nil })
		if v != 1 || err != nil {
			return nil, err
		}
		return report.NewCollector("s", t).Report()
	}}
	r := &report.Runner{Parallel: 8}
	if _, err := r.Run(t.Context(), report.NewTarget("x", fstest.MapFS{}), s, s, s, s); err != nil || n.Load() != 1 {
		t.Errorf("made %d times: %v", n.Load(), err)
	}
	// A maker that panics leaves nobody waiting, and the next one makes it.
	n.Store(0)
	bad := scanFunc{"bad", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		_, err := report.Share(ctx, t, key{}, func(context.Context) (int, error) {
			if n.Add(1) == 1 {
				panic("once")
			}
			return 2, nil
		})
		if err != nil {
			return nil, err
		}
		return report.NewCollector("bad", t).Report()
	}}
	rep, _ := r.Run(t.Context(), report.NewTarget("x", fstest.MapFS{}), bad, bad, bad)
	if gaps := slices.Collect(rep.Gaps()); len(gaps) != 1 || n.Load() != 2 {
		t.Errorf("%d gaps, made %d times", len(gaps), n.Load())
	}
}

func TestProgressIsSerial(t *testing.T) {
	var mu sync.Mutex
	n := 0
	r := &report.Runner{Parallel: 8, Progress: func(p report.Progress) {
		if !mu.TryLock() {
			t.Error("two calls at once")
			return
		}
		defer mu.Unlock()
		if p.Subject != "x" {
			t.Errorf("subject %q", p.Subject)
		}
		n++
	}}
	busy := scanFunc{"busy", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		for range 100 {
			t.Progress(report.Progress{Scanner: "busy", Phase: "scan"})
		}
		return report.NewCollector("busy", t).Report()
	}}
	if _, err := r.Run(t.Context(), report.NewTarget("x", fstest.MapFS{}), busy, busy, busy); err != nil || n != 306 {
		t.Errorf("%d calls, %v", n, err)
	}
}

func TestEach(t *testing.T) {
	closed := 0
	targets := func(yield func(*report.Target, error) bool) {
		for _, name := range []string{"a", "b", "c"} {
			target := report.NewTarget(name, fstest.MapFS{})
			target.OnClose(func() error { closed++; return nil })
			if name == "b" && !yield(nil, &report.Error{Op: "read", Path: "b.json", Err: fs.ErrPermission}) {
				return
			}
			if !yield(target, nil) {
				return
			}
		}
	}
	r := &report.Runner{Parallel: 1}
	var got []string
	for rep := range r.Each(t.Context(), targets, find(1)) {
		name := rep.Subjects[0].Name
		if !rep.Complete() {
			name += "!"
		}
		got = append(got, name)
	}
	if want := []string{"a", "b.json!", "b", "c"}; !slices.Equal(got, want) || closed != 3 {
		t.Errorf("got %v, %d closed; want %v", got, closed, want)
	}
}

type memo struct {
	scanFunc
	config string
}

func (m memo) Config() string { return m.config }

func TestMemo(t *testing.T) {
	cache, err := report.DirCache(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	scans := 0
	s := scanFunc{"m", func(ctx context.Context, t *report.Target) (*report.Report, error) {
		scans++
		c := report.NewCollector("m", t)
		c.Add(at("a", 1, "x"))
		return c.Report()
	}}
	r := &report.Runner{Cache: cache}
	target := report.NewTarget("img", fstest.MapFS{})
	target.Subject.Digest = "sha256:1"
	first, _ := r.Run(t.Context(), target, memo{s, "1"})
	again, _ := r.Run(t.Context(), target, memo{s, "1"})
	if scans != 1 || toJSON(t, first) != toJSON(t, again) {
		t.Errorf("%d scans of one image", scans)
	}
	r.Run(t.Context(), target, memo{s, "2"})
	target.Subject.Digest = "sha256:2"
	r.Run(t.Context(), target, memo{s, "1"})
	target.Subject.Digest = ""
	r.Run(t.Context(), target, memo{s, "1"})
	if scans != 4 {
		t.Errorf("%d scans; another configuration, another image and no digest are scans of their own", scans)
	}
}
