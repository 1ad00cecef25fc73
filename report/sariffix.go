package report

import (
	"maps"
	"slices"
)

// fixes writes the fixes that are edits. SARIF has no others; they go into extra.
func (w *sarifRunWriter) fixes(out *sarifResult, f *Finding, extra *sarifFindingExtra) {
	once := w.once()
	for i := range f.Fixes {
		s, ok := w.fix(&f.Fixes[i])
		if ok && once(s) {
			out.Fixes = append(out.Fixes, s)
			continue
		}
		if extra.Fixes == nil {
			extra.Fixes = map[int]Fix{}
		}
		extra.Fixes[i] = f.Fixes[i]
	}
}

// fix writes the edits of a fix by file. It returns false if one is of no
// region that SARIF could name.
func (w *sarifRunWriter) fix(f *Fix) (out sarifFix, ok bool) {
	paths := map[string]int{}
	last, sorted := 0, true
	for i := range f.Edits {
		e := &f.Edits[i]
		region, _ := sarifRegions(&e.Region, true)
		if region == nil || e.Path == "" {
			return out, false
		}
		at, ok := paths[e.Path]
		if !ok {
			uri := sarifURI(e.Path)
			if p, _, _ := sarifPath(uri); p != e.Path {
				return out, false
			}
			at = len(out.Changes)
			paths[e.Path] = at
			out.Changes = append(out.Changes, sarifChange{Artifact: sarifArtifact{URI: uri, Base: w.base}})
		}
		last, sorted = at, sorted && at >= last
		edit := sarifEditExtra{Hash: e.Hash}
		if r, _ := regionOf(region, nil); r != e.Region {
			edit.Region = &e.Region
		}
		c := &out.Changes[at]
		c.Replacements = append(c.Replacements, sarifReplacement{
			Deleted: *region, Inserted: &sarifContent{Text: &e.Text}, Properties: w.pack(nil, &edit),
		})
	}
	if len(out.Changes) == 0 {
		return out, false
	}
	out.Description = &sarifMessage{Text: &f.Title}
	extra := &sarifFixExtra{Fix: *f}
	extra.Title = ""
	if sorted {
		extra.Edits = nil // else they would come back in another order
	}
	out.Properties = w.pack(nil, extra)
	return out, true
}

// readFixes reads the fixes in SARIF's own form and puts the others between
// them. One that replaces bytes that are no text is only kept.
func (d *sarifRunReader) readFixes(f *Finding, s *sarifResult, extra *sarifFindingExtra, kept *sarifFindingKept) {
	for i := range s.Fixes {
		if fix, ok := d.fix(&s.Fixes[i]); ok {
			f.Fixes = append(f.Fixes, fix)
		} else {
			kept.Fixes = append(kept.Fixes, s.Fixes[i])
		}
	}
	for _, at := range slices.Sorted(maps.Keys(extra.Fixes)) {
		f.Fixes = slices.Insert(f.Fixes, min(max(at, 0), len(f.Fixes)), extra.Fixes[at])
	}
}

func (d *sarifRunReader) fix(s *sarifFix) (f Fix, ok bool) {
	extra, _, _ := sarifUnpack[sarifFixExtra](s.Properties)
	f = extra.Fix
	if s.Description != nil {
		f.Title, _ = d.message(s.Description, nil)
	}
	var edits []Edit
	for i := range s.Changes {
		c := &s.Changes[i]
		p, uri := d.resolve(&c.Artifact)
		if p == "" || uri != "" {
			return f, false
		}
		for j := range c.Replacements {
			r := &c.Replacements[j]
			e := Edit{Path: p}
			e.Region, _ = regionOf(&r.Deleted, nil)
			if r.Inserted != nil {
				if r.Inserted.Text == nil {
					return f, false
				}
				e.Text = *r.Inserted.Text
			}
			extra, _, _ := sarifUnpack[sarifEditExtra](r.Properties)
			e.Hash = extra.Hash
			if extra.Region != nil {
				e.Region = *extra.Region
			}
			if e.Region == (Region{}) {
				return f, false // not the whole file
			}
			edits = append(edits, e)
		}
	}
	if f.Edits == nil {
		f.Edits = edits
	}
	return f, len(f.Edits) > 0
}
