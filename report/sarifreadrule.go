package report

import (
	"cmp"
	"encoding/json"
	"strings"
)

// A sarifDescriptor is a rule as it was read.
type sarifDescriptor struct {
	rule Rule
	raw  *sarifRule
	tool *sarifComponent
	of   string // of an advisory's: the rule that its findings have
}

// readRules reads the rules of the driver and, behind them, those of the
// extensions, in which tools keep the rules of plug-ins and packs.
func (d *sarifRunReader) readRules() {
	tools := []*sarifComponent{&d.run.Tool.Driver}
	for i := range d.run.Tool.Extensions {
		tools = append(tools, &d.run.Tool.Extensions[i])
	}
	d.byID, d.byGUID = map[string]*sarifDescriptor{}, map[string]*sarifDescriptor{}
	d.tools = make([][]sarifDescriptor, len(tools))
	for i, t := range tools {
		d.tools[i] = make([]sarifDescriptor, len(t.Rules))
		for j := range t.Rules {
			s := &d.tools[i][j]
			s.raw, s.tool = &t.Rules[j], t
			s.rule, s.of = d.readRule(s.raw)
			if d.byID[s.rule.ID] == nil {
				d.byID[s.rule.ID] = s
			}
			var guid string
			if json.Unmarshal(s.raw.GUID, &guid); guid != "" {
				d.byGUID[strings.ToLower(guid)] = s
			}
			if s.of == "" && (s.rule.ID != "" || d.ours) {
				d.rule(s.rule)
			}
		}
	}
	d.overrides = map[*sarifDescriptor]string{}
	for _, inv := range d.run.Invocations {
		for _, o := range inv.Overrides {
			if r := d.find(&o.Descriptor); r != nil && d.overrides[r] == "" {
				d.overrides[r] = o.Configuration.Level
			}
		}
	}
}

func (d *sarifRunReader) readRule(s *sarifRule) (r Rule, of string) {
	extra, ours, bag := sarifUnpack[sarifRuleExtra](s.Properties)
	if ours = ours && extra.Severity != nil; !ours {
		extra, bag = sarifRuleExtra{}, s.Properties
	}
	r = Rule{ID: s.ID, Scanner: d.scanner, URL: s.HelpURI, Kind: extra.Kind, Confidence: extra.Confidence, Controls: extra.Controls}
	if s.ShortDescription != nil {
		r.Title = s.ShortDescription.Text
	} else if s.FullDescription != nil {
		r.Title, _, _ = strings.Cut(s.FullDescription.Text, "\n")
	} else {
		r.Title = s.Name
	}
	if r.Title == r.ID {
		r.Title = "" // writing makes it so
	}
	if s.Help != nil {
		r.Help = cmp.Or(s.Help.Markdown, s.Help.Text)
	}
	kept := sarifRuleKept{sarifRuleRest: s.sarifRuleRest}
	for i := range s.Relationships {
		rel := &s.Relationships[i]
		if n, ok := d.cwe(&rel.Target); ok {
			r.CWEs = append(r.CWEs, n)
		} else {
			rel.Target = d.portable(&rel.Target)
			kept.Relationships = append(kept.Relationships, *rel)
		}
	}
	r.CWEs = distinct(r.CWEs)
	tags, isTags := sarifTags(bag)
	if ours {
		r.Severity = *extra.Severity
		r.URL = cmp.Or(extra.URL, r.URL)
		if extra.CWEs != nil {
			r.CWEs = extra.CWEs
		}
	} else {
		foreignRule(&r, s, bag, tags)
	}
	if isTags {
		r.Tags = ownTags(tags, &r)
	}
	if extra.Tags != nil {
		r.Tags = extra.Tags
	}
	if len(r.Tags) == 0 {
		r.Tags = nil
	}

	own := sarifDescribe(&r)
	kept.keep(s, &own)
	rest := Props{}
	for k, v := range bag {
		if (k != "tags" || !isTags) && compareJSON(v, own.Properties[k]) != 0 {
			rest[k] = v
		}
	}
	if len(rest) == 0 {
		rest = nil
	}
	r.Props = sarifKeep(rest, &kept)
	return r, extra.Rule
}

// foreignRule takes from another tool's rule what the tools have agreed on:
// GitHub's security-severity, CodeQL's precision, weaknesses named in tags.
func foreignRule(r *Rule, s *sarifRule, bag Props, tags []string) {
	if score, ok := sarifNumber(bag["security-severity"]); ok {
		r.Severity = sarifSeverity(score)
	} else if s.Configuration != nil && s.Configuration.Level != "" {
		r.Severity, _ = ParseSeverity(s.Configuration.Level)
	}
	var precision string
	json.Unmarshal(bag["precision"], &precision)
	r.Confidence = sarifConfidence(precision)
	var one string
	var list []string
	if json.Unmarshal(bag["cwe"], &list) != nil && json.Unmarshal(bag["cwe"], &one) == nil {
		list = []string{one}
	}
	for _, t := range append(list, tags...) {
		t = strings.TrimPrefix(t, "external/cwe/")
		if len(t) < 4 || !strings.EqualFold(t[:4], "CWE-") {
			continue
		}
		if n, ok := parseCWE(t); ok {
			r.CWEs = append(r.CWEs, n)
		}
	}
	r.CWEs = distinct(r.CWEs)
}

// keep takes over what s says otherwise than own, which writing makes by itself.
func (k *sarifRuleKept) keep(s, own *sarifRule) {
	if s.Name != own.Name {
		k.Name = s.Name
	}
	if s.HelpURI != own.HelpURI {
		k.HelpURI = s.HelpURI
	}
	text := func(to **sarifText, s, own *sarifText) {
		if s != nil && (own == nil || *s != *own) {
			*to = s
		}
	}
	text(&k.ShortDescription, s.ShortDescription, own.ShortDescription)
	text(&k.FullDescription, s.FullDescription, own.FullDescription)
	text(&k.Help, s.Help, own.Help)
	if s.Configuration != nil && compareJSON(s.Configuration, own.Configuration) != 0 {
		k.Configuration = s.Configuration
	}
}

// descriptor finds the rule of a result (3.27.5 to 3.27.7); one that the
// document does not describe has nothing but its id.
func (d *sarifRunReader) descriptor(s *sarifResult) *sarifDescriptor {
	ref := sarifReference{ID: s.RuleID, Index: s.RuleIndex}
	if s.Rule != nil {
		ref.ID = cmp.Or(ref.ID, s.Rule.ID)
		ref.GUID, ref.Component = s.Rule.GUID, s.Rule.Component
		if s.Rule.Index != nil {
			ref.Index = s.Rule.Index
		}
	}
	if r := d.find(&ref); r != nil && (r.rule.ID != "" || d.ours) {
		return r
	}
	return &sarifDescriptor{rule: Rule{ID: cmp.Or(ref.ID, "unknown"), Scanner: d.scanner}, raw: &sarifRule{}, tool: &d.run.Tool.Driver}
}

// find returns the rule that ref names, or nil. Where id and index contradict
// one another, the id counts. An id may go on behind the rule's with a slash
// (3.27.5).
func (d *sarifRunReader) find(ref *sarifReference) *sarifDescriptor {
	tool, _ := lookUp(ref.Component, len(d.run.Tool.Extensions), func(i int) int { return i + 1 }, d.toolNames)
	if at := indexOf(ref.Index, len(d.tools[tool])); at >= 0 {
		r := &d.tools[tool][at]
		if ref.ID == "" || ref.ID == r.rule.ID || strings.HasPrefix(ref.ID, r.rule.ID+"/") {
			return r
		}
	}
	for id, depth := ref.ID, 0; id != "" && depth < 32; depth++ {
		if r := d.byID[id]; r != nil {
			return r
		}
		id = id[:max(strings.LastIndexByte(id, '/'), 0)]
	}
	return d.byGUID[strings.ToLower(ref.GUID)]
}

// byReference returns a reference to the same rule by id alone, which stays
// true when the rules are written in another order.
func (d *sarifRunReader) byReference(ref *sarifReference) sarifReference {
	if r := d.find(ref); r != nil {
		return sarifReference{ID: cmp.Or(ref.ID, r.rule.ID)}
	}
	return sarifReference{ID: ref.ID, GUID: ref.GUID}
}
