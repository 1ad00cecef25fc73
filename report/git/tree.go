package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/gitcmd"
)

const (
	maxLinks = 40      // that one path may lead through
	maxLink  = 4 << 10 // bytes of a link's target
)

// A tree is a tree of git objects as an fs.FS. What it holds is known from the
// start; blobs are read when they are asked for.
type tree struct {
	git     *gitcmd.Git
	ctx     func() context.Context // of the call that made it, which bounds its processes
	objects *gitcmd.Objects
	nodes   map[string]*node
}

// A node is a file, link or directory. It is its own fs.FileInfo and fs.DirEntry.
type node struct {
	name     string
	mode     fs.FileMode
	time     time.Time
	id       string // of the blob
	size     int64
	missing  bool    // the blob is not in the clone
	children []*node // of a directory, sorted
	bad      error   // what a directory holds and cannot show
}

// newTree returns the tree of some entries, of which git must not be asked for
// those that are known to be missing. It can be read until ctx ends.
func (r *Repo) newTree(ctx context.Context, entries []entry, missing map[string]bool, when time.Time) (*tree, error) {
	var ids []string
	for _, e := range entries {
		if e.mode != modeSubmodule && e.mode != modeTree && !missing[e.id] {
			ids = append(ids, e.id)
		}
	}
	slices.Sort(ids)
	infos, err := r.git.Infos(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	t := plant(entries, infos, when)
	t.git, t.objects = r.git, r.git.Objects(ctx)
	t.ctx = func() context.Context { return ctx }
	// A program that forgets Close leaves the process to the collector.
	runtime.AddCleanup(t, func(o *gitcmd.Objects) { o.Close() }, t.objects)
	return t, nil
}

// plant makes the nodes of a tree.
func plant(entries []entry, infos map[string]gitcmd.Info, when time.Time) *tree {
	t := &tree{nodes: map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o755, time: when}}}
	for _, e := range entries {
		t.add(e, infos[e.id], when)
	}
	for _, n := range t.nodes {
		slices.SortFunc(n.children, func(a, b *node) int { return cmp.Compare(a.name, b.name) })
	}
	return t
}

// add adds an entry and the directories above it. A name that no file system
// would take, such as "..", is an error of its directory, which scanners make
// a gap of: it must neither be believed nor left unsaid.
func (t *tree) add(e entry, info gitcmd.Info, when time.Time) {
	if !fs.ValidPath(e.path) || e.path == "." {
		root := t.nodes["."]
		root.bad = cmp.Or(root.bad, fmt.Errorf("%q is not a valid path in UTF-8: rename it", e.path))
		return
	}
	parent := t.dir(path.Dir(e.path), when)
	if parent == nil || t.nodes[e.path] != nil {
		root := t.nodes["."]
		root.bad = cmp.Or(root.bad, fmt.Errorf("%q is there twice: the tree is broken", e.path))
		return
	}
	n := &node{name: path.Base(e.path), mode: 0o644, time: when, id: e.id, size: info.Size}
	switch e.mode {
	case modeExec:
		n.mode = 0o755
	case modeLink:
		n.mode = fs.ModeSymlink | 0o777
	case modeSubmodule, modeTree:
		n.mode, n.id = fs.ModeDir|0o755, ""
	}
	n.missing = n.id != "" && info.Type != "blob"
	t.nodes[e.path] = n
	parent.children = append(parent.children, n)
}

// dir returns the directory of this name, which it makes; nil if a file is there.
func (t *tree) dir(name string, when time.Time) *node {
	if n := t.nodes[name]; n != nil {
		if !n.mode.IsDir() {
			return nil
		}
		return n
	}
	parent := t.dir(path.Dir(name), when)
	if parent == nil {
		return nil
	}
	n := &node{name: path.Base(name), mode: fs.ModeDir | 0o755, time: when}
	t.nodes[name] = n
	parent.children = append(parent.children, n)
	return n
}

var (
	errEscapes = errors.New("link leads out of the tree")
	errLoop    = errors.New("too many links")
)

// lookup finds a node. Links in front of the last element are followed, as
// every file system does; the last one only if follow is set.
func (t *tree) lookup(op, name string, follow bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	rest, links := name, 0
	at := "."
	for {
		if rest == "" {
			if n := t.nodes[at]; n != nil {
				return n, nil
			}
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		first, more, _ := strings.Cut(rest, "/")
		next := path.Join(at, first)
		n := t.nodes[next]
		if n == nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		if n.mode&fs.ModeSymlink == 0 || more == "" && !follow {
			at, rest = next, more
			continue
		}
		if links++; links > maxLinks {
			return nil, &fs.PathError{Op: op, Path: name, Err: errLoop}
		}
		to, err := t.target(n)
		if err != nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
		to = path.Join(at, to)
		if path.IsAbs(to) || to == ".." || strings.HasPrefix(to, "../") {
			return nil, &fs.PathError{Op: op, Path: name, Err: errEscapes}
		}
		at, rest = ".", path.Join(to, more)
		if rest == "." {
			rest = ""
		}
	}
}

// target reads a link.
func (t *tree) target(n *node) (string, error) {
	if n.missing {
		return "", gitcmd.ErrMissing
	}
	_, data, err := t.objects.Read(n.id, maxLink)
	return string(data), err
}

// Open implements [fs.FS].
func (t *tree) Open(name string) (fs.File, error) {
	n, err := t.lookup("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.mode.IsDir() {
		return &openDir{node: n, path: name}, nil
	}
	return &openFile{node: n, tree: t, path: name}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.lookup("readdir", name, true)
	if err != nil {
		return nil, err
	}
	d := &openDir{node: n, path: name}
	return d.ReadDir(-1)
}

// ReadFile implements [fs.ReadFileFS].
func (t *tree) ReadFile(name string) ([]byte, error) {
	n, err := t.lookup("read", name, true)
	if err != nil {
		return nil, err
	}
	f := &openFile{node: n, tree: t, path: name}
	defer f.Close()
	return f.all()
}

// Stat implements [fs.StatFS].
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	n, err := t.lookup("stat", name, true)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Lstat implements [fs.ReadLinkFS].
func (t *tree) Lstat(name string) (fs.FileInfo, error) {
	n, err := t.lookup("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink implements [fs.ReadLinkFS].
func (t *tree) ReadLink(name string) (string, error) {
	n, err := t.lookup("readlink", name, false)
	if err != nil {
		return "", err
	}
	if n.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	to, err := t.target(n)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return to, nil
}

// Close ends the process that reads. Files cannot be read from then on.
func (t *tree) Close() error { return t.objects.Close() }

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return n.size }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return n.time }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }
