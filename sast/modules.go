package sast

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// maxDepth bounds directories within directories.
const maxDepth = 200

// A module is a directory with a go.mod.
type module struct {
	dir   string   // path in the target
	files []string // its Go files that are no tests, paths in the target
}

// modules finds the modules of a target, and their Go files, in order of
// path. Directories that the go command passes over are passed over too.
func modules(ctx context.Context, t *report.Target, c *report.Collector) ([]*module, error) {
	var all []*module
	var visit func(dir string, in *module, depth int) error
	visit = func(dir string, in *module, depth int) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if depth > maxDepth {
			c.Gap(&report.Error{Op: report.OpLimit, Path: dir, Err: fmt.Errorf("more than %d directories deep", maxDepth)})
			return nil
		}
		entries, err := fs.ReadDir(t.FS, dir)
		if err != nil {
			c.Gap(&report.Error{Op: report.OpRead, Path: dir, Err: walk.Cause(err)})
		}
		if isModule(t, dir) {
			in = &module{dir: dir}
			all = append(all, in)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case e.IsDir():
				if skipped(e.Name()) {
					continue
				}
				if err := visit(name, in, depth+1); err != nil {
					return err
				}
			case in != nil && e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".go") && !isTestFile(e.Name()) && e.Name()[0] != '.' && e.Name()[0] != '_':
				in.files = append(in.files, name)
			}
		}
		return nil
	}
	return all, visit(".", nil, 0)
}

// isModule reports whether a directory has a go.mod, also one that
// Target.Include hides since it is outside the part to examine.
func isModule(t *report.Target, dir string) bool {
	if info, err := fs.Stat(t.FS, path.Join(dir, "go.mod")); err == nil {
		return info.Mode().IsRegular()
	}
	if t.Dir == "" || len(t.Include) == 0 {
		return false
	}
	info, err := os.Lstat(filepath.Join(t.Dir, filepath.FromSlash(dir), "go.mod"))
	return err == nil && info.Mode().IsRegular()
}

// skipped reports whether the go command passes over directories of this name.
func skipped(name string) bool {
	return name == "vendor" || name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}
