package merlon_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/glob"
)

// treeFiles returns the files of the tree by path, what git ignores left out.
func treeFiles(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(".gitignore")
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := glob.CompileAll(strings.Fields(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git" || name != "." && ignored.Match(name):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir():
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The top level is that of the design, and nothing else.
func TestTopLevel(t *testing.T) {
	allowed := strings.Fields(`.ci .gitignore CHANGELOG.md LICENSE README.md SECURITY.md go.mod go.sum
		doc.go example_test.go api_test.go catalogue_test.go code_test.go deps_test.go tree_test.go testdata
		report sast sbom sca container secrets policy examples internal`)
	seen := map[string]bool{}
	for _, name := range treeFiles(t) {
		top, _, _ := strings.Cut(name, "/")
		if !slices.Contains(allowed, top) && !seen[top] {
			t.Errorf("%s does not belong into the root", top)
		}
		seen[top] = true
	}
	for _, name := range allowed {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestFiles(t *testing.T) {
	const most = 1 << 20
	for _, name := range treeFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(text) > most {
			t.Errorf("%s has %d bytes; at most %d belong into a repository", name, len(text), most)
		}
		if path.Ext(name) == ".go" && !strings.Contains("/"+name, "/testdata/") {
			if formatted, err := format.Source(text); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if !bytes.Equal(formatted, text) {
				t.Errorf("%s is not gofmt'd", name)
			}
		}
		// A nested module that uses this one uses the one beside it.
		if path.Base(name) == "go.mod" && name != "go.mod" && bytes.Contains(text, []byte(modulePath+" ")) {
			up := strings.TrimSuffix(strings.Repeat("../", strings.Count(name, "/")), "/")
			if want := "replace " + modulePath + " => " + up; !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: want %q", name, want)
			}
		}
	}
}

// Each package says what it is; public ones in a doc.go of 10 to 40 lines.
func TestPackageComments(t *testing.T) {
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		var docs []string
		var text string
		for i, f := range p.Syntax {
			if f.Doc != nil {
				docs = append(docs, filepath.Base(p.GoFiles[i]))
				text = f.Doc.Text()
			}
		}
		start := "Package " + p.Name + " "
		if p.Name == "main" {
			start = "Command " + path.Base(rel) + " "
		}
		switch {
		case len(docs) == 0:
			t.Errorf("%s has no package comment", rel)
		case len(docs) > 1:
			t.Errorf("%s has package comments in %v", rel, docs)
		case !strings.HasPrefix(text, start):
			t.Errorf("%s: its comment begins %.30q, want %q", rel, text, start)
		case isInternal(rel) || p.Name == "main":
		case docs[0] != "doc.go":
			t.Errorf("%s has its comment in %s, want doc.go", rel, docs[0])
		default:
			// The rule manual of sast is its package comment.
			if n := strings.Count(text, "\n"); n < 10 || n > 40 && rel != "sast" {
				t.Errorf("%s: its comment has %d lines, want 10 to 40", rel, n)
			}
		}
	}
}

// testFuncs returns the names of functions in a package's test files, and
// what the files call as package.Function.
func testFuncs(t *testing.T, dir string) (funcs []string, calls map[string]bool) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	calls = map[string]bool{}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil {
				funcs = append(funcs, fd.Name.Name)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok {
					calls[x.Name+"."+sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	return funcs, calls
}

func hasPrefix(prefix string) func(string) bool {
	return func(s string) bool { return strings.HasPrefix(s, prefix) }
}

func TestExamples(t *testing.T) {
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		if p.Name == "main" || isInternal(rel) {
			continue
		}
		if funcs, _ := testFuncs(t, rel); !slices.Contains(funcs, "Example") {
			t.Errorf("%s has no Example", rel)
		}
	}
}

// parsers are the packages that read what somebody else wrote.
var parsers = map[string]string{
	"report":          "JSON, SARIF, patches, globs of a target, .git/config",
	"report/git":      "names in git trees",
	"policy":          "waivers and predicates",
	"policy/gatefile": "merlon.yaml",
	"secrets":         "any text",
	"sbom":            "lock files, package databases, Go binaries",
	"sca":             "OSV records, databases",
	"sca/version":     "versions of every ecosystem",
	"container":       "image archives and layers",
	"internal/glob":   "patterns",
	"internal/purl":   "package URLs",
	"internal/walk":   "links",
}

func TestFuzzTargets(t *testing.T) {
	for rel, what := range parsers {
		if funcs, _ := testFuncs(t, rel); !slices.ContainsFunc(funcs, hasPrefix("Fuzz")) {
			t.Errorf("%s parses %s and has no fuzz target", rel, what)
		}
	}
}

// lossy are formats that keep a part of a report by their nature, which the
// kit does not let pass; their packages test what they keep.
var lossy = map[string]bool{"sbom.CycloneDX": true} // components, and findings about them

// Scanners and formats are tested with the kit that others are asked to use.
func TestAcceptanceKitIsUsed(t *testing.T) {
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		if p.Name == "main" || isInternal(rel) {
			continue
		}
		_, calls := testFuncs(t, rel)
		for _, name := range p.Types.Scope().Names() {
			o, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
			if !ok || !o.Exported() || types.IsInterface(o.Type()) {
				continue
			}
			methods := types.NewMethodSet(types.NewPointer(o.Type()))
			if takes(methods.Lookup(p.Types, "Scan"), "report.Target") && !calls["reporttest.TestScanner"] && !calls["reporttest.TestScannerOn"] {
				t.Errorf("%s.%s is a scanner that reporttest.TestScanner does not test", rel, name)
			}
			if takes(methods.Lookup(p.Types, "Encode"), "report.Report") && !calls["reporttest.TestFormat"] && !lossy[rel+"."+name] {
				t.Errorf("%s.%s is a format that reporttest.TestFormat does not test", rel, name)
			}
		}
	}
}

// takes reports whether the last parameter of a method is a pointer to a type of ours.
func takes(m *types.Selection, typ string) bool {
	if m == nil {
		return false
	}
	params := m.Obj().(*types.Func).Signature().Params()
	return params.Len() > 0 && types.TypeString(params.At(params.Len()-1).Type(), nil) == "*"+modulePath+"/"+typ
}
