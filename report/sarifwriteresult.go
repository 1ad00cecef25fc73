package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// result writes a finding.
func (w *sarifRunWriter) result(f *Finding) *sarifResult {
	kept := sarifKeptIn[sarifFindingKept](f.Props)
	use := w.rules[sarifRuleID(f)]
	out := &sarifResult{
		RuleID:              sarifRuleID(f),
		RuleIndex:           &use.index,
		Kind:                cmp.Or(kept.Kind, "fail"),
		Level:               w.level(f, &kept),
		Message:             sarifMessage{Text: &f.Message, Markdown: f.Markdown},
		PartialFingerprints: f.PartialFingerprints,
		BaselineState:       f.Baseline,
		OccurrenceCount:     max(f.Count, 0),
		sarifResultRest:     kept.sarifResultRest,
	}
	if strings.HasPrefix(kept.RuleID, out.RuleID+"/") {
		out.RuleID = kept.RuleID
	}
	w.places(out, f)
	for _, flow := range f.Flows {
		if len(flow) > 0 {
			out.CodeFlows = append(out.CodeFlows, w.codeFlow(flow))
		}
	}
	once := w.once()
	for i := range f.Suppressions {
		if s := w.suppression(&f.Suppressions[i]); once(s) {
			out.Suppressions = append(out.Suppressions, s)
		}
	}

	extra := w.findingExtra(f)
	if isAdvisory(f) {
		extra.Rule = f.Rule
	}
	if out.Level != sarifLevel(f.Severity) {
		extra.Level = out.Level
	}
	if v, ok := strings.CutPrefix(f.Fingerprint, sarifFingerprint+":"); ok {
		out.PartialFingerprints = maps.Clone(f.PartialFingerprints)
		if out.PartialFingerprints == nil {
			out.PartialFingerprints = map[string]string{}
		}
		out.PartialFingerprints[sarifFingerprint] = v
	} else {
		extra.Fingerprint = f.Fingerprint
	}
	if !slices.Equal(f.CWEs, use.cwes) {
		for _, c := range distinct(f.CWEs) {
			if c > 0 {
				out.Taxa = append(out.Taxa, w.cwe(c))
			}
		}
		if len(out.Taxa) != len(f.CWEs) || len(f.CWEs) == 0 {
			extra.CWEs = append([]int{}, f.CWEs...)
		}
	}
	out.Taxa = append(out.Taxa, kept.Taxa...)
	w.fixes(out, f, extra)
	out.Fixes = append(out.Fixes, kept.Fixes...)

	tags := slices.Clone(f.Tags)
	slices.Sort(tags)
	if len(slices.Compact(tags)) < len(f.Tags) {
		extra.Tags = f.Tags
	}
	out.Properties = w.pack(f.Props, extra, "tags")
	if len(f.Tags) > 0 {
		if extra.Tags == nil {
			tags = f.Tags
		}
		out.Properties["tags"] = w.marshal(slices.Compact(tags))
	}
	return out
}

// once returns a function that tells whether a value is new to it. Most lists
// of SARIF may not hold two equal ones.
func (w *sarifWriter) once() func(v any) bool {
	seen := map[string]bool{}
	return func(v any) bool {
		text := string(w.marshal(v))
		known := seen[text]
		seen[text] = true
		return !known
	}
}

// level is that of the severity, or what another tool said for it.
func (w *sarifRunWriter) level(f *Finding, kept *sarifFindingKept) string {
	if kept.Level != "" && kept.Severity == f.Severity {
		return kept.Level
	}
	if kept.Kind != "" && kept.Kind != "fail" {
		return "none" // 3.27.10
	}
	return sarifLevel(f.Severity)
}

func (w *sarifRunWriter) findingExtra(f *Finding) *sarifFindingExtra {
	extra := &sarifFindingExtra{
		Kind: f.Kind, Severity: &f.Severity, Confidence: f.Confidence, Ratings: f.Ratings,
		Advisories: f.Advisories, Controls: f.Controls, Component: f.Component, Via: f.Via, FixedIn: f.FixedIn,
		Evidence: f.Evidence, Reach: f.Reach, Intel: f.Intel,
		Published: f.Published, FirstSeen: f.FirstSeen, LastSeen: f.LastSeen, Due: f.Due,
		Links: f.Links, Witnesses: f.Witnesses, Owners: f.Owners, Group: f.Group,
	}
	if c := w.index.Component(f); c != nil {
		extra.PURL = c.PURL
	}
	return extra
}

// places writes where a finding is, and what is related to it. Related
// locations are numbered, so that no two are equal.
func (w *sarifRunWriter) places(out *sarifResult, f *Finding) {
	out.Locations = []sarifLocation{w.location(&f.Location, true)}
	related := f.Related
	for len(related) > 0 && related[0].Role == RoleAlso {
		l := related[0]
		l.Role = ""
		out.Locations = append(out.Locations, w.location(&l, true))
		related = related[1:]
	}
	taken := map[int]bool{}
	for i := range related {
		s := w.location(&related[i], false)
		if s.ID != nil {
			taken[*s.ID] = true
		}
		out.RelatedLocations = append(out.RelatedLocations, s)
	}
	next := 0
	for i := range out.RelatedLocations {
		if s := &out.RelatedLocations[i]; s.ID == nil {
			for next++; taken[next]; next++ {
			}
			id := next
			s.ID = &id
		}
	}
}

func (w *sarifRunWriter) codeFlow(flow Flow) sarifCodeFlow {
	steps := make([]sarifStep, len(flow))
	for i := range flow {
		kept := sarifKeptIn[sarifPlaceKept](flow[i].Location.Props)
		l := w.step(&flow[i])
		steps[i] = sarifStep{Location: &l, sarifStepRest: kept.Step}
	}
	return sarifCodeFlow{Threads: []sarifThread{{Locations: steps}}}
}

// step writes the location of a step with the step's message.
func (w *sarifRunWriter) step(s *Step) sarifLocation {
	l := w.location(&s.Location, false)
	if s.Location.Message != "" {
		extra, _, _ := sarifUnpack[sarifPlaceExtra](l.Properties)
		extra.Message = s.Location.Message
		l.Properties = maps.Clone(l.Properties)
		if l.Properties == nil {
			l.Properties = Props{}
		}
		l.Properties[sarifOurs] = w.marshal(&extra)
	}
	l.Message = nil
	if s.Message != "" {
		l.Message = &sarifMessage{Text: &s.Message}
	}
	return l
}
