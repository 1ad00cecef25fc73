package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A sarifRuleUse is a rule as it is written in a run.
type sarifRuleUse struct {
	rule     *Rule
	base     bool       // written only as the rules of its advisories
	advisory []*Finding // the findings of an advisory, which is a rule of its own here
	index    int
	cwes     []int
}

// sarifRuleID returns the ruleId of a finding: its rule, or its advisory.
func sarifRuleID(f *Finding) string {
	if isAdvisory(f) {
		return "sca/" + f.Advisories[0]
	}
	return f.Rule
}

// isAdvisory reports whether the rule of a finding is written as one rule an
// advisory. An advisory that is called like a rule is none of them.
func isAdvisory(f *Finding) bool {
	if !strings.HasPrefix(f.Rule, "sca/") || len(f.Advisories) == 0 || f.Advisories[0] == "" {
		return false
	}
	switch f.Advisories[0] {
	case "vulnerability", "malware", "licence", "deprecated":
		return false
	}
	return true
}

func (w *sarifRunWriter) collectRules() {
	w.rules = map[string]*sarifRuleUse{}
	for _, f := range w.findings {
		id := sarifRuleID(f)
		u := w.rules[id]
		if u == nil {
			u = &sarifRuleUse{rule: w.index.Rule(f)}
			w.rules[id] = u
		}
		if isAdvisory(f) {
			u.advisory = append(u.advisory, f)
			if w.rules[f.Rule] == nil {
				w.rules[f.Rule] = &sarifRuleUse{rule: u.rule, base: true}
			}
		} else {
			u.base = false
		}
	}
}

// numberRules sorts the rules of the run and gathers their weaknesses.
func (w *sarifRunWriter) numberRules() {
	n := 0
	all := map[int]bool{}
	for _, id := range slices.Sorted(maps.Keys(w.rules)) {
		u := w.rules[id]
		if u.base {
			continue
		}
		u.index = n
		n++
		u.cwes = u.rule.CWEs
		if u.advisory != nil {
			u.cwes = nil
			for _, f := range u.advisory {
				u.cwes = append(u.cwes, f.CWEs...)
			}
			slices.Sort(u.cwes)
			u.cwes = slices.Compact(u.cwes)
		}
		for _, c := range u.cwes {
			all[c] = true
		}
	}
	for _, f := range w.findings {
		for _, c := range f.CWEs {
			all[c] = true
		}
	}
	maps.DeleteFunc(all, func(c int, _ bool) bool { return c <= 0 })
	w.taxonomies = slices.Clone(w.kept.Taxonomies)
	w.cwes = map[int]int{}
	w.cweAt = slices.IndexFunc(w.taxonomies, func(c sarifComponent) bool { return strings.EqualFold(c.Name, sarifCWE) })
	if len(all) == 0 {
		return
	}
	if w.cweAt < 0 {
		w.cweAt = len(w.taxonomies)
		w.taxonomies = append(w.taxonomies, sarifCWEComponent())
	}
	t := &w.taxonomies[w.cweAt]
	t.Taxa = slices.Clip(t.Taxa)
	for i := range t.Taxa {
		if n, ok := parseCWE(t.Taxa[i].ID); ok {
			w.cwes[n] = i
		}
	}
	for _, c := range slices.Sorted(maps.Keys(all)) {
		if _, ok := w.cwes[c]; !ok {
			w.cwes[c] = len(t.Taxa)
			t.Taxa = append(t.Taxa, sarifRule{ID: strconv.Itoa(c)})
		}
	}
}

// descriptor is a rule as written: what follows from it, under what was read
// from another tool's document.
func (w *sarifRunWriter) descriptor(u *sarifRuleUse) sarifRule {
	r := *u.rule
	extra := sarifRuleExtra{Severity: &u.rule.Severity}
	if u.advisory != nil {
		extra.Rule = r.ID
		r = advisoryRule(&r, u.advisory)
	}
	d := sarifDescribe(&r)
	if u.advisory != nil {
		f := worst(u.advisory, 1, w.now)[0]
		if f.Message != "" {
			d.FullDescription = &sarifText{Text: f.Message, Markdown: f.Markdown}
		}
		if s := advisoryScore(f); s != "" {
			d.Properties["security-severity"] = w.marshal(s)
		}
	}
	kept := sarifKeptIn[sarifRuleKept](r.Props)
	d.sarifRuleRest = kept.sarifRuleRest
	d.Name = cmp.Or(kept.Name, d.Name)
	d.ShortDescription = cmp.Or(kept.ShortDescription, d.ShortDescription)
	d.FullDescription = cmp.Or(kept.FullDescription, d.FullDescription)
	d.Help = cmp.Or(kept.Help, d.Help)
	d.HelpURI = cmp.Or(kept.HelpURI, d.HelpURI)
	d.Configuration = cmp.Or(kept.Configuration, d.Configuration)
	var related []int
	for _, c := range distinct(u.cwes) {
		if _, ok := w.cwes[c]; ok {
			related = append(related, c)
			d.Relationships = append(d.Relationships, sarifRelationship{Target: w.cwe(c), Kinds: []string{"superset"}})
		}
	}
	d.Relationships = append(d.Relationships, kept.Relationships...)

	if u.advisory == nil {
		extra.Kind, extra.Confidence, extra.Controls = r.Kind, r.Confidence, r.Controls
		if !slices.Equal(related, r.CWEs) {
			extra.CWEs = r.CWEs
		}
		if r.URL != d.HelpURI {
			extra.URL = r.URL
		}
		if tags, _ := sarifTags(d.Properties); !slices.Equal(ownTags(tags, &r), r.Tags) {
			extra.Tags = r.Tags
		}
	}
	bag := w.pack(r.Props, &extra, "tags")
	for k, v := range bag {
		d.Properties[k] = v
	}
	return d
}

// advisoryRule is the rule of the findings of one advisory.
func advisoryRule(base *Rule, fs []*Finding) Rule {
	f := fs[0]
	for _, g := range fs {
		if g.Severity > f.Severity {
			f = g
		}
	}
	r := *base
	r.ID = sarifRuleID(f)
	r.Title = f.Advisories[0]
	if len(f.Advisories) > 1 {
		r.Title += " (" + strings.Join(f.Advisories[1:], ", ") + ")"
	}
	r.Kind = cmp.Or(f.Kind, r.Kind)
	r.Severity = cmp.Or(f.Severity, r.Severity)
	r.Confidence = cmp.Or(f.Confidence, r.Confidence)
	r.CWEs = nil
	for _, g := range fs {
		r.CWEs = append(r.CWEs, g.CWEs...)
	}
	slices.Sort(r.CWEs)
	r.CWEs = slices.Compact(r.CWEs)
	if i := slices.IndexFunc(f.Links, func(l Link) bool { return l.Kind == "advisory" && isURI(l.URL) }); i >= 0 {
		r.URL = f.Links[i].URL
	}
	r.Props = nil
	return r
}

// advisoryScore returns the highest CVSS score of f that agrees with its severity.
func advisoryScore(f *Finding) string {
	var score float64
	for _, r := range f.Ratings {
		if strings.HasPrefix(r.Method, "CVSS") && r.Score > score && sarifSeverity(r.Score) == f.Severity {
			score = r.Score
		}
	}
	if score == 0 {
		return ""
	}
	return strconv.FormatFloat(score, 'f', 1, 64)
}
