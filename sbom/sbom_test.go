package sbom_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// shared returns a directory of the shared data beside the repository, or skips.
func shared(t testing.TB, name string) string {
	dir := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no shared data here: %s beside the repository", filepath.Join("..", "shared", "data", name))
	}
	return dir
}

// scan inventories a tree that is expected to have no gaps.
func scan(t testing.TB, fsys fs.FS) *report.Report {
	t.Helper()
	rep, err := inventory(t, fsys)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func inventory(t testing.TB, fsys fs.FS) (*report.Report, error) {
	t.Helper()
	s, err := sbom.New(sbom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Scan(context.Background(), report.NewTarget("subject", fsys))
}

// find returns the only component of a name.
func find(t testing.TB, rep *report.Report, name string) *report.Component {
	t.Helper()
	var found *report.Component
	for _, c := range rep.Components {
		if c.Name == name {
			if found != nil {
				t.Fatalf("two components %s: %s and %s", name, found.ID, c.ID)
			}
			found = c
		}
	}
	if found == nil {
		t.Fatalf("no component %s", name)
	}
	return found
}

func names(rep *report.Report) (list []string) {
	for _, c := range rep.Components {
		list = append(list, strings.TrimSuffix(c.Name+"@"+c.Version, "@"))
	}
	slices.Sort(list)
	return list
}

func gaps(rep *report.Report) (list []string) {
	for n := range rep.Gaps() {
		list = append(list, n.String())
	}
	return list
}

// checkGraph fails unless each edge leads somewhere and each component hangs at a root.
func checkGraph(t testing.TB, rep *report.Report) {
	t.Helper()
	byID := map[string]*report.Component{}
	for _, c := range rep.Components {
		if byID[c.ID] != nil {
			t.Errorf("ID %s twice", c.ID)
		}
		byID[c.ID] = c
	}
	seen := map[string]bool{}
	var walk func(c *report.Component)
	walk = func(c *report.Component) {
		seen[c.ID] = true
		for _, id := range c.DependsOn {
			if byID[id] == nil {
				t.Errorf("%s depends on %s, which is not there", c.ID, id)
			} else if !seen[id] {
				walk(byID[id])
			}
		}
	}
	for _, c := range rep.Components {
		if c.Root == "" {
			walk(c)
		} else if byID[c.Root] == nil {
			t.Errorf("%s has root %s, which is not there", c.ID, c.Root)
		}
	}
	for _, c := range rep.Components {
		if !seen[c.ID] {
			t.Errorf("no root reaches %s", c.ID)
		}
	}
}

func TestNew(t *testing.T) {
	parse := func(context.Context, *report.Target, string) iter.Seq2[*report.Component, error] { return nil }
	tests := []struct {
		name string
		list []sbom.Cataloger
		want string // in the error; empty: none
	}{
		{"defaults", nil, ""},
		{"none", []sbom.Cataloger{}, ""},
		{"no name", []sbom.Cataloger{{Names: []string{"a"}, Parse: parse}}, "no Name"},
		{"twice", []sbom.Cataloger{{Name: "a", Names: []string{"a"}, Parse: parse}, {Name: "a", Names: []string{"b"}, Parse: parse}}, "twice"},
		{"no parse", []sbom.Cataloger{{Name: "a", Names: []string{"a"}}}, "no Parse"},
		{"nothing to match", []sbom.Cataloger{{Name: "a", Parse: parse}}, "neither Names nor Magic"},
		{"bad glob", []sbom.Cataloger{{Name: "a", Names: []string{"[a"}, Parse: parse}}, "[a"},
		{"empty magic", []sbom.Cataloger{{Name: "a", Magic: []string{""}, Parse: parse}}, "Magic"},
	}
	for _, tt := range tests {
		_, err := sbom.New(sbom.Options{Catalogers: tt.list})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestScanBrokenFileKeepsSiblings(t *testing.T) {
	rep, err := inventory(t, tree(map[string]string{
		"a/package-lock.json": "{\n\"lockfileVersion\": 3,\n\"packages\": {\"\": {\"name\"",
		"b/package-lock.json": `{"name":"b","lockfileVersion":3,"packages":{"":{"dependencies":{"x":"1"}},"node_modules/x":{"version":"1.0.0"}}}`,
	}))
	if !errors.Is(err, report.ErrIncomplete) {
		t.Errorf("got error %v, want ErrIncomplete", err)
	}
	if got := gaps(rep); len(got) != 1 || !strings.Contains(got[0], "a/package-lock.json:3") {
		t.Errorf("got gaps %q, want one at a/package-lock.json:3", got)
	}
	find(t, rep, "x")
	if got := rep.Scans[0].Examined["files"]; got != 2 {
		t.Errorf("got %d files examined, want 2", got)
	}
}

func TestScanNothing(t *testing.T) {
	rep := scan(t, tree(map[string]string{"README.md": "hello"}))
	if len(rep.Components) != 0 || len(rep.Scans[0].Examined) != 0 || !rep.Complete() {
		t.Errorf("got %d components, examined %v, complete %v", len(rep.Components), rep.Scans[0].Examined, rep.Complete())
	}
}

func TestScanPanicIsAGap(t *testing.T) {
	c := sbom.Cataloger{Name: "bad", Names: []string{"bad"}, Parse: func(context.Context, *report.Target, string) iter.Seq2[*report.Component, error] {
		panic("oops")
	}}
	s, err := sbom.New(sbom.Options{Catalogers: append(sbom.DefaultCatalogers(), c)})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(context.Background(), report.NewTarget("x", tree(map[string]string{"bad": "", "go.mod": "module m\n"})))
	if !errors.Is(err, report.ErrIncomplete) || len(rep.Components) != 1 {
		t.Errorf("got %v with %d components, want ErrIncomplete with 1", err, len(rep.Components))
	}
}

func TestScanLinks(t *testing.T) {
	fsys := tree(map[string]string{"a/go.mod": "module m\n\ngo 1.24\n"})
	fsys["go.mod"] = &fstest.MapFile{Data: []byte("../out/go.mod"), Mode: fs.ModeSymlink | 0o777}
	fsys["other"] = &fstest.MapFile{Data: []byte("../out"), Mode: fs.ModeSymlink | 0o777}
	rep := scan(t, fsys)
	if len(rep.Notices) != 1 || rep.Notices[0].Path != "go.mod" || rep.Notices[0].Gap {
		t.Errorf("got notices %v, want one note about go.mod", rep.Notices)
	}
}

func TestScanContext(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	s, _ := sbom.New(sbom.Options{})
	_, err := s.Scan(ctx, report.NewTarget("x", tree(map[string]string{"go.mod": "module m\n"})))
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
}

func TestScanSharedInARun(t *testing.T) {
	calls := 0
	c := sbom.Cataloger{Name: "count", Names: []string{"x"}, Parse: func(context.Context, *report.Target, string) iter.Seq2[*report.Component, error] {
		calls++
		return func(func(*report.Component, error) bool) {}
	}}
	a, _ := sbom.New(sbom.Options{Catalogers: []sbom.Cataloger{c}})
	b, _ := sbom.New(sbom.Options{Catalogers: []sbom.Cataloger{c}})
	if _, err := report.Run(context.Background(), report.NewTarget("t", tree(map[string]string{"x": ""})), a, b); err != nil {
		t.Fatal(err)
	}
	if calls != 1 {
		t.Errorf("got %d parses of one file by equal scanners of a run, want 1", calls)
	}
}

func TestAll(t *testing.T) {
	s, _ := sbom.New(sbom.Options{})
	var got []string
	for c, err := range s.All(context.Background(), tree(map[string]string{"go.mod": "module m\n\ngo 1.24\nrequire x v1.0.0\nbad line\n"})) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, c.Name)
	}
	if want := `[m x parse go.mod:5: unknown directive "bad"]`; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
