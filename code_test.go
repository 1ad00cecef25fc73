package merlon_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// banned are functions and variables that a library must not use.
var banned = map[string]string{
	"os.Exit": "return an error", "os.Stdout": "take an io.Writer", "os.Stderr": "take an io.Writer",
	"fmt.Print": "take an io.Writer", "fmt.Printf": "take an io.Writer", "fmt.Println": "take an io.Writer",
	"log.": "use Target.Logger", "flag.": "take options",
	"log/slog.Debug": "use Target.Logger", "log/slog.Info": "use Target.Logger", "log/slog.Warn": "use Target.Logger",
	"log/slog.Error": "use Target.Logger", "log/slog.Log": "use Target.Logger", "log/slog.LogAttrs": "use Target.Logger",
	"log/slog.DebugContext": "use Target.Logger", "log/slog.InfoContext": "use Target.Logger", "log/slog.WarnContext": "use Target.Logger",
	"log/slog.ErrorContext": "use Target.Logger", "log/slog.Default": "use Target.Logger", "log/slog.SetDefault": "use Target.Logger",
	"net/http.DefaultClient": "take a client", "net/http.Get": "take a client", "net/http.Post": "take a client", "net/http.Head": "take a client",
	"net/http.PostForm": "take a client", "net/http.DefaultServeMux": "make one", "net/http.Handle": "make a mux", "net/http.HandleFunc": "make a mux",
	"expvar.": "it registers", "time.AfterFunc": "it starts a goroutine: internal/work does",
	"context.AfterFunc": "it starts a goroutine: internal/work does", "sync.WaitGroup.Go": "internal/work starts goroutines",
}

// exempt says who may all the same, and why.
var exempt = map[string]string{
	"report/reporttest go":                  "a scan that hangs cannot be waited for",
	"report/reporttest os.Stdout":           "it looks whether a scanner writes there",
	"report/reporttest os.Stderr":           "it looks whether a scanner writes there",
	"report/reporttest log.Writer":          "it looks whether a scanner writes there",
	"report/reporttest log.Flags":           "it looks whether a scanner writes there",
	"report/reporttest log.SetOutput":       "it looks whether a scanner writes there",
	"report/reporttest log.SetFlags":        "it looks whether a scanner writes there",
	"report/reporttest log/slog.Default":    "it looks whether a scanner writes there",
	"report/reporttest log/slog.SetDefault": "it looks whether a scanner writes there",
	"internal/work sync.WaitGroup.Go":       "it is the place for goroutines",
}

// TestLibraryCode: no init, no exit, nothing printed or logged, no goroutines
// outside internal/work, no package variable that changes, no placeholders.
func TestLibraryCode(t *testing.T) {
	needed := map[string]bool{}
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		if p.Name == "main" {
			continue
		}
		tell := func(n ast.Node, what, instead string) {
			if _, ok := exempt[rel+" "+what]; ok {
				needed[rel+" "+what] = true
				return
			}
			t.Errorf("%s: %s: %s", position(p, n), what, instead)
		}
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				checkNode(p, n, tell)
				return true
			})
		}
	}
	for key := range exempt {
		if !needed[key] {
			t.Errorf("%s: the exemption is not needed any more", key)
		}
	}
}

func position(p *packages.Package, n ast.Node) string {
	pos := p.Fset.Position(n.Pos())
	return fmt.Sprintf("%s/%s:%d", relative(p.PkgPath), filepath.Base(pos.Filename), pos.Line)
}

func checkNode(p *packages.Package, n ast.Node, tell func(n ast.Node, what, instead string)) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name == "init" && n.Recv == nil {
			tell(n, "func init", "build it in New, or return it from a function")
		}
	case *ast.GoStmt:
		tell(n, "go", "internal/work starts goroutines")
	case *ast.Ident:
		if what, instead := bannedUse(p.TypesInfo.Uses[n]); what != "" {
			tell(n, what, instead)
		}
	case *ast.CallExpr:
		id, ok := n.Fun.(*ast.Ident)
		if !ok || len(n.Args) == 0 {
			return
		}
		if b, ok := p.TypesInfo.Uses[id].(*types.Builtin); ok {
			lit, _ := n.Args[0].(*ast.BasicLit)
			switch {
			case b.Name() == "print", b.Name() == "println":
				tell(n, b.Name(), "take an io.Writer")
			case b.Name() == "panic" && lit != nil && strings.Contains(lit.Value, "skeleton"):
				tell(n, "panic(skeleton)", "write it")
			}
		}
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, left := range n.Lhs {
				checkState(p, left, tell)
			}
		}
	case *ast.IncDecStmt:
		checkState(p, n.X, tell)
	}
}

func bannedUse(o types.Object) (what, instead string) {
	if o == nil || o.Pkg() == nil {
		return "", ""
	}
	name := o.Pkg().Path() + "." + o.Name()
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		if name = strings.TrimPrefix(f.FullName(), "(*"); name != "sync.WaitGroup).Go" {
			return "", ""
		}
		name = "sync.WaitGroup.Go"
	} else if o.Parent() != o.Pkg().Scope() {
		return "", "" // a field, a parameter
	}
	if instead, ok := banned[name]; ok {
		return name, instead
	}
	if _, typ := o.(*types.TypeName); typ {
		return "", ""
	}
	if instead, ok := banned[o.Pkg().Path()+"."]; ok {
		return name, instead
	}
	return "", ""
}

// checkState reports an assignment to a package variable, or to a part of one.
func checkState(p *packages.Package, e ast.Expr, tell func(n ast.Node, what, instead string)) {
	for {
		switch x := e.(type) {
		case *ast.IndexExpr:
			e = x.X
			continue
		case *ast.SelectorExpr:
			if _, ok := x.X.(*ast.Ident); ok && p.TypesInfo.Selections[x] == nil {
				e = x.Sel // another package's
			} else {
				e = x.X
			}
			continue
		case *ast.StarExpr:
			e = x.X
			continue
		case *ast.ParenExpr:
			e = x.X
			continue
		case *ast.Ident:
			if v, ok := p.TypesInfo.Uses[x].(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				name := v.Name()
				if v.Pkg() != p.Types {
					name = v.Pkg().Path() + "." + name
				}
				if _, allowed := exempt[relative(p.PkgPath)+" "+name]; !allowed {
					tell(x, "package variable "+name, "it is shared by all users of the package; no state there")
				}
			}
		}
		return
	}
}

// foreign are types of other modules that stand in exported signatures, each
// in the one package that is about them.
var foreign = map[string][]string{
	"sast":      {"golang.org/x/tools/go/analysis"},
	"container": {"github.com/google/go-containerregistry/pkg/v1", "github.com/google/go-containerregistry/pkg/authn"},
	"sbom":      {"github.com/CycloneDX/cyclonedx-go"},
}

func TestExportedTypes(t *testing.T) {
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		if p.Name == "main" || isInternal(rel) {
			continue
		}
		for _, line := range features(p.Types) {
			for _, m := range qualified.FindAllStringSubmatch(line, -1) {
				switch from := strings.TrimLeft(m[1], "."); {
				case !strings.Contains(from, "."), slices.Contains(foreign[rel], from): // standard library
				case !strings.HasPrefix(from, modulePath+"/"):
					t.Errorf("%s: type of another module in the API: %s", rel, line)
				case isInternal(relative(from)):
					t.Errorf("%s: internal type in the API, which nobody can name: %s", rel, line)
				}
			}
		}
	}
}

// qualified finds the package of a type in a line of features.
var qualified = regexp.MustCompile(`((?:[\w.-]+/)+[\w.-]+)\.[A-Z]\w*`)
