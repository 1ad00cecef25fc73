package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// index makes what the results of a run refer to quick to find: a hostile
// document has a hundred thousand of everything.
func (d *sarifRunReader) index() {
	d.toolNames = map[string]int{}
	for i, t := range d.run.Tool.Extensions {
		nameComponent(d.toolNames, &t, i+1)
	}
	d.taxonomies = map[string]*sarifComponent{}
	for i := range d.run.Taxonomies {
		t := &d.run.Taxonomies[i]
		nameComponent(d.taxonomies, t, t)
	}
	d.noteIDs = map[string]int{}
	for i, raw := range d.run.Tool.Driver.Notifications {
		rule := sarifDescriptorOf(raw)
		if _, dup := d.noteIDs[rule.ID]; !dup && rule.ID != "" {
			d.noteIDs[rule.ID] = i
		}
		d.notes = append(d.notes, rule)
	}
	d.bases, d.steps = map[string]sarifBasePath{}, map[int]int{}
}

// nameComponent enters a component under its name and GUID, unless another has them.
func nameComponent[T any](names map[string]T, c *sarifComponent, v T) {
	for _, key := range []string{c.Name, strings.ToLower(c.GUID)} {
		if _, dup := names[key]; !dup && key != "" {
			names[key] = v
		}
	}
}

// lookUp returns what a reference names in a list of n, by index, else by
// GUID, else by name.
func lookUp[T any](ref *sarifComponentReference, n int, at func(int) T, names map[string]T) (v T, ok bool) {
	if ref == nil {
		return v, false
	}
	if i := indexOf(ref.Index, n); i >= 0 {
		return at(i), true
	}
	if ref.GUID != "" {
		v, ok = names[strings.ToLower(ref.GUID)]
	} else if ref.Name != "" {
		v, ok = names[ref.Name]
	}
	return v, ok
}

// refer counts bytes that a result takes from elsewhere in the document: each
// reference is short, and what it refers to may be long.
func (d *sarifReader) refer(bytes int) { d.referred += bytes }

// listedStep returns a step of the run's list.
func (d *sarifRunReader) listedStep(i int) *sarifStep {
	s := &d.run.ThreadFlowLocations[i]
	size, ok := d.steps[i]
	if !ok {
		text, _ := json.Marshal(s)
		size = len(text)
		d.steps[i] = size
	}
	d.refer(size)
	return s
}

// findRoot returns the absolute path of the tree that was scanned, if the
// document says: of %SRCROOT%, else of the only base that has one, else the
// directory that the tool ran in.
func (d *sarifRunReader) findRoot() string {
	ids := d.run.OriginalURIBaseIDs
	var roots []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if prefix, abs := d.basePath(id); abs {
			if id == sarifTree {
				return prefix
			}
			if ids[id].Base == "" {
				roots = append(roots, prefix)
			}
		}
	}
	if len(roots) == 1 {
		return roots[0]
	}
	for _, inv := range d.run.Invocations {
		if inv.Directory != nil && inv.Directory.Base == "" {
			if p, _, abs := sarifPath(inv.Directory.URI); abs {
				return withSlash(p)
			}
		}
	}
	return ""
}

// basePath returns what a uriBaseId puts in front of a path, and whether that
// is an absolute path. A base without a location is the root of the tree.
func (d *sarifRunReader) basePath(id string) (prefix string, abs bool) {
	b, ok := d.bases[id]
	if !ok {
		b.prefix, b.abs = d.findBase(id)
		d.bases[id] = b
	}
	d.refer(len(b.prefix))
	return b.prefix, b.abs
}

func (d *sarifRunReader) findBase(id string) (prefix string, abs bool) {
	for range 16 { // ids may refer to one another in a circle
		a, ok := d.run.OriginalURIBaseIDs[id]
		if !ok || a.URI == "" && a.Base == "" {
			return prefix, false
		}
		p, uri, isAbs := sarifPath(a.URI)
		switch {
		case uri != "":
			return prefix, false
		case isAbs:
			return withSlash(p) + prefix, true
		case p != "":
			prefix = withSlash(p) + prefix
		}
		if id = a.Base; id == "" {
			break
		}
	}
	return prefix, false
}

func withSlash(p string) string { return strings.TrimSuffix(p, "/") + "/" }

// resolve returns the path of an artifact in the tree, or its URI if it lies elsewhere.
func (d *sarifRunReader) resolve(a *sarifArtifact) (p, uri string) {
	if at := indexOf(a.Index, len(d.run.Artifacts)); at >= 0 && a.URI == "" && d.run.Artifacts[at].Location != nil {
		a = d.run.Artifacts[at].Location
		d.refer(len(a.URI))
	}
	if a.URI == "" {
		return "", ""
	}
	p, uri, abs := sarifPath(a.URI)
	if uri != "" {
		return "", uri
	}
	if !abs && a.Base != "" {
		var prefix string
		if prefix, abs = d.basePath(a.Base); prefix != "" {
			p, _, _ = sarifPath(sarifURI(prefix + p)) // cleans it
			if abs {
				p = "/" + p
			}
		}
	}
	if !abs {
		return p, ""
	}
	if d.root != "" {
		if rest, ok := strings.CutPrefix(withSlash(p), d.root); ok {
			return strings.TrimSuffix(rest, "/"), ""
		}
	}
	return "", "file:///" + strings.TrimPrefix(sarifURI(p), "./")
}
