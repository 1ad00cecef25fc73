package sbom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/glob"
	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// A Cataloger reads one format. It is data and pure functions.
type Cataloger struct {
	Name  string   // short and unique, such as "npm-lock"
	Names []string // globs of slash-separated paths ("*.lock" is any file of that name); empty: by Magic
	Magic []string // first bytes of the file, for binaries; empty: by Names. A file of less than 1 KiB has none

	// Parse yields the components of one file of t.FS, DependsOn by ID. Each
	// has a Root that is among them, is itself a root (Root empty), or both
	// where a file describes an application and what it is made of. An error
	// that is a *report.Error concerns the file; any other ends the scan.
	// t serves neighbours, such as parent files. Parse is called side by side.
	Parse func(ctx context.Context, t *report.Target, path string) iter.Seq2[*report.Component, error]
}

// DefaultCatalogers returns a new slice of all catalogers of this package:
// Go modules and binaries, npm lock files, and the package databases of dpkg
// and apk. They run nothing and contact no one.
func DefaultCatalogers() []Cataloger {
	return []Cataloger{goMod(), goBinary(), npmLock(), dpkg(), apk()}
}

// cataloger is a Cataloger with its patterns compiled.
type cataloger struct {
	Cataloger
	names glob.Set
}

func compile(list []Cataloger) ([]cataloger, error) {
	var errs errlist.List
	seen := map[string]bool{}
	out := make([]cataloger, 0, len(list))
	for i, c := range list {
		switch {
		case c.Name == "":
			errs.Addf("Catalogers[%d]: no Name", i)
		case seen[c.Name]:
			errs.Addf("Catalogers[%d]: Name %q twice", i, c.Name)
		case c.Parse == nil:
			errs.Addf("cataloger %s: no Parse", c.Name)
		case len(c.Names)+len(c.Magic) == 0:
			errs.Addf("cataloger %s: neither Names nor Magic", c.Name)
		}
		seen[c.Name] = true
		for _, m := range c.Magic {
			if m == "" || len(m) > maxMagic {
				errs.Addf("cataloger %s: Magic %q: 1 to %d bytes", c.Name, m, maxMagic)
			}
		}
		set, err := glob.CompileAll(c.Names)
		if err != nil {
			errs.Addf("cataloger %s: Names: %w", c.Name, err)
		}
		out = append(out, cataloger{c, set})
	}
	return out, errs.Err()
}

const (
	maxMagic  = 64
	minBinary = 1 << 10 // bytes; no executable is smaller
)

// byName returns the catalogers that want a file for its name.
func (s *Scanner) byName(name string) (list []*cataloger) {
	for i := range s.catalogers {
		if c := &s.catalogers[i]; c.names.Match(name) {
			list = append(list, c)
		}
	}
	return list
}

// wants reports whether a file has to be opened.
func (s *Scanner) wants(name string) bool {
	magic := false
	for i := range s.catalogers {
		c := &s.catalogers[i]
		if c.names.Match(name) {
			return true
		}
		magic = magic || len(c.Magic) > 0
	}
	return magic && !text(name)
}

// text reports whether a name says that the file is text: opening every source
// file for its first bytes would cost more than all parsing.
func text(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".go", ".mod", ".sum", ".c", ".cc", ".cpp", ".h", ".hpp", ".s", ".rs", ".py", ".rb", ".java", ".kt", ".cs", ".php", ".pl", ".swift", ".scala",
		".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".css", ".scss", ".less", ".html", ".htm", ".vue", ".svg", ".map",
		".json", ".yaml", ".yml", ".toml", ".xml", ".ini", ".cfg", ".conf", ".properties", ".lock", ".proto", ".sql", ".graphql",
		".md", ".rst", ".txt", ".adoc", ".csv", ".tsv", ".golden", ".tmpl", ".tpl", ".sh", ".bash", ".bat", ".ps1", ".cmake", ".mk":
		return true
	}
	return false
}

// parse hands a file to the catalogers that want it.
func (s *Scanner) parse(ctx context.Context, t *report.Target, name string) (f file) {
	list := s.byName(name)
	more, err := s.byMagic(ctx, t, name, list)
	if err != nil {
		f.errs = append(f.errs, err)
	}
	for _, c := range append(list, more...) {
		f.name = name
		if p := work.Contain(func() {
			for p, err := range c.Parse(ctx, t, name) {
				if err != nil {
					f.errs = append(f.errs, err)
				} else if p != nil {
					f.components = append(f.components, p)
				}
			}
		}); p != nil { // one file's panic must not cost the others
			f.errs = append(f.errs, &report.Error{Op: report.OpPanic, Path: name, Err: fmt.Errorf("cataloger %s: panic: %w", c.Name, p)})
		}
	}
	return f
}

// byMagic returns the catalogers that want a file for its first bytes.
func (s *Scanner) byMagic(ctx context.Context, t *report.Target, name string, except []*cataloger) (list []*cataloger, err error) {
	var head []byte
	for i := range s.catalogers {
		c := &s.catalogers[i]
		if len(c.Magic) == 0 || text(name) || slices.Contains(except, c) {
			continue
		}
		if head == nil {
			if head, err = readHead(ctx, t, name); err != nil || len(head) == 0 {
				return nil, err
			}
		}
		for _, m := range c.Magic {
			if strings.HasPrefix(string(head), m) {
				list = append(list, c)
				break
			}
		}
	}
	return list, nil
}

// readHead returns the first bytes of a file, none if it is too small.
func readHead(ctx context.Context, t *report.Target, name string) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f, err := t.FS.Open(name)
	if err != nil {
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: walk.Cause(err)}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() < minBinary {
		return nil, nil
	}
	head := make([]byte, maxMagic)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: walk.Cause(err)}
	}
	return head[:n], nil
}
