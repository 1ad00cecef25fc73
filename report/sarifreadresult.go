package report

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
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

func (d *sarifRunReader) suppression(s *sarifSuppression) Suppression {
	extra, ours, bag := sarifUnpack[sarifSuppressionExtra](s.Properties)
	out := extra.Suppression
	if !ours || out.Kind == "" {
		out = Suppression{Kind: External, Reason: s.Justification}
		if s.Kind == "inSource" {
			out.Kind = InSource
		}
		switch s.Status {
		case "underReview":
			out.Status = StatusUnderInvestigation
		case "rejected":
			out.Status = StatusRejected
		default: // accepted, or not said
			out.Status = StatusAccepted
		}
	}
	if s.Location != nil {
		out.Source = d.location(s.Location)
	}
	out.Props = sarifKeep(bag, &sarifSuppressionKept{s.sarifSuppressionRest})
	return out
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

// message returns the text and Markdown of a message: its own, or one of the
// rule's or the tool's strings, with arguments filled in (3.11).
func (d *sarifRunReader) message(s *sarifMessage, rule *sarifDescriptor) (text, markdown string) {
	if s.Text != nil {
		text, markdown = *s.Text, s.Markdown
		if len(s.Arguments) == 0 {
			return text, markdown
		}
	} else if s.ID != "" {
		tool := &d.run.Tool.Driver
		var m sarifText
		ok := false
		if rule != nil {
			tool = rule.tool
			m, ok = rule.raw.MessageStrings[s.ID]
		}
		if !ok {
			m, ok = tool.GlobalMessageStrings[s.ID]
		}
		if !ok {
			return "", s.Markdown
		}
		text, markdown = m.Text, m.Markdown
		d.refer(len(text) + len(markdown))
	}
	return fillIn(text, s.Arguments), fillIn(markdown, s.Arguments)
}

// fillIn replaces "{0}" by the first argument, and "{{" by "{" (3.11.5).
func fillIn(text string, args []string) string {
	if !strings.ContainsAny(text, "{}") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '{' {
			const most = 8 // characters of a placeholder
			if end := strings.IndexByte(text[i:min(len(text), i+most)], '}'); end > 0 {
				if n, err := strconv.Atoi(text[i+1 : i+end]); err == nil && n >= 0 && n < len(args) {
					b.WriteString(args[n])
					i += end
					continue
				}
			}
		}
		if (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			i++
		}
		b.WriteByte(c)
	}
	return b.String()
}
