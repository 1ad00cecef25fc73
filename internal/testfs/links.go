package testfs

import (
	"errors"
	"io/fs"
	"path"
	"time"
)

// Links returns tree with symbolic links in its root, by name. They are what
// the links of an [os.Root] are: those that lead out of the tree or loop cannot be
// opened, and those to a file in the tree are that file.
func Links(tree fs.FS, links map[string]string) fs.FS { return &linked{tree, links} }

type linked struct {
	tree  fs.FS
	links map[string]string
}

// The errors of links, as an os.Root has them.
var (
	errEscapes = errors.New("path escapes from parent")
	errLoop    = errors.New("too many levels of symbolic links")
)

// resolve follows links in the root.
func (l *linked) resolve(name string) (string, error) {
	for range 40 {
		first, rest, _ := cut(name)
		to, ok := l.links[first]
		if !ok {
			return name, nil
		}
		if path.IsAbs(to) {
			return "", errEscapes
		}
		if name = path.Join(to, rest); name == ".." || len(name) > 2 && name[:3] == "../" {
			return "", errEscapes
		}
	}
	return "", errLoop
}

func cut(name string) (first, rest string, found bool) {
	for i := range len(name) {
		if name[i] == '/' {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

// Open implements [fs.FS].
func (l *linked) Open(name string) (fs.File, error) {
	to, err := l.resolve(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f, err := l.tree.Open(to)
	if d, ok := f.(fs.ReadDirFile); ok && to == "." && err == nil {
		return &rootDir{ReadDirFile: d, l: l}, nil
	}
	return f, err
}

// Stat implements [fs.StatFS].
func (l *linked) Stat(name string) (fs.FileInfo, error) {
	to, err := l.resolve(name)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return fs.Stat(l.tree, to)
}

// Lstat implements [fs.ReadLinkFS].
func (l *linked) Lstat(name string) (fs.FileInfo, error) {
	if _, ok := l.links[name]; ok {
		return linkInfo(name), nil
	}
	to, err := l.resolve(name)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return fs.Lstat(l.tree, to)
}

// ReadLink implements [fs.ReadLinkFS].
func (l *linked) ReadLink(name string) (string, error) {
	if to, ok := l.links[name]; ok {
		return to, nil
	}
	to, err := l.resolve(name)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return fs.ReadLink(l.tree, to)
}

// rootDir is the open root, which lists the links too.
type rootDir struct {
	fs.ReadDirFile
	l    *linked
	done bool
}

func (d *rootDir) ReadDir(n int) ([]fs.DirEntry, error) {
	entries, err := d.ReadDirFile.ReadDir(n)
	if !d.done {
		d.done = true
		for name := range d.l.links {
			entries = append(entries, fs.FileInfoToDirEntry(linkInfo(name)))
		}
	}
	return entries, err
}

type linkInfo string

func (l linkInfo) Name() string       { return string(l) }
func (l linkInfo) Size() int64        { return 0 }
func (l linkInfo) Mode() fs.FileMode  { return fs.ModeSymlink | 0o777 }
func (l linkInfo) ModTime() time.Time { return time.Time{} }
func (l linkInfo) IsDir() bool        { return false }
func (l linkInfo) Sys() any           { return nil }
