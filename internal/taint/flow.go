package taint

import (
	"cmp"
	"go/token"
	"slices"
)

// A Finding is a sink that data of others reaches.
type Finding struct {
	Class Class
	What  string // the sink: "(*sql.DB).Query"
	At    Place  // the sink
	Here  Place  // in this package: the sink, or the call that leads out of the package to it
	Flows []Flow // at most maxFlows, by place of their sources
}

// A Flow is one way to a sink, its source first.
type Flow struct {
	Source string // "(*http.Request).FormValue"
	Steps  []Step
}

const maxFlows = 4

// A Limit says that a function was not analysed to the end.
type Limit struct {
	Pos      token.Pos
	Function string
	Why      string
}

// A Result is what the engine knows about a package.
type Result struct {
	findings []*Finding
	Limits   []Limit // in order of place
}

// Findings returns those of a class, in order of place.
func (r *Result) Findings(c Class) []*Finding {
	if r == nil {
		return nil
	}
	var out []*Finding
	for _, f := range r.findings {
		if f.Class&c != 0 {
			out = append(out, f)
		}
	}
	return out
}

type findingKey struct {
	class Class
	at    Place
	pos   token.Pos
}

// found records a flow from a source to a sink.
func (e *engine) found(f *function, src *source, class Class, what string, at Place, tr *trail, pos token.Pos) {
	here := at
	if !at.Pos.IsValid() {
		here = e.place(pos)
	}
	k := findingKey{class, at, here.Pos}
	found := e.findings[k]
	if found == nil {
		found = &Finding{Class: class, What: what, At: at, Here: here}
		e.findings[k] = found
	}
	flow := Flow{src.what, tr.steps()}
	for _, g := range found.Flows {
		if g.Source == flow.Source && len(g.Steps) > 0 && len(flow.Steps) > 0 && g.Steps[0].Place == flow.Steps[0].Place {
			return
		}
	}
	if len(found.Flows) < maxFlows {
		found.Flows = append(found.Flows, flow)
	}
}

// result lists what was found.
func (e *engine) result() *Result {
	r := &Result{Limits: e.given}
	for _, f := range e.findings {
		slices.SortFunc(f.Flows, func(a, b Flow) int {
			var p, q Place
			if len(a.Steps) > 0 {
				p = a.Steps[0].Place
			}
			if len(b.Steps) > 0 {
				q = b.Steps[0].Place
			}
			return cmp.Or(p.compare(q), cmp.Compare(a.Source, b.Source))
		})
		r.findings = append(r.findings, f)
	}
	slices.SortFunc(r.findings, func(a, b *Finding) int {
		return cmp.Or(a.Here.compare(b.Here), cmp.Compare(a.Class, b.Class), a.At.compare(b.At))
	})
	slices.SortFunc(r.Limits, func(a, b Limit) int { return cmp.Or(e.place(a.Pos).compare(e.place(b.Pos)), cmp.Compare(a.Why, b.Why)) })
	return r
}
