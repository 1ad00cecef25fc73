package sast

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
)

// write makes a tree of files.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, dir string) *report.Target {
	t.Helper()
	target, err := report.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.Close() })
	return target
}

func scan(t testing.TB, dir string) *report.Report {
	t.Helper()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(t.Context(), open(t, dir))
	if rep == nil {
		t.Fatal(err)
	}
	return rep
}

// shop is a module of two packages with a flow between them.
func shop() map[string]string {
	return map[string]string{
		"go.mod": "module example.com/shop\n\ngo 1.26\n",
		"main.go": `package main

import (
	"database/sql"
	"net/http"

	"example.com/shop/store"
)

var st *store.Store

func find(w http.ResponseWriter, r *http.Request) {
	st.Find(r.FormValue("name"))
}

func safe(w http.ResponseWriter, r *http.Request) {
	st.FindSafe(r.FormValue("name"))
}

func main() {
	st = &store.Store{DB: new(sql.DB)}
	http.HandleFunc("/find", find)
	http.HandleFunc("/safe", safe)
	http.ListenAndServe(":8080", nil) //merlon:ignore servertimeouts behind a proxy with time-outs
}
`,
		"store/store.go": `// Package store keeps things.
package store

import "database/sql"

// ÄÖÜ: columns count characters.
type Store struct{ DB *sql.DB }

func (s *Store) Find(name string) (*sql.Rows, error) {
	/* ä */ return s.DB.Query("SELECT * FROM t WHERE name = '" + name + "'")
}

func (s *Store) FindSafe(name string) (*sql.Rows, error) {
	return s.DB.Query("SELECT * FROM t WHERE name = ?", name)
}
`,
	}
}

func TestScan(t *testing.T) {
	rep := scan(t, write(t, shop()))
	if err := rep.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := rep.Scans[0].Examined["packages"], 2; got != want {
		t.Errorf("got %v packages, want %v", got, want)
	}
	var got []string
	for _, f := range rep.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d:%d", f.Rule, f.Location.Path, f.Location.Region.Start.Line, f.Location.Region.Start.Column))
	}
	want := []string{"sast/servertimeouts main.go:24:2", "sast/sqlinjection store/store.go:10:17"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("got %q, want %q", got, want)
	}

	ignored := rep.Findings[0]
	if s := ignored.Suppressed(time.Now()); s == nil || s.Kind != report.InSource || s.Reason != "behind a proxy with time-outs" || s.Source.Region.Start.Line != 24 {
		t.Errorf("got suppression %+v", s)
	}
	if len(ignored.Fixes) != 1 || len(ignored.Fixes[0].Edits) != 2 {
		t.Errorf("got fixes %+v", ignored.Fixes)
	}

	f := rep.Findings[1]
	if got, want := f.Location.Logical, "example.com/shop/store.(*Store).Find"; len(got) != 1 || got[0].Name != want {
		t.Errorf("got logical location %v, want %v", got, want)
	}
	if len(f.Flows) != 1 || len(f.Flows[0]) < 3 {
		t.Fatalf("got flows %+v", f.Flows)
	}
	first, last := f.Flows[0][0].Location, f.Flows[0][len(f.Flows[0])-1].Location
	if first.Path != "main.go" || first.Region.Start.Line != 13 || first.Role != report.RoleSource {
		t.Errorf("got source %+v", first)
	}
	if last.Path != "store/store.go" || last.Region.Start.Line != 10 || last.Role != report.RoleSink {
		t.Errorf("got sink %+v", last)
	}
	if f.Kind != report.KindCode || f.Severity != report.High || len(f.CWEs) != 1 || f.CWEs[0] != 89 {
		t.Errorf("got kind %v, severity %v, CWEs %v", f.Kind, f.Severity, f.CWEs)
	}
}

func TestScanIsDeterministic(t *testing.T) {
	files := shop()
	for i := range 8 {
		files[fmt.Sprintf("h%d/h.go", i)] = fmt.Sprintf(`package h%d

import (
	"net/http"
	"os/exec"

	"example.com/shop/store"
)

func H(st *store.Store, w http.ResponseWriter, r *http.Request) {
	st.Find(r.FormValue("a"))
	st.Find(r.URL.Path)
	exec.Command(r.FormValue("b")).Run()
}
`, i)
	}
	dir := write(t, files)
	var first []byte
	for i := range 5 {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		runner := &report.Runner{Now: func() time.Time { return time.Unix(0, 0) }}
		rep, err := runner.Run(t.Context(), open(t, dir), s)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := (report.JSON{}).Encode(&b, rep); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatalf("run %d differs:\n%s\n%s", i, first, b.Bytes())
		}
	}
}

func TestScanGaps(t *testing.T) {
	good := "package good\n\nimport (\n\t\"net/http\"\n\t\"os/exec\"\n)\n\nfunc h(r *http.Request) { exec.Command(r.FormValue(\"x\")) }\n"
	for _, test := range []struct {
		name  string
		files map[string]string
		path  string
		want  string
	}{
		{"missing module", map[string]string{"bad/a.go": "package bad\n\nimport _ \"example.org/none\"\n"}, "bad/a.go", "go mod download"},
		{"syntax", map[string]string{"bad/a.go": "package bad\n\nfunc f() { x := }\n"}, "bad/a.go", "expected"},
		{"types", map[string]string{"bad/a.go": "package bad\n\nvar x int = \"a\"\n"}, "bad/a.go", "must compile"},
		{"broken import", map[string]string{"bad/a.go": "package bad\n\nvar x int = \"a\"\n", "use/u.go": "package use\n\nimport _ \"example.com/m/bad\"\n"}, "use/u.go", "does not load"},
		{"two packages", map[string]string{"bad/a.go": "package bad\n", "bad/b.go": "package worse\n"}, "bad/b.go", "expected package bad"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "good/g.go": good}
			for name, text := range test.files {
				files[name] = text
			}
			rep := scan(t, write(t, files))
			var gaps []string
			ok := false
			for n := range rep.Gaps() {
				gaps = append(gaps, n.String())
				ok = ok || n.Op == report.OpLoad && n.Path == test.path && strings.Contains(n.Message, test.want)
			}
			if !ok {
				t.Errorf("got gaps %q, want one at %s with %q", gaps, test.path, test.want)
			}
			if len(rep.Findings) != 1 {
				t.Errorf("got %d findings in the good package, want 1", len(rep.Findings))
			}
		})
	}
}

func TestScanModuleGaps(t *testing.T) {
	for _, test := range []struct{ name, mod, want string }{
		{"newer go", "module m\n\ngo 1.99\n", "install the Go release"},
		{"broken", "modul m\n", "go.mod"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rep := scan(t, write(t, map[string]string{"sub/go.mod": test.mod, "sub/a.go": "package a\n"}))
			n := 0
			for g := range rep.Gaps() {
				n++
				if g.Path != "sub/go.mod" || !strings.Contains(g.Message, test.want) {
					t.Errorf("got gap %v, want %q", g, test.want)
				}
			}
			if n != 1 {
				t.Errorf("got %d gaps, want 1", n)
			}
		})
	}
}

func TestScanWithoutGo(t *testing.T) {
	s, err := New(Options{Go: "no-such-go-command"})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(t.Context(), open(t, write(t, shop())))
	if !errors.Is(err, report.ErrIncomplete) || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("got %v", err)
	}
	if len(rep.Findings) != 0 {
		t.Errorf("got findings %v", rep.Findings)
	}
}

func TestScanNothing(t *testing.T) {
	rep := scan(t, write(t, map[string]string{"README.md": "x", "vendor/m/go.mod": "module m\n", "testdata/go.mod": "module m\n", "_x/go.mod": "module m\n", ".x/go.mod": "module m\n"}))
	if err := rep.Err(); err != nil || len(rep.Scans[0].Examined) != 0 || len(rep.Notices) != 0 {
		t.Errorf("got %v, examined %v, notices %v", err, rep.Scans[0].Examined, rep.Notices)
	}
}

func TestScanWithoutDirectory(t *testing.T) {
	fsys := fstest.MapFS{"app/go.mod": {Data: []byte("module m\n")}}
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Scan(t.Context(), report.NewTarget("memory", fsys)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
	image := report.NewTarget("image", fsys)
	image.Subject.Kind = "image"
	rep, err := s.Scan(t.Context(), image)
	if err != nil || len(rep.Notices) != 1 || rep.Notices[0].Path != "app/go.mod" {
		t.Errorf("got %v, notices %v, want one note", err, rep.Notices)
	}
}

func TestScanCancelled(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := s.Scan(ctx, open(t, write(t, shop()))); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestScanIncludeExclude(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		include, exclude []string
		want             string
	}{
		{nil, nil, "main.go store/store.go"},
		{[]string{"store"}, nil, ""}, // its caller, which has the source, is not examined
		{nil, []string{"store"}, "main.go"},
		{[]string{"main.go"}, nil, "main.go"},
	} {
		target := open(t, write(t, shop()))
		target.Include, target.Exclude = test.include, test.exclude
		rep, err := report.Run(t.Context(), target, s)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range rep.Findings {
			got = append(got, f.Location.Path)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("include %v, exclude %v: got %v, want %v", test.include, test.exclude, got, test.want)
		}
	}
}

func TestScanNotBuilt(t *testing.T) {
	files := shop()
	files["other/o.go"] = "//go:build plan9 && windows\n\npackage other\n"
	rep := scan(t, write(t, files))
	if err := rep.Err(); err != nil {
		t.Fatal(err)
	}
	if len(rep.Notices) != 1 || !strings.Contains(rep.Notices[0].Message, "other/o.go") {
		t.Errorf("got notices %v, want one about other/o.go", rep.Notices)
	}
}

func TestScanWorkspace(t *testing.T) {
	files := map[string]string{
		"go.work":  "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod": "module example.com/a\n\ngo 1.26\n",
		"b/go.mod": "module example.com/b\n\ngo 1.26\n",
		"c/go.mod": "module example.com/c\n\ngo 1.26\n", // not in the workspace
		"c/c.go":   "package c\n",
	}
	for name, text := range shop() {
		if name == "main.go" {
			files["a/main.go"] = strings.ReplaceAll(text, "example.com/shop", "example.com/b")
		} else if name != "go.mod" {
			files["b/"+name] = text
		}
	}
	rep := scan(t, write(t, files))
	if err := rep.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range rep.Findings {
		got = append(got, f.Location.Path)
	}
	if want := "a/main.go b/store/store.go"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := rep.Scans[0].Examined["packages"]; got != 3 {
		t.Errorf("got %v packages, want 3", got)
	}
}
