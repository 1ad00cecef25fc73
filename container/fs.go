package container

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"strings"
)

// A tree is an fs.FS over nodes, with fs.ReadDirFS, fs.ReadFileFS, fs.StatFS
// and fs.ReadLinkFS. Its files are io.Seekers and io.ReaderAts. It is safe for
// concurrent use.
type tree struct {
	root  *node
	fault error // what reading the root directory ends with: something is missing
}

func (t *tree) find(op, name string, follow bool) (*node, error) {
	if !valid(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	nodes, err := resolve(t.root, name, follow)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return nodes[len(nodes)-1], nil
}

// Open implements [fs.FS]. Devices, sockets and pipes cannot be opened.
func (t *tree) Open(name string) (fs.File, error) {
	n, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.dir != nil {
		return &openDir{n: n, name: name, kids: t.kids(n), fault: t.faultAt(n)}, nil
	}
	if !n.mode.IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file: " + n.mode.Type().String())}
	}
	return &openFile{n: n, name: name}, nil
}

// Stat implements [fs.StatFS].
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	n, err := t.find("stat", name, true)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Lstat implements [fs.ReadLinkFS].
func (t *tree) Lstat(name string) (fs.FileInfo, error) {
	n, err := t.find("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink implements [fs.ReadLinkFS]. The target of a link is always relative
// and inside the tree: "/bin/sh" of "usr/bin/x" is "../../bin/sh".
func (t *tree) ReadLink(name string) (string, error) {
	if !valid(name) {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	nodes, err := resolve(t.root, name, false)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	n := nodes[len(nodes)-1]
	if !n.isLink() {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return relative(n.link, len(nodes)-2), nil
}

// relative makes a link in a directory depth below the root relative, and
// leaves out each leading ".." that would go above the root.
func relative(link string, depth int) string {
	up := 0
	rest := strings.TrimLeft(link, "/")
	for {
		elem, after, _ := strings.Cut(rest, "/")
		if elem != "." && elem != ".." {
			break
		}
		if elem == ".." {
			up++
		}
		rest = strings.TrimLeft(after, "/")
	}
	if up = min(up, depth); strings.HasPrefix(link, "/") {
		up = depth
	}
	link = strings.TrimSuffix(strings.Repeat("../", up)+rest, "/")
	return cmp.Or(link, ".")
}

// ReadDir implements [fs.ReadDirFS]. That of the root returns entries and an
// error if something is missing from the tree.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if n.dir == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return t.kids(n), t.faultAt(n)
}

func (t *tree) kids(n *node) []fs.DirEntry {
	list := make([]fs.DirEntry, len(n.dir.kids))
	for i, k := range n.dir.kids {
		list[i] = k
	}
	return list
}

func (t *tree) faultAt(n *node) error {
	if n == t.root {
		return t.fault
	}
	return nil
}

// ReadFile implements [fs.ReadFileFS].
func (t *tree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	o, ok := f.(*openFile)
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	data := make([]byte, o.n.size)
	n, err := o.ReadAt(data, 0)
	if err == nil || err == io.EOF {
		err = o.end()
	}
	if err == io.EOF {
		err = nil
	}
	return data[:n], err
}
