package sast

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/report"
)

var update = flag.Bool("update", false, "write RULES.md")

// manual is RULES.md.
func manual() []byte {
	var b bytes.Buffer
	b.WriteString("# Rules of package sast\n\nMade of `sast.Rules()` by `go test ./sast -update`; do not edit.\n\n| rule | finds | severity | CWE | gosec |\n|---|---|---|---|---|\n")
	gosec := map[string][]string{}
	for _, id := range []string{"G112", "G114", "G201", "G202", "G204", "G402", "G701", "G702"} {
		gosec[ofGosec(id)] = append(gosec[ofGosec(id)], id)
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %d | %s |\n", r.ID, analyzerName(r.ID), r.Title, r.Severity, r.CWEs[0], strings.Join(gosec[r.ID], ", "))
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. Severity %s, CWE-%d.\n\n%s\n", analyzerName(r.ID), r.Title, r.Severity, r.CWEs[0], r.Help)
	}
	return b.Bytes()
}

func TestManual(t *testing.T) {
	if *update {
		if err := os.WriteFile("RULES.md", manual(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, manual()) {
		t.Error("RULES.md is stale: run go test ./sast -update")
	}
}

// Each rule has an analyzer of its name, a file, a section of the manual and test data.
func TestRulesAreComplete(t *testing.T) {
	var names []string
	for _, a := range Recommended() {
		names = append(names, a.Name)
	}
	for _, r := range Rules() {
		name := analyzerName(r.ID)
		if !slices.Contains(names, name) {
			t.Errorf("%s: no analyzer", r.ID)
		}
		if r.Kind != report.KindCode || r.Severity == report.Unrated || len(r.CWEs) == 0 || r.Title == "" || r.URL != home+name {
			t.Errorf("%s: got %+v", r.ID, r)
		}
		for _, word := range []string{"Bad:", "Good", "Ignore it"} {
			if !strings.Contains(r.Help, word) {
				t.Errorf("%s: no %q in Help", r.ID, word)
			}
		}
		for _, name := range []string{name + ".go", filepath.Join("testdata", "src", name)} {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
		examplesParse(t, r)
	}
	if !slices.IsSorted(names) {
		t.Errorf("got analyzers %v, not in order", names)
	}
}

// examplesParse checks that the code of a rule's help is Go.
func examplesParse(t *testing.T, r report.Rule) {
	t.Helper()
	for _, para := range strings.Split(r.Help, "\n\n") {
		if !strings.HasPrefix(para, "\t") {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "x.go", "package p\nfunc f() {\n"+para+"\n}", 0); err != nil && !strings.Contains(para, "&tls.Config") {
			t.Errorf("%s: example does not parse: %v\n%s", r.ID, err, para)
		}
	}
}

func TestRecommendedIsMadeAnew(t *testing.T) {
	a, b := Recommended(), Recommended()
	for i := range a {
		if a[i] == b[i] {
			t.Errorf("%s is shared", a[i].Name)
		}
		for _, req := range a[i].Requires {
			if len(req.FactTypes) > 0 && slices.Contains(b[i].Requires, req) {
				t.Errorf("%s: the engine is shared", a[i].Name)
			}
		}
	}
	if err := analysis.Validate(a); err != nil {
		t.Error(err)
	}
}

func TestNewErrors(t *testing.T) {
	own := &analysis.Analyzer{Name: "own", Doc: "own", Run: func(*analysis.Pass) (any, error) { return nil, nil }}
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Analyzers: []*analysis.Analyzer{{Name: "x y", Doc: "d"}}}, "Analyzers"},
		{Options{Patterns: []string{"-toolexec=x"}}, "Patterns"},
		{Options{Analyzers: []*analysis.Analyzer{own}, Rules: map[*analysis.Analyzer]report.Rule{own: {}}}, "Rules"},
	} {
		if _, err := New(test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("New(%+v) = %v, want an error about %s", test.o, err, test.want)
		}
	}
}

// An analyzer of somebody else runs beside ours, and comments work for it.
func TestForeignAnalyzer(t *testing.T) {
	own := &analysis.Analyzer{
		Name: "nopanic", Doc: "no panic in libraries\n\nReturn an error.",
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.Files {
				ast.Inspect(f, func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok {
						if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
							pass.Report(analysis.Diagnostic{Pos: c.Pos(), End: c.End(), Message: "panic", Related: []analysis.RelatedInformation{{Pos: id.Pos(), Message: "here"}}})
						}
					}
					return true
				})
			}
			return nil, nil
		},
	}
	s, err := New(Options{Analyzers: append(Recommended(), own)})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(t.Context(), open(t, write(t, map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"a.go":   "package a\n\nfunc f() { panic(1) }\n\nfunc g() { panic(2) } //merlon:ignore nopanic it cannot happen\n",
	})))
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Findings) != 2 || rep.Findings[0].Rule != "nopanic" || len(rep.Findings[0].Related) != 1 || len(rep.Findings[0].Suppressions) != 0 || len(rep.Findings[1].Suppressions) != 1 {
		t.Errorf("got %+v", rep.Findings)
	}
	if r := rep.Rules[0]; r.Title != "no panic in libraries" || r.Help != "Return an error." {
		t.Errorf("got rule %+v", r)
	}
}

// An analyzer that panics on one package leaves a gap there.
func TestPanickingAnalyzer(t *testing.T) {
	own := &analysis.Analyzer{Name: "own", Doc: "own", Run: func(pass *analysis.Pass) (any, error) {
		if pass.Pkg.Name() == "b" {
			panic("broken")
		}
		pass.Reportf(pass.Files[0].Package, "seen")
		return nil, nil
	}}
	s, err := New(Options{Analyzers: []*analysis.Analyzer{own}})
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := s.Scan(t.Context(), open(t, write(t, map[string]string{
		"go.mod": "module m\n\ngo 1.26\n", "a/a.go": "package a\n", "b/b.go": "package b\n",
	})))
	n := 0
	for g := range rep.Gaps() {
		n++
		if g.Op != report.OpPanic || g.Path != "b" {
			t.Errorf("got gap %v", g)
		}
	}
	if n != 1 || len(rep.Findings) != 1 {
		t.Errorf("got %d gaps and %d findings, want 1 and 1", n, len(rep.Findings))
	}
}
