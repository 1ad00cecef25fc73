package sast

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// A loader type-checks the packages of one module run, with what they import
// from export data, which packages share.
type loader struct {
	root  string // of the target, links resolved
	fset  *token.FileSet
	sizes types.Sizes
	byID  map[string]*listed

	mu       sync.Mutex
	imported map[string]*types.Package
}

// loaded is a package with its syntax and types.
type loaded struct {
	*listed
	files []*ast.File
	pkg   *types.Package
	info  *types.Info
	texts map[string][]byte // by file name
}

// placed is an error at a place in a file.
type placed struct {
	file string // absolute; empty if not known
	line int
	err  error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

// maxFile bounds a source file, in bytes.
const maxFile = 64 << 20

// load parses and type-checks a package.
func (l *loader) load(ctx context.Context, p *listed) (*loaded, error) {
	lp := &loaded{listed: p, texts: map[string][]byte{}}
	names := p.CompiledGoFiles
	if len(names) == 0 {
		names = p.GoFiles
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		text, err := l.read(name)
		if err != nil {
			return lp, &placed{file: name, err: err}
		}
		lp.texts[name] = text
		f, err := parser.ParseFile(l.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if f != nil {
			lp.files = append(lp.files, f)
		}
		if err != nil {
			var list scanner.ErrorList
			if errors.As(err, &list) && len(list) > 0 {
				return lp, &placed{name, list[0].Pos.Line, errors.New(list[0].Msg)}
			}
			return lp, &placed{file: name, err: err}
		}
	}
	lp.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: importer{l, p}, Sizes: l.sizes}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	var first error
	conf.Error = func(err error) {
		if first == nil {
			first = err
		}
	}
	pkg, err := conf.Check(p.ImportPath, l.fset, lp.files, lp.info)
	if first == nil {
		first = err
	}
	if first != nil {
		if te, ok := errors.AsType[types.Error](first); ok && te.Pos.IsValid() {
			pos := l.fset.Position(te.Pos)
			return lp, &placed{pos.Filename, pos.Line, errors.New(te.Msg)}
		}
		return lp, first
	}
	lp.pkg = pkg
	return lp, nil
}

// read reads a source file, and none that a link in the target leads to elsewhere.
func (l *loader) read(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&os.ModeSymlink != 0 {
		to, err := filepath.EvalSymlinks(name)
		if err != nil {
			return nil, err
		}
		if within(l.root, name) && !within(l.root, to) {
			return nil, errors.New("a link out of the tree is not followed")
		}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	return text, err
}

// within reports whether name is in dir.
func within(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// release forgets the positions of a package's files.
func (l *loader) release(p *loaded) {
	for _, f := range p.files {
		if tf := l.fset.File(f.FileStart); tf != nil {
			l.fset.RemoveFile(tf)
		}
	}
}

// importer reads what a package imports.
type importer struct {
	l *loader
	p *listed
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if to, ok := i.p.ImportMap[path]; ok {
		path = to
	}
	l := i.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if pkg := l.imported[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	dep := l.byID[path]
	if dep == nil || dep.Export == "" {
		return nil, missing(path, dep)
	}
	f, err := os.Open(dep.Export)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 Read alone takes the files of Go 1.29; those of today are archives
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	return gcexportdata.Read(r, l.fset, l.imported, path)
}

// missing says why a package could not be imported.
func missing(path string, dep *listed) error {
	if dep != nil && dep.Error != nil {
		return fmt.Errorf("%s does not load: %s", path, firstLine(dep.Error.Err))
	}
	if dep != nil && len(dep.DepsErrors) > 0 {
		return fmt.Errorf("%s does not load: %s", path, firstLine(dep.DepsErrors[0].Err))
	}
	return fmt.Errorf("%s was not compiled", path)
}

// firstLine is the first line of a message that says something.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return strings.TrimSuffix(line, "; to add it:")
		}
	}
	return "unknown error"
}
