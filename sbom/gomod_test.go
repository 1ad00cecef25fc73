package sbom_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestGoMod(t *testing.T) {
	const text = "\ufeff// a comment\r\nmodule \"example.com/m\" // quoted\r\n\r\ngo 1.21.3\r\ntoolchain go1.22.1\r\n" +
		"require (\r\n\tgithub.com/BurntSushi/toml v1.3.2\r\n\tgolang.org/x/net v0.1.0 // indirect\r\n\texample.com/old v1.0.0 // indirect; why\r\n)\r\n" +
		"require example.com/here v0.0.0-00010101000000-000000000000\r\nrequire `example.com/raw` v1.0.0+incompatible//indirect\r\n" +
		"replace example.com/old v1.0.0 => example.com/new v1.1.0\r\nreplace (\r\n\texample.com/here => ./here\r\n\texample.com/unused => ../x\r\n)\r\n" +
		"exclude golang.org/x/net v0.0.9\r\nretract [v1.0.0, v1.1.0] // oops\r\ntool example.com/raw/cmd\r\ngodebug default=go1.21\r\nignore ./web\r\n"
	rep := scan(t, tree(map[string]string{"sub/go.mod": text}))
	checkGraph(t, rep)
	want := []string{
		"example.com/here", "example.com/m", "example.com/new@v1.1.0", "example.com/raw@v1.0.0+incompatible",
		"github.com/BurntSushi/toml@v1.3.2", "golang.org/x/net@v0.1.0",
	}
	if got := names(rep); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	tests := []struct {
		name, purl, eco string
		direct          bool
		line            int
		prop            string
	}{
		{"github.com/BurntSushi/toml", "pkg:golang/github.com/BurntSushi/toml@v1.3.2", "Go", true, 7, ""},
		{"golang.org/x/net", "pkg:golang/golang.org/x/net@v0.1.0", "Go", false, 8, ""},
		{"example.com/new", "pkg:golang/example.com/new@v1.1.0", "Go", false, 9, `"example.com/old@v1.0.0"`},
		{"example.com/here", "pkg:golang/example.com/here", "", true, 11, `"./here"`},
		{"example.com/raw", "pkg:golang/example.com/raw@v1.0.0%2Bincompatible", "Go", false, 12, ""},
	}
	for _, tt := range tests {
		c := find(t, rep, tt.name)
		prop := string(c.Props["merlon:go:replaces"]) + string(c.Props["merlon:go:replacedBy"])
		if c.PURL != tt.purl || c.Ecosystem != tt.eco || c.Direct != tt.direct || c.Found[0].Region.Start.Line != tt.line || prop != tt.prop {
			t.Errorf("%s: got %s %q direct %v line %d %s, want %+v", tt.name, c.PURL, c.Ecosystem, c.Direct, c.Found[0].Region.Start.Line, prop, tt)
		}
	}
	if root := find(t, rep, "example.com/m"); root.ID != "pkg:golang/example.com/m#sub/go.mod" || root.Type != "application" || len(root.DependsOn) != 5 {
		t.Errorf("got root %+v", root)
	}
}

func TestGoModMistakes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "go.mod: no module directive"},
		{"module m\ngo 1.20\nrequire x\n", "go.mod:3: require: want a path and a version"},
		{"module m\ngo 1.20\nrequire (\n\tx v1.0.0\n", "go.mod:3: require block without end"},
		{"module m\ngo 1.20\n<<<<<<< HEAD\nrequire x v1.0.0\n", "go.mod:3: merge conflict marker"},
		{"module m\ngo 1.20\nreplace x => y\n", "go.mod:3: replace: y is no directory and has no version"},
		{"module m\nmodule n\ngo 1.20\n", "go.mod:2: module: a second one"},
		{"module \"m\ngo 1.20\n", "go.mod:1: quotation mark without end"},
		{"module m\ngo 1.20\nrequire x v1.0.0\x00\n", "NUL byte in line 3"},
		{"module m\ngo 1.16\nrequire x v1.0.0\n", "there is no go.sum"},
		{"module m\n" + strings.Repeat("x\n", 30), "and 20 more mistakes"},
	}
	for _, tt := range tests {
		rep, _ := inventory(t, tree(map[string]string{"go.mod": tt.text}))
		if got := gaps(rep); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), tt.want) {
			t.Errorf("%q: got gaps %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestGoModNotBuilt(t *testing.T) {
	files := map[string]string{}
	for _, dir := range []string{"vendor/x", "a/testdata/b", "_old", "web/node_modules/y"} {
		files[dir+"/go.mod"] = "broken"
	}
	if rep := scan(t, tree(files)); len(rep.Components) != 0 {
		t.Errorf("got %q, want none", names(rep))
	}
}

func TestGoSumBefore117(t *testing.T) {
	const sum = `example.com/a v1.0.0 h1:x=
example.com/a v1.0.0/go.mod h1:x=
example.com/b v1.9.0 h1:x=
example.com/b v1.10.0-rc.1 h1:x=
example.com/b v1.10.0 h1:x=
example.com/b v1.11.0/go.mod h1:x=
example.com/c v1.0.0/go.mod h1:x=
`
	rep := scan(t, tree(map[string]string{"go.mod": "module m\ngo 1.16\nrequire example.com/a v1.0.0\n", "go.sum": sum}))
	if got, want := names(rep), []string{"example.com/a@v1.0.0", "example.com/b@v1.10.0", "m"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	b := find(t, rep, "example.com/b")
	if b.Direct || string(b.Props["merlon:go:from"]) != `"go.sum"` || b.Found[0].Path != "go.sum" || b.Found[0].Region.Start.Line != 5 {
		t.Errorf("got %+v, want an indirect module marked as from go.sum line 5", b)
	}
	rep = scan(t, tree(map[string]string{"go.mod": "module m\ngo 1.17\nrequire example.com/a v1.0.0\n", "go.sum": sum}))
	if got := len(rep.Components); got != 2 {
		t.Errorf("go 1.17: got %d components, want 2: go.sum is not read", got)
	}
}

func TestGoModReal(t *testing.T) {
	rep := scan(t, os.DirFS(shared(t, "manifests/Go")))
	checkGraph(t, rep)
	roots := map[string]int{}
	for _, c := range rep.Components {
		if c.Root == "" {
			roots[c.Name] = 0
		}
	}
	for _, c := range rep.Components {
		if c.PURL == "" {
			t.Errorf("%s has no purl", c.ID)
		}
	}
	if len(roots) != 4 {
		t.Errorf("got roots %v, want 4", fmt.Sprint(roots))
	}
}

func componentByID(rep *report.Report, id string) *report.Component {
	for _, c := range rep.Components {
		if c.ID == id {
			return c
		}
	}
	return nil
}
