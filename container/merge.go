package container

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// A merger puts layers on top of one another. Nodes of lower trees are not
// changed: a directory that a layer touches is a new node.
type merger struct {
	root     *node
	hidden   []hidden
	links    []through // of the layer that is being added
	follows  int       // links followed so far
	problems []problem
}

// A hidden is a file that a later layer removed or replaced.
type hidden struct {
	path string
	n    *node
	by   *node // what replaced it, nil if it was removed
}

// A through is a directory of a layer that is a link below it. The layer has
// no entry for the directory itself, so its files go to where the link points.
type through struct {
	path string // of the link
	up   *node
	hops int
}

// maxFollows bounds the work of putting files behind links: each time the
// directories on the way are copied.
const maxFollows = 1000

// add puts a layer on top.
func (m *merger) add(l *layerReader) {
	below := m.root
	if below == nil {
		below = &node{mode: fs.ModeDir | 0o755, dir: new(dir)}
	}
	m.root = m.overlay(below, l.tree.root, "", 0)
	for len(m.links) > 0 {
		t := m.links[0]
		m.links = m.links[1:]
		if m.follows++; m.follows > maxFollows {
			m.problems = append(m.problems, gap(report.OpLimit, "%s: more than %d directories are links in a lower layer: what the layer has in them is not examined", l.label, maxFollows))
			m.links = nil
			break
		}
		m.follow(t)
	}
	for _, h := range l.tree.shadowed {
		m.hide(h.n, h.path, h.by)
	}
	for _, n := range l.tree.pending {
		m.hardLink(l, below, n)
	}
}

// overlay returns base with up on top; both are directories at path.
func (m *merger) overlay(base, up *node, at string, hops int) *node {
	out := *up
	if !up.dir.explicit {
		out = *base
	}
	out.name, out.dir = base.name, new(dir)
	low := base.dir.kids
	kids := make([]*node, 0, max(len(low), len(up.dir.kids)))
	gone := func(n *node) bool {
		_, white := slices.BinarySearch(up.dir.white, n.name)
		if white = white || up.dir.opaque; white {
			m.hide(n, path.Join(at, n.name), nil)
		}
		return white
	}
	for _, k := range up.dir.kids {
		for len(low) > 0 && low[0].name < k.name {
			if !gone(low[0]) {
				kids = append(kids, low[0])
			}
			low = low[1:]
		}
		if len(low) > 0 && low[0].name == k.name {
			if !gone(low[0]) {
				k = m.both(low[0], k, path.Join(at, k.name), hops)
			}
			low = low[1:]
		}
		kids = append(kids, k)
	}
	for _, n := range low {
		if !gone(n) {
			kids = append(kids, n)
		}
	}
	out.dir.kids = slices.Clip(kids)
	return &out
}

// both returns what is at path if a lower layer has old there and this one k.
func (m *merger) both(old, k *node, at string, hops int) *node {
	switch {
	case old.dir != nil && k.dir != nil:
		return m.overlay(old, k, at, hops)
	case k.dir != nil && !k.dir.explicit && len(k.dir.kids) == 0 && !old.isLink():
		return old // nothing but whiteouts below a file
	case k.dir != nil && !k.dir.explicit && old.isLink():
		m.links = append(m.links, through{at, k, hops + 1})
		return old
	}
	m.hide(old, at, k)
	return k
}

// follow puts the files of t where its link points. A link that leads nowhere
// is replaced by the directory.
func (m *merger) follow(t through) {
	to := ""
	nodes, err := resolve(m.root, t.path, true)
	switch {
	case err == nil && nodes[len(nodes)-1].dir != nil:
		to = pathOf(nodes)
	case err == fs.ErrNotExist && t.hops <= maxLinks:
		// The directory is made where the link says, which may be behind a further link.
		link, err := resolve(m.root, t.path, false)
		if err != nil {
			break
		}
		target := link[len(link)-1].link
		if !strings.HasPrefix(target, "/") {
			target = path.Join(pathOf(link[:len(link)-1]), target)
		}
		to = memberName(target)
	}
	up := *t.up
	if to == "" && (err != nil || nodes[len(nodes)-1].dir == nil) || strings.Count(to, "/") >= maxDepth {
		d := *up.dir
		d.explicit = true
		up.dir, to = &d, t.path
	}
	m.root = m.overlay(m.root, wrap(to, &up), "", t.hops)
}

// wrap returns a tree that has up at path and directories without entry above it.
func wrap(at string, up *node) *node {
	if at == "" {
		return up
	}
	names := strings.Split(at, "/")
	up.name = names[len(names)-1]
	for i := len(names) - 1; i >= 0; i-- {
		above := &node{mode: fs.ModeDir | 0o755, layer: up.layer, dir: &dir{kids: []*node{up}}}
		if i > 0 {
			above.name = names[i-1]
		}
		up = above
	}
	return up
}

// hide notes that the files of a subtree are no longer seen.
func (m *merger) hide(n *node, at string, by *node) {
	if n.dir == nil {
		m.hidden = append(m.hidden, hidden{at, n, by})
		return
	}
	for _, k := range n.dir.kids {
		m.hide(k, path.Join(at, k.name), nil)
	}
}

// hardLink resolves a hard link of layer l to a file of a lower layer.
func (m *merger) hardLink(l *layerReader, below, n *node) {
	for _, root := range []*node{below, m.root} {
		nodes, err := resolve(root, n.link, false)
		if err != nil {
			continue
		}
		if old := nodes[len(nodes)-1]; old.dir == nil && old.mode&modeHardLink == 0 {
			n.become(old)
			return
		}
	}
	err := fmt.Errorf("hard link to %.200q, which the image does not have", n.link)
	n.mode, n.link, n.fault = 0, "", err
	m.problems = append(m.problems, gap(report.OpRead, "%s: entry %.200q: %w: it is not examined; build the image again", l.label, n.name, err))
}
