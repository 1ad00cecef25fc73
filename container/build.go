package container

import (
	"archive/tar"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A builder makes the tree of one layer, entry by entry, as a runtime unpacks
// it: the last of two entries counts, and what lies below a link goes to where
// the link points.
type builder struct {
	layer   int32
	budget  *budget
	root    *node
	kids    map[place]*node
	pending []*node // hard links to what is not in this layer

	shadowed []hidden // entries that a later one of this layer replaced

	lastPath string  // parent directory of the entry before
	lastDir  []*node // from the root to it
}

type place struct {
	dir  *dir
	name string
}

func newBuilder(layer int, b *budget) *builder {
	return &builder{
		layer: int32(layer), budget: b, kids: map[place]*node{},
		root: &node{mode: fs.ModeDir | 0o755, layer: int32(layer), dir: new(dir)},
	}
}

// Markers of the image specification (layer.md, "Whiteouts").
const (
	whiteoutPrefix = ".wh."
	whiteoutOpaque = ".wh..wh..opq"
)

var ( // why an entry has no place in the tree
	errOutside = errors.New("climbs out of the tree")
	errTooLong = fmt.Errorf("path of more than %d bytes, or name of more than %d", maxPath, maxName)
	errTooDeep = fmt.Errorf("more than %d directories deep", maxDepth)
	errRoot    = errors.New("has the place of the root directory")
	errBelow   = errors.New("lies below a file")
	errNoName  = errors.New("whiteout without a name")
	errHeavy   = errors.New("whiteout with content")
)

// add places an entry. The node is nil if there is nothing to keep; an error
// that is not errOver concerns the entry alone.
func (b *builder) add(hdr *tar.Header) (*node, error) {
	if hdr.Typeflag == tar.TypeXGlobalHeader {
		return nil, nil
	}
	name, err := entryName(hdr.Name)
	if err != nil {
		return nil, err
	}
	if name == "" {
		if hdr.Typeflag != tar.TypeDir {
			return nil, errRoot
		}
		b.root.mode, b.root.mtime, b.root.dir.explicit = mode(hdr), hdr.ModTime.Unix(), true
		return nil, nil
	}
	parent, base := path.Split(name)
	if strings.HasPrefix(base, whiteoutPrefix) {
		return nil, b.whiteout(hdr, parent, base)
	}
	up, err := b.dirAt(parent)
	if err != nil {
		return nil, err
	}
	n := &node{name: strings.Clone(base), mtime: hdr.ModTime.Unix(), layer: b.layer, mode: mode(hdr)}
	switch hdr.Typeflag {
	case tar.TypeDir:
		if len(b.lastDir) > maxDepth {
			return nil, errTooDeep
		}
		n.dir = &dir{explicit: true}
	case tar.TypeSymlink:
		if len(hdr.Linkname) > maxPath {
			return nil, errTooLong
		}
		n.link = strings.Clone(hdr.Linkname)
	case tar.TypeLink:
		if err := b.hardLink(n, hdr.Linkname); err != nil {
			return nil, err
		}
	}
	return b.put(up, n)
}

// entryName returns a clean path, "" for the root.
func entryName(s string) (string, error) {
	if len(s) > maxPath {
		return "", errTooLong
	}
	name := path.Clean(strings.TrimLeft(s, "/"))
	switch {
	case name == ".":
		return "", nil
	case name == "..", strings.HasPrefix(name, "../"):
		return "", errOutside
	}
	depth := 0
	for elem := range strings.SplitSeq(name, "/") {
		if len(elem) > maxName {
			return "", errTooLong
		}
		depth++
	}
	if depth > maxDepth {
		return "", errTooDeep
	}
	return name, nil
}

// mode translates type and permissions.
func mode(hdr *tar.Header) fs.FileMode {
	m := fs.FileMode(hdr.Mode) & fs.ModePerm
	if hdr.Mode&0o4000 != 0 {
		m |= fs.ModeSetuid
	}
	if hdr.Mode&0o2000 != 0 {
		m |= fs.ModeSetgid
	}
	if hdr.Mode&0o1000 != 0 {
		m |= fs.ModeSticky
	}
	switch hdr.Typeflag {
	case tar.TypeDir:
		m |= fs.ModeDir
	case tar.TypeSymlink:
		m |= fs.ModeSymlink
	case tar.TypeLink:
		m |= modeHardLink
	case tar.TypeChar:
		m |= fs.ModeDevice | fs.ModeCharDevice
	case tar.TypeBlock:
		m |= fs.ModeDevice
	case tar.TypeFifo:
		m |= fs.ModeNamedPipe
	}
	return m // everything else has content, as a file has
}

// put places n in a directory. Two directories become one.
func (b *builder) put(up, n *node) (*node, error) {
	at := place{up.dir, n.name}
	old := b.kids[at]
	if old != nil && old.dir != nil && n.dir != nil {
		old.mode, old.mtime, old.dir.explicit = n.mode, n.mtime, true
		return old, nil
	}
	if err := b.budget.entry(len(n.name) + len(n.link)); err != nil {
		return nil, err
	}
	if old != nil {
		b.shadowed = append(b.shadowed, hidden{path.Join(pathOf(b.lastDir), n.name), old, n})
		b.lastDir = nil // it may have been below old
	}
	b.kids[at] = n
	return n, nil
}

// dirAt returns a directory of the layer, and makes what is missing of it.
func (b *builder) dirAt(name string) (*node, error) {
	if b.lastDir != nil && name == b.lastPath {
		return b.lastDir[len(b.lastDir)-1], nil
	}
	stack := []*node{b.root}
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
		up := stack[len(stack)-1]
		n := b.kids[place{up.dir, elem}]
		switch {
		case n == nil:
			if len(stack) > maxDepth {
				return nil, errTooDeep
			}
			if len(elem) > maxName { // of a link's target
				return nil, errTooLong
			}
			made, err := b.put(up, &node{name: strings.Clone(elem), mode: fs.ModeDir | 0o755, layer: b.layer, dir: new(dir)})
			if err != nil {
				return nil, err
			}
			n = made
		case n.isLink():
			if hops++; hops > maxLinks {
				return nil, errLoop
			}
			if strings.HasPrefix(n.link, "/") {
				stack = stack[:1]
			}
			rest = n.link + "/" + rest
			continue
		case n.dir == nil:
			return nil, errBelow
		}
		stack = append(stack, n)
	}
	b.lastPath, b.lastDir = name, stack
	return stack[len(stack)-1], nil
}

// hardLink makes n what the entry named target is. If this layer has none, it
// is looked for when the layers are put together.
func (b *builder) hardLink(n *node, target string) error {
	name, err := entryName(target)
	if err != nil || name == "" {
		return fmt.Errorf("hard link to %.200q, which is outside or no file", target)
	}
	old := b.find(name)
	switch {
	case old == nil:
		n.link = name
		b.pending = append(b.pending, n)
	case old.dir != nil:
		return fmt.Errorf("hard link to the directory %.200q", target)
	default:
		n.become(old)
		if n.mode&modeHardLink != 0 {
			b.pending = append(b.pending, n)
		}
	}
	return nil
}

// become makes n another name of old.
func (n *node) become(old *node) {
	n.link, n.seg, n.off, n.size, n.mtime, n.mode, n.fault = old.link, old.seg, old.off, old.size, old.mtime, old.mode, old.fault
}

// find returns an entry of the layer so far, or nil. Only the last element may be a link.
func (b *builder) find(name string) *node {
	n := b.root
	for elem := range strings.SplitSeq(name, "/") {
		if n == nil || n.dir == nil {
			return nil
		}
		n = b.kids[place{n.dir, elem}]
	}
	return n
}

// whiteout notes what a marker removes from lower layers.
func (b *builder) whiteout(hdr *tar.Header, parent, base string) error {
	victim := strings.TrimPrefix(base, whiteoutPrefix)
	switch victim {
	case "", ".", "..": // would remove the directory that it is in, or the one above
		return errNoName
	}
	up, err := b.dirAt(parent)
	if err != nil {
		return err
	}
	switch {
	case base == whiteoutOpaque:
		up.dir.opaque = true
	case !strings.HasPrefix(victim, whiteoutPrefix): // the others are for AUFS alone
		if err := b.budget.entry(len(victim)); err != nil {
			return err
		}
		up.dir.white = append(up.dir.white, strings.Clone(victim))
	}
	if hdr.Size > 0 && hdr.Typeflag == tar.TypeReg {
		return errHeavy // nobody gets to see it, but it is shipped
	}
	return nil
}

// finish ends the building: root has the tree.
func (b *builder) finish() *node {
	dirs := []*dir{b.root.dir}
	for at, n := range b.kids {
		at.dir.kids = append(at.dir.kids, n)
		if n.dir != nil {
			dirs = append(dirs, n.dir)
		}
	}
	for _, d := range dirs {
		slices.SortFunc(d.kids, func(m, n *node) int { return strings.Compare(m.name, n.name) })
		slices.Sort(d.white)
		d.white = slices.Compact(d.white)
	}
	b.kids, b.lastDir = nil, nil
	return b.root
}
