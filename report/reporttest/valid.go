package reporttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
)

// checkResult: a report's parts refer to each other, and its places lie in the tree.
func checkResult(k *kit, _ context.Context) error {
	if name := k.scanner.Name(); name == "" || name != strings.ToLower(strings.TrimSpace(name)) || name != k.scanner.Name() {
		return fmt.Errorf("name %q: want a constant in lower case", name)
	}
	v := &validator{rep: k.want, tree: k.tree, subject: k.subject, scanner: k.scanner.Name()}
	v.report()
	return errors.Join(v.errs...)
}

// A validator gathers what is wrong in one report.
type validator struct {
	rep     *report.Report
	tree    fstest.MapFS
	subject string
	scanner string
	errs    []error
}

func (v *validator) errorf(format string, args ...any) {
	if len(v.errs) < 20 { // one mistake tends to be in every finding
		v.errs = append(v.errs, fmt.Errorf(format, args...))
	}
}

func (v *validator) report() {
	if len(v.rep.Subjects) != 1 || v.rep.Subjects[0].Name != v.subject {
		v.errorf("subjects %v: want the target's", v.rep.Subjects)
	}
	v.scans()
	seen := map[string]bool{}
	for _, c := range v.rep.Components {
		v.component(c)
		if seen[c.ID] {
			v.errorf("component %s: listed twice", c.ID)
		}
		seen[c.ID] = true
	}
	clear(seen)
	for _, f := range v.rep.Findings {
		v.finding(f)
		if seen[f.Fingerprint] {
			v.errorf("finding %s at %s: its fingerprint is not its own", f.Rule, f.Location.Path)
		}
		seen[f.Fingerprint] = true
	}
	for i := range v.rep.Notices {
		n := &v.rep.Notices[i]
		if n.Subject != v.subject || n.Scanner != v.scanner || n.Op == "" || n.Message == "" {
			v.errorf("notice %+v: want subject, scanner, operation and message", *n)
		}
		if path.IsAbs(n.Path) {
			v.errorf("notice %s: path %q is absolute", n.Op, n.Path)
		}
	}
	if _, err := json.Marshal(v.rep); err != nil {
		v.errorf("the report cannot be written as JSON: %v", err)
	}
	v.secrets()
}

func (v *validator) scans() {
	if len(v.rep.Scans) == 0 {
		v.errorf("no scan is recorded")
	}
	for i := range v.rep.Scans {
		s := &v.rep.Scans[i]
		if s.Subject != v.subject || s.Scanner != v.scanner {
			v.errorf("scan of %q by %q: want subject %q, scanner %q", s.Subject, s.Scanner, v.subject, v.scanner)
		}
		if len(s.Examined) == 0 {
			v.errorf("scan: Examined is empty, which means nothing to do, though something was found")
		}
		for unit, n := range s.Examined {
			if n < 0 || unit == "" {
				v.errorf("scan: examined %d %q", n, unit)
			}
		}
	}
}

func (v *validator) component(c *report.Component) {
	if c.Subject != v.subject || c.ID == "" || c.Name == "" {
		v.errorf("component %+v: want subject, ID and name", *c)
	}
	for _, id := range append([]string{c.Root, c.OwnedBy}, c.DependsOn...) {
		if id != "" && !v.known(id) {
			v.errorf("component %s: refers to %q, which the report does not hold", c.ID, id)
		}
	}
	for i := range c.Found {
		v.location("component "+c.ID, &c.Found[i])
	}
}

func (v *validator) known(id string) bool {
	return slices.ContainsFunc(v.rep.Components, func(c *report.Component) bool { return c.ID == id })
}

func (v *validator) finding(f *report.Finding) {
	what := fmt.Sprintf("finding %s at %s:%d", f.Rule, f.Location.Path, f.Location.Region.Start.Line)
	if f.Subject != v.subject || f.Scanner != v.scanner {
		v.errorf("%s: subject %q, scanner %q", what, f.Subject, f.Scanner)
	}
	if !slices.ContainsFunc(v.rep.Rules, func(r report.Rule) bool { return r.ID == f.Rule && r.Scanner == f.Scanner }) {
		v.errorf("%s: its rule is not in Report.Rules", what)
	}
	for i := range v.rep.Scans {
		if !slices.Contains(v.rep.Scans[i].Rules, f.Rule) {
			v.errorf("%s: its rule is not in Scan.Rules; give Collector.Rules all that are applied", what)
		}
	}
	if f.Fingerprint == "" {
		v.errorf("%s: no fingerprint", what)
	}
	if f.Message == "" || f.Kind == "" {
		v.errorf("%s: message %q, kind %q; want both, from the finding or its rule", what, f.Message, f.Kind)
	}
	if f.Component != "" && !v.known(f.Component) {
		v.errorf("%s: component %q is not in the report", what, f.Component)
	}
	v.location(what, &f.Location)
	for i := range f.Related {
		v.location(what+", related", &f.Related[i])
	}
	for _, flow := range append(slices.Clone(f.Flows), f.Reach.Path) {
		for i := range flow {
			v.location(what+", flow", &flow[i].Location)
		}
	}
	for i := range f.Suppressions {
		v.location(what+", suppression", &f.Suppressions[i].Source)
	}
}

// location checks that a place is relative and, if it is a file of the tree, in it.
func (v *validator) location(what string, l *report.Location) {
	for part := range strings.SplitSeq(l.Path, "!/") {
		if l.Path != "" && (!fs.ValidPath(part) || strings.Contains(part, `\`)) {
			v.errorf("%s: path %q: want it slash-separated and relative to the tree", what, l.Path)
			return
		}
	}
	r := &l.Region
	if r.Start.Line < 0 || r.Start.Column < 0 || r.Length < 0 || r.Offset < 0 ||
		r.End.Line != 0 && (r.End.Line < r.Start.Line || r.End.Line == r.Start.Line && r.End.Column != 0 && r.End.Column < r.Start.Column) {
		v.errorf("%s: region %+v", what, *r)
	}
	f := v.tree[l.Path]
	if f == nil || !f.Mode.IsRegular() {
		return
	}
	if lines := bytes.Count(f.Data, []byte("\n")) + 1; r.Start.Line > lines || r.End.Line > lines+1 {
		v.errorf("%s: lines %d to %d of a file with %d", what, r.Start.Line, r.End.Line, lines)
	}
	if size := int64(len(f.Data)); r.Length > 0 && r.Offset+r.Length > size {
		v.errorf("%s: bytes %d to %d of a file with %d", what, r.Offset, r.Offset+r.Length, size)
	}
}

// secrets checks that what the region of a secret covers is nowhere in the
// report, nor what it was fingerprinted by.
func (v *validator) secrets() {
	data, _ := json.Marshal(v.rep)
	var tree any
	if json.Unmarshal(data, &tree) != nil {
		return
	}
	text := texts(tree)
	for _, f := range v.rep.Findings {
		if f.Kind != report.KindSecret {
			continue
		}
		if f.PartialFingerprints[report.LineHash] != "" {
			v.errorf("finding %s at %s: a secret with a hash that needs no key", f.Rule, f.Location.Path)
		}
		// A keyed hash may stand in Group too, which tells that two places hold one secret.
		if len(f.Key) >= 8 && !strings.Contains(f.Group, f.Key) && strings.Contains(text, f.Key) {
			v.errorf("finding %s at %s: its Key is in the report", f.Rule, f.Location.Path)
		}
		r, file := &f.Location.Region, v.tree[f.Location.Path]
		if file == nil || r.Length < 8 || r.Offset+r.Length > int64(len(file.Data)) {
			continue
		}
		if raw := strings.TrimSpace(string(file.Data[r.Offset : r.Offset+r.Length])); strings.Contains(text, raw) {
			v.errorf("finding %s at %s:%d: the report holds the secret itself", f.Rule, f.Location.Path, r.Start.Line)
		}
	}
}

// texts returns all strings of a JSON value, one a line.
func texts(v any) string {
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			b.WriteString(v + "\n")
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				b.WriteString(k + "\n")
				walk(e)
			}
		}
	}
	walk(v)
	return b.String()
}
