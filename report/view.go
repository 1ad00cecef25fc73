package report

import (
	"io"
	"io/fs"
	"path"

	"github.com/merlonsec/merlon/internal/glob"
)

// view is a tree without what Include and Exclude of a target hide.
type view struct {
	fsys             fs.FS
	include, exclude glob.Set
	all              bool // no include patterns
}

func newView(fsys fs.FS, include, exclude []string) (*view, error) {
	in, err := compileGlobs("Target.Include", include)
	if err != nil {
		return nil, err
	}
	out, err := compileGlobs("Target.Exclude", exclude)
	if err != nil {
		return nil, err
	}
	return &view{fsys, in, out, len(include) == 0}, nil
}

// covers reports whether a file of this name is examined.
func (v *view) covers(name string) bool {
	return !v.exclude.MatchUnder(name) && (v.all || v.include.MatchUnder(name))
}

// shows is covers for files; directories are shown unless excluded, since
// what is included may lie below them.
func (v *view) shows(name string, dir bool) bool {
	if name == "." {
		return true
	}
	if dir {
		return !v.exclude.MatchUnder(name)
	}
	return v.covers(name)
}

func (v *view) check(op, name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if v.shows(name, false) {
		return nil
	}
	if !v.exclude.MatchUnder(name) {
		if info, err := fs.Stat(v.fsys, name); err == nil && info.IsDir() {
			return nil
		}
	}
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (v *view) Open(name string) (fs.File, error) {
	if err := v.check("open", name); err != nil {
		return nil, err
	}
	f, err := v.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return &viewDir{d, v, name}, nil
		}
	}
	return f, nil
}

func (v *view) ReadFile(name string) ([]byte, error) {
	if err := v.check("open", name); err != nil {
		return nil, err
	}
	return fs.ReadFile(v.fsys, name)
}

func (v *view) Stat(name string) (fs.FileInfo, error) {
	if err := v.check("stat", name); err != nil {
		return nil, err
	}
	return fs.Stat(v.fsys, name)
}

func (v *view) Lstat(name string) (fs.FileInfo, error) {
	if err := v.check("lstat", name); err != nil {
		return nil, err
	}
	return fs.Lstat(v.fsys, name)
}

func (v *view) ReadLink(name string) (string, error) {
	if err := v.check("readlink", name); err != nil {
		return "", err
	}
	return fs.ReadLink(v.fsys, name)
}

func (v *view) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := v.check("readdir", name); err != nil {
		return nil, err
	}
	list, err := fs.ReadDir(v.fsys, name)
	return v.filter(name, list), err
}

func (v *view) filter(dir string, list []fs.DirEntry) []fs.DirEntry {
	kept := list[:0:0]
	for _, e := range list {
		if v.shows(path.Join(dir, e.Name()), e.IsDir()) {
			kept = append(kept, e)
		}
	}
	return kept
}

type viewDir struct {
	fs.ReadDirFile
	v    *view
	name string
}

func (d *viewDir) ReadDir(n int) ([]fs.DirEntry, error) {
	for {
		list, err := d.ReadDirFile.ReadDir(n)
		kept := d.v.filter(d.name, list)
		if n <= 0 || err != nil || len(kept) > 0 || len(list) == 0 {
			if n > 0 && err == nil && len(kept) == 0 {
				err = io.EOF
			}
			return kept, err
		}
	}
}
