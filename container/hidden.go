package container

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// Hidden returns the files that later layers, or later entries of their own
// layer, removed or replaced, as "<layer index>/<path>". They are no longer seen in a container and still in
// the image, for everybody who can pull it. A file that was replaced by an
// equal one is not hidden. Findings in them are reported under their own path
// and as of a layer with Deleted set. Its subject has no digest: a cached
// report about the image is none about these files.
func (i *Image) Hidden() *report.Target { return i.hiddenTarget(nil) }

// hiddenTarget is Hidden with only the files whose own path keep accepts.
func (i *Image) hiddenTarget(keep func(string) bool) *report.Target {
	root := i.hiddenRoot()
	if keep != nil {
		root = &node{mode: fs.ModeDir | 0o755, dir: new(dir)}
		for _, k := range i.hiddenRoot().dir.kids {
			root.dir.kids = append(root.dir.kids, filtered(k, "", keep))
		}
	}
	s := i.subject
	s.Digest = ""
	return &report.Target{Subject: s, FS: &tree{root: root, fault: i.tree.fault}, Origin: hiddenFiles{i}}
}

// hiddenRoot makes the tree when it is first asked for: equal files are told
// by reading them.
func (i *Image) hiddenRoot() *node {
	i.hideOnce.Do(func() {
		b := newBuilder(0, nil)
		for n, h := range i.hidden {
			if !h.n.mode.IsRegular() || h.by != nil && sameContent(h.n, h.by) {
				continue
			}
			layer := strconv.Itoa(int(h.n.layer))
			up, err := b.dirAt(path.Join(layer, path.Dir(h.path)))
			if err != nil || b.kids[place{up.dir, h.n.name}] != nil {
				// A layer that writes through links can have two files of one path.
				if up, err = b.dirAt(path.Join(layer, "~"+strconv.Itoa(n), path.Dir(h.path))); err != nil {
					continue // cannot be: the directory is new
				}
			}
			b.put(up, h.n)
		}
		i.hideTree = b.finish()
	})
	return i.hideTree
}

// sameContent reports whether two files are equal. What cannot be read is not.
func sameContent(a, b *node) bool {
	if a.size != b.size || a.fault != nil || b.fault != nil || !b.mode.IsRegular() {
		return false
	}
	x, y := make([]byte, chunk), make([]byte, chunk)
	for off := int64(0); off < a.size; off += chunk {
		n := min(chunk, a.size-off)
		if !readFull(a, x[:n], off) || !readFull(b, y[:n], off) || !bytes.Equal(x[:n], y[:n]) {
			return false
		}
	}
	return true
}

func readFull(n *node, p []byte, off int64) bool {
	got, err := n.seg.ReadAt(p, n.off+off)
	return got == len(p) && (err == nil || err == io.EOF)
}

// filtered returns the part of a subtree that keep accepts.
func filtered(n *node, at string, keep func(string) bool) *node {
	out := *n
	out.dir = new(dir)
	for _, k := range n.dir.kids {
		name := path.Join(at, k.name)
		switch {
		case k.dir != nil:
			out.dir.kids = append(out.dir.kids, filtered(k, name, keep))
		case keep(name):
			out.dir.kids = append(out.dir.kids, k)
		}
	}
	return &out
}

// hiddenFiles is the origin of the hidden target: it gives places their own path back.
type hiddenFiles struct{ image *Image }

// gone says, as part of a fingerprint, that a finding is about a file that is
// no longer seen: the same in the file that is there is another finding.
const gone = "file removed or replaced by a later layer"

// AnnotateFinding implements [report.Annotator].
func (h hiddenFiles) AnnotateFinding(f *report.Finding) {
	if h.annotate(&f.Location) {
		f.Location.Logical = append(slices.Clone(f.Location.Logical), report.Logical{Kind: "object", Name: gone})
	}
	for n := range f.Related {
		h.annotate(&f.Related[n])
	}
}

// AnnotateComponent implements [report.Annotator].
func (h hiddenFiles) AnnotateComponent(c *report.Component) {
	for n := range c.Found {
		h.annotate(&c.Found[n])
	}
}

func (h hiddenFiles) annotate(l *report.Location) bool {
	name, layer := h.own(l.Path)
	if layer == nil {
		return false
	}
	l.Path, l.Layer = name, layer
	return true
}

// own splits "<layer index>/<path>"; the layer is nil if name is nothing like that.
func (h hiddenFiles) own(name string) (string, *report.Layer) {
	index, rest, _ := strings.Cut(name, "/")
	n, err := strconv.Atoi(index)
	if err != nil || n < 0 || n >= len(h.image.layers) || rest == "" {
		return name, nil
	}
	l := h.image.layers[n]
	l.Deleted = true
	return rest, &l
}
