package sast

import (
	"cmp"
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/report"
)

// found is a finding on its way to the report.
type found struct{ *report.Finding }

// found turns what an analyzer said about a package into findings.
func (r *run) found(loc *locator, a *analysis.Analyzer, o *outcome, d *driver) []*found {
	rule := r.byName[a]
	var out []*found
	if ps, ok := o.result.(*problems); ok {
		for _, p := range ps.list {
			out = append(out, r.problem(loc, rule, p, ps.pass))
		}
		return out
	}
	for _, diag := range o.diagnostics {
		p := &problem{Diagnostic: diag}
		pass := &analysis.Pass{Fset: d.fset, Files: d.p.files, ReadFile: d.readFile}
		if ig := ignoring(pass, diag.Pos, diag.End, rule); ig != nil && !ig.reasonless {
			p.ignored = ig
		}
		out = append(out, r.problem(loc, rule, p, pass))
	}
	return out
}

// problem turns one diagnostic into a finding.
func (r *run) problem(loc *locator, rule string, p *problem, pass *analysis.Pass) *found {
	f := &report.Finding{Rule: rule, Message: p.Message, Location: loc.at(p.Pos, p.End)}
	if p.ignored != nil {
		f.Suppressions = append(f.Suppressions, suppression(p.ignored, loc.at(p.ignored.pos, p.ignored.end)))
	}
	if p.at.Line > 0 {
		// The sink is in another package: that is where to look, and where the fix is.
		if s := loc.source(p.at); s != nil {
			f.Location = loc.place(p.at)
			if sup := s.suppressed(p.at, rule); sup != nil && f.Suppressions == nil {
				f.Suppressions = append(f.Suppressions, *sup)
			}
		}
	}
	for _, flow := range p.flows {
		f.Flows = append(f.Flows, steps(loc, flow))
	}
	if p.flows == nil {
		for _, rel := range p.Related {
			at := loc.at(rel.Pos, rel.End)
			at.Message = rel.Message
			f.Related = append(f.Related, at)
		}
	}
	for i, fix := range p.SuggestedFixes {
		f.Fixes = append(f.Fixes, r.fix(loc, rule, f, i, fix))
	}
	return &found{f}
}

func suppression(d *directive, at report.Location) report.Suppression {
	at.Logical = nil
	return report.Suppression{Kind: report.InSource, Status: report.StatusAccepted, Reason: d.reason, Source: at}
}

// suppressed looks for a comment at a sink in another package.
func (s *foreign) suppressed(p taint.Place, rule string) *report.Suppression {
	file := s.parsed()
	if file == nil {
		return nil
	}
	tf := s.fset.File(file.FileStart)
	pass := &analysis.Pass{Fset: s.fset, Files: []*ast.File{file}, ReadFile: func(string) ([]byte, error) { return s.text, nil }}
	d := ignoring(pass, tf.Pos(min(s.offset(p.Line, p.Column), tf.Size())), tf.Pos(min(s.offset(p.EndLine, p.EndCol), tf.Size())), rule)
	if d == nil || d.reasonless {
		return nil
	}
	region := report.RegionOf(s.text, tf.Offset(d.pos), tf.Offset(d.end))
	sup := suppression(d, report.Location{Path: s.path, Region: region})
	return &sup
}

// steps turns a flow into the report's form.
func steps(loc *locator, flow taint.Flow) report.Flow {
	var out report.Flow
	for i, s := range flow.Steps {
		at := loc.place(s.Place)
		switch i {
		case 0:
			at.Role = report.RoleSource
		case len(flow.Steps) - 1:
			at.Role = report.RoleSink
		}
		out = append(out, report.Step{Location: at, Message: s.Text})
	}
	return out
}

// fix turns a suggested fix into the report's form.
func (r *run) fix(loc *locator, rule string, f *report.Finding, i int, fix analysis.SuggestedFix) report.Fix {
	out := report.Fix{ID: fmt.Sprintf("%s:%s#%d/%d", rule, f.Location.Path, f.Location.Region.Offset, i), Title: fix.Message, Effort: "minutes"}
	for _, e := range fix.TextEdits {
		at := loc.at(e.Pos, e.End)
		at.Region.Snippet = ""
		out.Edits = append(out.Edits, report.Edit{Path: at.Path, Region: at.Region, Text: string(e.NewText)})
	}
	return out
}

// maxFlows bounds the flows of one finding.
const maxFlows = 8

// add hands findings to the collector. Those of one rule at one place, which
// packages that call it found each for itself, become one.
func (r *run) add(all []*found) {
	type key struct {
		rule, path string
		at         report.Position
	}
	index := map[key]*found{}
	var order []*found
	for _, f := range all {
		at := f.Location
		if at.Path != "" && !r.t.Covers(at.Path) {
			continue
		}
		k := key{f.Rule, at.Path, at.Region.Start}
		if g := index[k]; g != nil && len(f.Flows) > 0 && len(g.Flows) > 0 {
			g.Flows = append(g.Flows, f.Flows...)
			if len(f.Suppressions) == 0 {
				g.Suppressions = nil // suppressed at one of several calls
			}
			continue
		}
		index[k] = f
		order = append(order, f)
	}
	for _, f := range order {
		slices.SortStableFunc(f.Flows, compareFlows)
		f.Flows = slices.CompactFunc(f.Flows, func(a, b report.Flow) bool { return compareFlows(a, b) == 0 })
		f.Flows = f.Flows[:min(len(f.Flows), maxFlows)]
		r.c.Add(f.Finding)
	}
}

func compareFlows(a, b report.Flow) int {
	return slices.CompareFunc(a, b, func(s, t report.Step) int {
		p, q := s.Location, t.Location
		return cmp.Or(cmp.Compare(p.Path, q.Path), cmp.Compare(p.Region.Start.Line, q.Region.Start.Line),
			cmp.Compare(p.Region.Start.Column, q.Region.Start.Column), cmp.Compare(s.Message, t.Message))
	})
}
