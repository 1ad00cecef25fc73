package sast

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/report"
)

// A locator turns positions of one package into locations in the target.
type locator struct {
	root   string // of the target, absolute
	real   string // root with links resolved
	loader *loader
	p      *loaded
}

// rel is the path of a file in the target, "" outside it.
func (l *locator) rel(name string) string {
	for _, root := range []string{l.root, l.real} {
		if within(root, name) {
			if rel, err := filepath.Rel(root, name); err == nil {
				return filepath.ToSlash(rel)
			}
		}
	}
	return ""
}

// at is the location of what is between two positions.
func (l *locator) at(pos, end token.Pos) report.Location {
	if !pos.IsValid() {
		return report.Location{}
	}
	p := l.loader.fset.PositionFor(pos, false)
	name := l.rel(p.Filename)
	if name == "" { // what cgo made: the place that it was made from
		p = l.loader.fset.Position(pos)
		if name = l.rel(p.Filename); name == "" {
			return report.Location{}
		}
		return report.Location{Path: name, Region: report.Region{Start: report.Position{Line: p.Line}}}
	}
	to := p.Offset
	if end.IsValid() {
		to = l.loader.fset.PositionFor(end, false).Offset
	}
	return report.Location{Path: name, Region: report.RegionOf(l.p.texts[p.Filename], p.Offset, to), Logical: logical(l.p.ImportPath, enclosing(l.p.files, pos))}
}

// place is the location of a place of the taint engine, which may be in
// another package.
func (l *locator) place(p taint.Place) report.Location {
	if p.Pos.IsValid() {
		return l.at(p.Pos, p.End)
	}
	s := l.source(p)
	if s == nil {
		return report.Location{Message: p.Package + " " + position(p)}
	}
	start, end := s.offset(p.Line, p.Column), s.offset(p.EndLine, p.EndCol)
	loc := report.Location{Path: s.path, Region: report.RegionOf(s.text, start, end)}
	if f := s.parsed(); f != nil {
		loc.Logical = logical(p.Package, enclosing([]*ast.File{f}, f.FileStart+token.Pos(start)))
	}
	return loc
}

// foreign is a source file of another package of the target.
type foreign struct {
	name, path string
	text       []byte
	fset       *token.FileSet
	file       *ast.File
}

// source reads the file that a place of another package is in; nil if that is
// no file of the target.
func (l *locator) source(p taint.Place) *foreign {
	dep := l.loader.byID[p.Package]
	if dep == nil || p.Line == 0 {
		return nil
	}
	name := filepath.Join(dep.Dir, p.File)
	rel := l.rel(name)
	if rel == "" {
		return nil
	}
	text, err := l.loader.read(name)
	if err != nil {
		return nil
	}
	return &foreign{name: name, path: rel, text: text}
}

func (s *foreign) parsed() *ast.File {
	if s.file == nil {
		s.fset = token.NewFileSet()
		s.file, _ = parser.ParseFile(s.fset, s.name, s.text, parser.ParseComments|parser.SkipObjectResolution)
	}
	return s.file
}

// offset is that of a line and column in bytes.
func (s *foreign) offset(line, column int) int {
	at := 0
	for text := string(s.text); line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return at + column - 1
}

// enclosing is the declaration of the function around pos.
func enclosing(files []*ast.File, pos token.Pos) *ast.FuncDecl {
	for _, f := range files {
		if pos < f.FileStart || f.FileEnd < pos {
			continue
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Pos() <= pos && pos < fd.End() {
				return fd
			}
		}
	}
	return nil
}

// logical names a function: "example.com/shop.(*Server).find".
func logical(pkg string, fd *ast.FuncDecl) []report.Logical {
	if fd == nil {
		return nil
	}
	name := fd.Name.Name
	if fd.Recv != nil && len(fd.Recv.List) > 0 {
		t, star := fd.Recv.List[0].Type, false
		if s, ok := t.(*ast.StarExpr); ok {
			t, star = s.X, true
		}
		switch x := t.(type) {
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		}
		if id, ok := t.(*ast.Ident); ok {
			recv := id.Name
			if star {
				recv = "(*" + recv + ")"
			}
			name = recv + "." + name
		}
	}
	return []report.Logical{{Kind: "function", Name: pkg + "." + name}}
}

// realPath is a directory with its links resolved, as it is if that fails.
func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}
