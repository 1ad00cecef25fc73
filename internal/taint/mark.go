package taint

import "go/types"

// An origin is where data of a value is from: an input of the function that
// is analysed, at a path in it, or a source.
type origin struct {
	source *source // nil for an input
	input  int     // number of a parameter, or of a free variable after those
	at     path    // the part of the input
}

// A source is one place where data of others comes in. Sources are interned
// by the engine, so they are equal if their pointers are.
type source struct {
	number int // in order of discovery
	what   string
	place  Place
}

// A mark says that the part of a value at a path is made of an origin's data.
type mark struct {
	origin origin
	at     path
}

type entry struct {
	mark
	class Class
	trail *trail
}

// marks are those of one value, in order of arrival, which is deterministic.
type marks struct {
	list    []entry
	sources int // of the list; the others are from inputs
}

const (
	maxMarks   = 48 // of a value, of each kind, before they lose detail
	maxSources = 4  // of one part of a value, from sources: one is enough to report
)

// add reports whether e says something new. As a value fills up, marks lose
// detail: they are said to be from more of an input, and of more of the value.
// So their number is bounded and nothing is lost.
func (m *marks) add(e entry) bool {
	source := e.origin.source != nil
	n := m.sources
	if !source {
		n = len(m.list) - m.sources
	}
	switch {
	case n >= maxMarks:
		e.origin.at, e.at = "", ""
	case n >= maxMarks/2:
		e.origin.at, e.at = e.origin.at.head(), e.at.head()
	}
	same := 0
	for i := range m.list {
		x := &m.list[i]
		if x.mark == e.mark {
			news := e.class&^x.class != 0
			x.class |= e.class
			return news
		}
		if (x.origin.source != nil) != source || e.class&^x.class != 0 {
			continue
		}
		switch {
		case !source:
		case x.origin == e.origin && x.at == "":
			return false // a whole that is tainted includes its parts
		case x.at == e.at:
			same++
		}
	}
	if same >= maxSources || same > 0 && n >= maxMarks/2 {
		return false
	}
	m.list = append(m.list, e)
	if source {
		m.sources++
	}
	return true
}

// project returns the marks of the part at elem.
func project(in []entry, elem path) []entry {
	var out []entry
	for _, e := range in {
		if p, ok := e.part(elem); ok {
			out = append(out, p)
		}
	}
	return out
}

// part is what e says of the part at elem.
func (e entry) part(elem path) (entry, bool) {
	if e.at != "" {
		rest, ok := e.at.cut(elem)
		e.at = rest
		return e, ok
	}
	if e.origin.source == nil && !e.origin.at.full() {
		e.origin.at = e.origin.at.join(elem)
	}
	return e, true
}

// take returns what e says of the part at p, which may be shorter or longer
// than the path of e.
func (e entry) take(p path) (entry, bool) {
	for p != "" {
		var elem path
		elem, p = p.first()
		var ok bool
		if e, ok = e.part(elem); !ok {
			return e, false
		}
	}
	return e, true
}

// under moves marks into the part at elem.
func under(in []entry, elem path) []entry {
	if elem == "" {
		return in
	}
	out := make([]entry, len(in))
	for i, e := range in {
		e.at = elem.join(e.at)
		out[i] = e
	}
	return out
}

// loosened forgets constant indexes at the top.
func loosened(in []entry) []entry {
	out := in
	for i, e := range in {
		if l := e.at.loosen(); l != e.at {
			if &out[0] == &in[0] {
				out = append([]entry(nil), in...)
			}
			out[i].at = l
		}
	}
	return out
}

// only keeps the classes of c.
func only(in []entry, c Class) []entry {
	if c&All == All {
		return in
	}
	var out []entry
	for _, e := range in {
		if e.class &= c; e.class != 0 {
			out = append(out, e)
		}
	}
	return out
}

// fitted trims marks to what a value of type t can hold.
func fitted(in []entry, t types.Type) []entry {
	same := true
	for _, e := range in {
		if at, ok := fit(t, e.at); !ok || at != e.at {
			same = false
			break
		}
	}
	if same {
		return in
	}
	var out []entry
	for _, e := range in {
		if at, ok := fit(t, e.at); ok {
			e.at = at
			out = append(out, e)
		}
	}
	return out
}
