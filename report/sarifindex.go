package report

import (
	"encoding/json"
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

// indexOf returns where an index points in a list of n, or -1.
func indexOf(index *int, n int) int {
	if index == nil || *index < 0 || *index >= n {
		return -1
	}
	return *index
}
