package container

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A node is a file, directory, link or device of a tree. Trees of layers and
// the merged tree share nodes; none changes once Open has returned.
type node struct {
	name  string // of the last element of its path
	link  string // target of a symbolic link; of a hard link that is not resolved yet
	seg   *segment
	off   int64 // of the content in seg
	size  int64 // bytes that can be read
	mtime int64 // Unix seconds
	mode  fs.FileMode
	layer int32
	dir   *dir  // not nil for directories
	fault error // why there are no more than size bytes
}

// A dir is what a directory has besides.
type dir struct {
	kids     []*node  // sorted by name
	white    []string // names that a layer removes from those below it, sorted
	opaque   bool     // it removes all of them
	explicit bool     // the layer has an entry for it
}

// modeHardLink marks a hard link that is not resolved yet.
const modeHardLink = fs.ModeIrregular

func (n *node) isLink() bool { return n.mode&fs.ModeSymlink != 0 }

// kid returns the entry of a directory, or nil.
func (d *dir) kid(name string) *node {
	i, ok := slices.BinarySearchFunc(d.kids, name, func(n *node, name string) int { return strings.Compare(n.name, name) })
	if !ok {
		return nil
	}
	return d.kids[i]
}

// Name, Size, Mode, ModTime, IsDir, Sys, Type and Info make a node its own
// fs.FileInfo and fs.DirEntry.
func (n *node) Name() string {
	if n.name == "" {
		return "."
	}
	return n.name
}
func (n *node) Size() int64                { return n.size }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) ModTime() time.Time         { return time.Unix(n.mtime, 0).UTC() }
func (n *node) IsDir() bool                { return n.dir != nil }
func (n *node) Sys() any                   { return nil }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

// maxLinks is the longest chain of links that is followed, as in Linux.
const maxLinks = 40

var errLoop = errors.New("too many levels of symbolic links")

// resolve finds name from root, following links inside the tree only, as a
// process does whose root directory this is: "/" is root, and so is its "..".
// The last element is followed if follow is set. It returns the nodes from
// root to the one found.
func resolve(root *node, name string, follow bool) ([]*node, error) {
	stack := []*node{root}
	for hops, rest := 0, name; rest != ""; {
		var elem string
		elem, rest, _ = strings.Cut(rest, "/")
		switch elem {
		case "", ".":
			continue
		case "..":
			stack = stack[:max(1, len(stack)-1)]
			continue
		}
		at := stack[len(stack)-1]
		if at.dir == nil {
			return nil, fs.ErrNotExist
		}
		n := at.dir.kid(elem)
		switch {
		case n == nil:
			return nil, fs.ErrNotExist
		case n.isLink() && (follow || strings.Trim(rest, "/") != ""):
			if hops++; hops > maxLinks {
				return nil, errLoop
			}
			if strings.HasPrefix(n.link, "/") {
				stack = stack[:1]
			}
			rest = n.link + "/" + rest
		default:
			stack = append(stack, n)
		}
	}
	return stack, nil
}

// pathOf returns the path of the last of nodes.
func pathOf(nodes []*node) string {
	names := make([]string, 0, len(nodes))
	for _, n := range nodes[1:] {
		names = append(names, n.name)
	}
	return path.Join(names...)
}

// valid is fs.ValidPath without its demand for UTF-8: file names are bytes,
// and a file of any name must be examined.
func valid(name string) bool {
	if name == "." {
		return true
	}
	for elem := range strings.SplitSeq(name, "/") {
		if elem == "" || elem == "." || elem == ".." {
			return false
		}
	}
	return true
}
