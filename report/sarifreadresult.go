package report

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// finding reads a result.
func (d *sarifRunReader) finding(s *sarifResult) *Finding {
	extra, ours, bag := sarifUnpack[sarifFindingExtra](s.Properties)
	ours = ours && extra.Severity != nil
	if !ours {
		extra, bag = sarifFindingExtra{}, s.Properties
	}
	rule := d.descriptor(s)
	if rule.of == "" {
		d.rule(rule.rule) // also one that the document does not describe
	}
	f := &Finding{
		Subject: d.about, Scanner: d.scanner, Rule: cmp.Or(extra.Rule, rule.rule.ID), Fingerprint: extra.Fingerprint,
		Kind: extra.Kind, Confidence: extra.Confidence, Ratings: extra.Ratings,
		Advisories: extra.Advisories, Controls: extra.Controls, Component: extra.Component, Via: extra.Via, FixedIn: extra.FixedIn,
		Evidence: extra.Evidence, Reach: extra.Reach, Intel: extra.Intel,
		Published: extra.Published, FirstSeen: extra.FirstSeen, LastSeen: extra.LastSeen, Due: extra.Due,
		Links: extra.Links, Witnesses: extra.Witnesses, Owners: extra.Owners, Group: extra.Group,
		Baseline: s.BaselineState, Count: max(s.OccurrenceCount, 0),
	}
	kept := sarifFindingKept{sarifResultRest: s.sarifResultRest}
	if s.Kind != "fail" {
		kept.Kind = s.Kind
	}
	if strings.HasPrefix(s.RuleID, rule.rule.ID+"/") && rule.rule.ID != "" {
		kept.RuleID = s.RuleID
	}
	f.Message, f.Markdown = d.message(&s.Message, rule)
	d.severity(f, s, &extra, rule, &kept)
	if !ours {
		if f.Message == "" {
			f.Message = rule.rule.Title
			d.refer(len(f.Message))
		}
		f.Kind, f.Controls = rule.rule.Kind, rule.rule.Controls
	}
	d.weaknesses(f, s, &extra, rule, &kept)

	if len(s.Locations) > 0 {
		f.Location = d.location(&s.Locations[0])
		for i := range s.Locations[1:] {
			l := d.location(&s.Locations[i+1])
			l.Role = RoleAlso
			f.Related = append(f.Related, l)
		}
	}
	d.related(f, s)
	for i := range s.CodeFlows {
		for _, t := range s.CodeFlows[i].Threads {
			if flow := d.flow(t.Locations); len(flow) > 0 {
				f.Flows = append(f.Flows, flow)
			}
		}
	}
	d.readFixes(f, s, &extra, &kept)
	for i := range s.Suppressions {
		f.Suppressions = append(f.Suppressions, d.suppression(&s.Suppressions[i]))
	}
	d.fingerprints(f, s)

	tags, isTags := sarifTags(bag)
	if isTags {
		bag = maps.Clone(bag)
		delete(bag, "tags")
		f.Tags = tags
	}
	if extra.Tags != nil {
		f.Tags = extra.Tags
	}
	if len(f.Tags) == 0 {
		f.Tags = nil
	}
	if len(bag) == 0 {
		bag = nil
	}
	f.Props = sarifKeep(bag, &kept)
	return f
}

// severity finds how bad a result is. What we wrote counts as long as nobody
// changed the level.
func (d *sarifRunReader) severity(f *Finding, s *sarifResult, extra *sarifFindingExtra, rule *sarifDescriptor, kept *sarifFindingKept) {
	level := s.Level
	if extra.Severity != nil {
		f.Severity = *extra.Severity
		if want := cmp.Or(extra.Level, sarifLevel(f.Severity)); level == "" || level == want {
			kept.Level = extra.Level
			if kept.Level != "" {
				kept.Severity = f.Severity
			}
			return
		}
	}
	f.Confidence = cmp.Or(f.Confidence, rule.rule.Confidence)
	review := false
	switch s.Kind {
	case "open", "review":
		review = true
		f.Confidence = ConfidenceLow
	case "informational":
		f.Severity = Info
	}
	if level == "" {
		level = d.defaultLevel(rule, s.Kind)
	}
	if extra.Severity == nil || f.Severity == Unrated {
		score, ok := sarifNumber(s.Properties["security-severity"])
		if !ok && rule.raw != nil {
			score, ok = sarifNumber(rule.raw.Properties["security-severity"])
		}
		switch {
		case s.Kind == "informational":
		case ok:
			f.Severity = sarifSeverity(score)
		case review && rule.rule.Severity != Unrated:
			f.Severity = rule.rule.Severity
		case review && level == "none":
			f.Severity = Unrated // nobody has said
		default:
			f.Severity, _ = ParseSeverity(level)
		}
	} else {
		f.Severity, _ = ParseSeverity(level)
	}
	if level != sarifLevel(f.Severity) && slices.Contains([]string{"none", "note", "warning", "error"}, level) {
		kept.Level, kept.Severity = level, f.Severity
	}
}

// defaultLevel is the level of a result that has none of its own (3.27.10):
// that of an override of the invocation, that of the rule, a warning.
func (d *sarifRunReader) defaultLevel(rule *sarifDescriptor, kind string) string {
	if kind != "" && kind != "fail" {
		return "none"
	}
	if level := d.overrides[rule]; level != "" {
		return level
	}
	if c := rule.raw.Configuration; c != nil && c.Level != "" {
		return c.Level
	}
	return "warning"
}

// weaknesses reads taxa of the CWE; other ones are kept.
func (d *sarifRunReader) weaknesses(f *Finding, s *sarifResult, extra *sarifFindingExtra, rule *sarifDescriptor, kept *sarifFindingKept) {
	for i := range s.Taxa {
		if n, ok := d.cwe(&s.Taxa[i]); ok {
			f.CWEs = append(f.CWEs, n)
		} else {
			kept.Taxa = append(kept.Taxa, d.portable(&s.Taxa[i]))
		}
	}
	if len(f.CWEs) == 0 {
		f.CWEs = rule.rule.CWEs
	}
	if extra.CWEs != nil {
		f.CWEs = extra.CWEs
		if len(f.CWEs) == 0 {
			f.CWEs = nil
		}
	}
}

// related reads related locations. Their numbers are kept if a message could
// link to them, that is, if they are not those that writing gives.
func (d *sarifRunReader) related(f *Finding, s *sarifResult) {
	plain := true
	for i := range s.RelatedLocations {
		id := s.RelatedLocations[i].ID
		plain = plain && id != nil && *id == i+1
	}
	for i := range s.RelatedLocations {
		if plain {
			s.RelatedLocations[i].ID = nil
		}
		f.Related = append(f.Related, d.location(&s.RelatedLocations[i]))
	}
}

// flow reads the steps of a thread. Those that stand in the run's list are
// taken from there.
func (d *sarifRunReader) flow(steps []sarifStep) Flow {
	var flow Flow
	for i := range steps {
		s := steps[i]
		if at := indexOf(s.Index, len(d.run.ThreadFlowLocations)); at >= 0 && s.Location == nil {
			listed := d.listedStep(at)
			s.Location = listed.Location
			if reflect.ValueOf(s.sarifStepRest).IsZero() {
				s.sarifStepRest = listed.sarifStepRest
			}
		}
		if s.Location == nil {
			s.Location = &sarifLocation{}
		}
		extra, _, _ := sarifUnpack[sarifPlaceExtra](s.Location.Properties)
		step := Step{Location: d.location(s.Location)}
		step.Message, step.Location.Message = step.Location.Message, extra.Message
		if !reflect.ValueOf(s.sarifStepRest).IsZero() {
			kept := sarifKeptIn[sarifPlaceKept](step.Location.Props)
			kept.Step = s.sarifStepRest
			step.Location.Props = sarifKeep(step.Location.Props, &kept)
		}
		flow = append(flow, step)
	}
	return flow
}

func (d *sarifRunReader) fingerprints(f *Finding, s *sarifResult) {
	if v, ok := s.PartialFingerprints[sarifFingerprint]; ok {
		f.Fingerprint = sarifFingerprint + ":" + v
		delete(s.PartialFingerprints, sarifFingerprint)
	}
	if len(s.PartialFingerprints) > 0 {
		f.PartialFingerprints = s.PartialFingerprints
	}
}
