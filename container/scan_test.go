package container

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// A finder finds a word in files, and says what it could not read.
type finder struct{ word string }

func (f finder) Name() string { return "finder" }

func (f finder) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(f.Name(), t)
	for name, err := range walk.Files(ctx, t.FS, nil) {
		var data []byte
		if err == nil {
			data, err = walk.Read(ctx, t.FS, name, 0)
		}
		if e, ok := errors.AsType[*report.Error](err); ok {
			c.Gap(e)
		} else if err != nil {
			return nil, err
		}
		if i := strings.Index(string(data), f.word); i >= 0 {
			c.Add(&report.Finding{Rule: "finder/word", Kind: report.KindSecret, Location: report.Location{Path: name, Region: report.RegionOf(data, i, i+len(f.word))}})
		}
		if path.Base(name) == "pkg" {
			c.AddComponents(&report.Component{Name: "p", Version: "1", Found: []report.Location{{Path: name}}})
		}
		c.Examined("files", 1)
	}
	return c.Report()
}

func TestAnnotate(t *testing.T) {
	img := spec{layers: [][]byte{
		tarOf(t, entry{name: "a", data: "word"}, entry{name: "usr/lib/x", data: "word"}, entry{name: "lib", link: "/usr/lib"}, entry{name: "pkg", data: "1"}),
		tarOf(t, entry{name: "b", data: "word"}, entry{name: "lib/y", data: "word"}, entry{name: "pkg", data: "2"}),
	}}.open(t)
	rep, err := report.Run(t.Context(), img.Target(), finder{"word"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, f := range rep.Findings {
		if f.Location.Layer == nil {
			t.Fatalf("%s has no layer", f.Location.Path)
		}
		got[f.Location.Path] = f.Location.Layer.Index
	}
	for name, want := range map[string]int{"a": 0, "usr/lib/x": 0, "b": 1, "usr/lib/y": 1} {
		if layer, ok := got[name]; !ok || layer != want {
			t.Errorf("%s: layer %d, %v, want %d", name, layer, ok, want)
		}
	}
	if len(rep.Components) != 1 || rep.Components[0].Found[0].Layer == nil || rep.Components[0].Found[0].Layer.Index != 1 {
		t.Errorf("components %+v", rep.Components)
	}
	for _, name := range []string{"lib/x", "usr/lib/x!/inner"} {
		f := &report.Finding{Location: report.Location{Path: name}, Related: []report.Location{{Path: "b"}}}
		img.AnnotateFinding(f)
		if l := f.Location.Layer; l == nil || l.Index != 0 || f.Related[0].Layer == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
	f := &report.Finding{Location: report.Location{Path: "none"}}
	if img.AnnotateFinding(f); f.Location.Layer != nil {
		t.Errorf("a file that is not there has layer %+v", f.Location.Layer)
	}
}

// What a scanner finds in hidden files is told as deleted, under its own path,
// and does not take the place of what is still there.
func TestHidden(t *testing.T) {
	img := spec{ref: "shop:1", layers: [][]byte{
		tarOf(t, entry{name: "app/gone", data: "word"}, entry{name: "app/kept", data: "x\nword"}, entry{name: "pkg", data: "1"}, entry{name: "skip/me", data: "word"}),
		tarOf(t, entry{name: "app/.wh.gone"}, entry{name: ".wh.pkg"}, entry{name: "app/kept", data: "word"}, entry{name: "skip/.wh.me"}),
	}}.open(t)
	s, err := New(Options{Checks: []Check{}, Hidden: []report.Scanner{finder{"word"}}})
	if err != nil {
		t.Fatal(err)
	}
	target := img.Target()
	target.Exclude = []string{"skip/**"}
	rep, err := report.Run(t.Context(), target, s, finder{"word"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range rep.Findings {
		state := "live"
		if f.Location.Layer.Deleted {
			state = "deleted"
		}
		got = append(got, strings.Join([]string{f.Location.Path, state, string(rune('0' + f.Location.Layer.Index))}, " "))
	}
	slices.Sort(got)
	if want := []string{"app/gone deleted 0", "app/kept deleted 0", "app/kept live 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(rep.Components) != 0 {
		t.Errorf("components of removed files: %+v", rep.Components)
	}
	if rep.Subjects[0].Digest != img.Subject().Digest || len(rep.Subjects) != 1 {
		t.Errorf("subjects %+v", rep.Subjects)
	}
}

type broken struct{ how string }

func (b broken) Name() string { return "broken" }
func (b broken) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	switch b.how {
	case "panics":
		panic("oops")
	case "fails":
		return nil, errors.New("oops")
	case "is incomplete":
		c := report.NewCollector("broken", t)
		c.Gap(&report.Error{Op: report.OpRead, Path: "0/app/gone", Err: fs.ErrPermission})
		return c.Report()
	}
	return nil, nil
}

func TestHiddenScannerFails(t *testing.T) {
	img := spec{layers: [][]byte{tarOf(t, entry{name: "app/gone", data: "word"}), tarOf(t, entry{name: "app/.wh.gone"})}}.open(t)
	for _, how := range []string{"panics", "fails", "is incomplete", "says nothing"} {
		rep := scan(t, img, Options{Hidden: []report.Scanner{broken{how}}})
		if rep.Complete() || !slices.ContainsFunc(rep.Findings, func(f *report.Finding) bool { return f.Rule == "container/no-healthcheck" }) {
			t.Errorf("%s: complete %v, %d findings", how, rep.Complete(), len(rep.Findings))
		}
		if how == "is incomplete" && (rep.Notices[0].Path != "app/gone" || !strings.Contains(rep.Notices[0].Message, "layer 0")) {
			t.Errorf("%s: %+v", how, rep.Notices[0])
		}
	}
}

func TestScan(t *testing.T) {
	img := shop(t).open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Scan(ctx, img.Target()); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	rep, err := s.Scan(t.Context(), img.Target())
	if err != nil || rep.Scans[0].Examined["layers"] != 2 || len(rep.Scans[0].Rules) != len(DefaultChecks()) || rep.Scans[0].Config == "" {
		t.Errorf("%v, %+v", err, rep.Scans)
	}
	rep, err = s.Scan(t.Context(), report.NewTarget("x", fstest.MapFS{"Dockerfile": &fstest.MapFile{Data: []byte("FROM x")}}))
	if err != nil || len(rep.Findings)+len(rep.Notices)+len(rep.Scans[0].Examined) > 0 {
		t.Errorf("no image: %v, %+v", err, rep)
	}
}

func TestNewErrors(t *testing.T) {
	c := noHealthcheck()
	for want, o := range map[string]Options{
		"Checks[0]: rule id": {Checks: []Check{{Run: c.Run}}},
		"has no Run":         {Checks: []Check{{Rule: c.Rule}}},
		"twice":              {Checks: []Check{c, c}},
		"Options.Hidden[0]":  {Hidden: []report.Scanner{nil}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// An image serves several scanners at once.
func TestConcurrentUse(t *testing.T) {
	img := shop(t).open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, fsys := range []fs.FS{img.Target().FS, img.Hidden().FS, img.Layers()[0].FS} {
				for name := range walk.Files(context.Background(), fsys, nil) {
					fs.ReadFile(fsys, name)
				}
			}
			rep := &report.Finding{Location: report.Location{Path: "app/main.py"}}
			img.AnnotateFinding(rep)
			img.Config()
		})
	}
	wg.Wait()
}
