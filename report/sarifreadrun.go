package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A sarifRunReader reads one run.
type sarifRunReader struct {
	*sarifReader
	path    string // "runs[0]"
	run     *sarifRun
	about   string // the subject's name
	scanner string
	base    string // what our own paths are relative to
	ours    bool
	root    string     // the absolute path that paths are made relative to, with a slash at its end; "" if none is known
	fresh   []*Finding // without a fingerprint yet

	tools      [][]sarifDescriptor         // of the driver and the extensions
	byID       map[string]*sarifDescriptor // by ruleId
	byGUID     map[string]*sarifDescriptor // in lower case
	toolNames  map[string]int              // name or guid of an extension to its place in tools
	taxonomies map[string]*sarifComponent  // by name or guid
	notes      []sarifNotificationRule     // of the driver
	noteIDs    map[string]int              // their places
	overrides  map[*sarifDescriptor]string // levels
	bases      map[string]sarifBasePath    // by uriBaseId
	steps      map[int]int                 // sizes of threadFlowLocations, by index
}

func (d *sarifRunReader) read() error {
	extra, ours, bag := sarifUnpack[sarifRunExtra](d.run.Properties)
	if ours = ours && extra.Subject != nil; !ours {
		extra, bag = sarifRunExtra{}, d.run.Properties
	}
	d.ours = ours
	d.scanner = d.run.Tool.Driver.Name
	var subject *Subject
	if ours {
		d.about, d.scanner, subject = *extra.Subject, extra.Scanner, extra.About
	} else {
		d.scanner = cmp.Or(d.scanner, "unknown")
		subject = d.versionControl()
		d.about = subject.Name
	}
	if subject != nil {
		d.sarifReader.subject(*subject)
	}
	d.base = sarifBase(subject)
	d.index()
	d.root = d.findRoot()
	d.readRules()
	for _, r := range extra.Rules {
		d.rule(r)
	}

	others, err := d.readResults()
	if err != nil {
		return err
	}
	var scan *Scan
	if ours {
		scan = extra.Scan
	} else {
		scan = d.foreignScan()
	}
	d.readNotifications()
	if scan != nil {
		scan.Props = sarifKeep(bag, d.keep(subject, others))
		d.rep.Scans = append(d.rep.Scans, *scan)
	}
	presort(d.fresh)
	d.fresh = foldFindings(d.fresh)
	number(d.fresh)
	d.rep.Findings = append(d.rep.Findings, d.fresh...)
	return nil
}

// versionControl makes a subject of the repository that the run says it is about.
func (d *sarifRunReader) versionControl() *Subject {
	for _, v := range d.run.VersionControlProvenance {
		if name := RepositoryName(v.RepositoryURI); name != "" {
			return &Subject{Name: name, Kind: "repository", Version: v.RevisionID}
		}
	}
	return &Subject{}
}

func (d *sarifRunReader) foreignScan() *Scan {
	driver := &d.run.Tool.Driver
	s := &Scan{Subject: d.about, Scanner: d.scanner, Version: driver.Version}
	if s.Version == "" {
		json.Unmarshal(driver.SemanticVersion, &s.Version)
	}
	for _, tool := range d.tools {
		for i := range tool {
			if id := tool[i].rule.ID; id != "" {
				s.Rules = append(s.Rules, id)
			}
		}
	}
	slices.Sort(s.Rules)
	s.Rules = slices.Compact(s.Rules)
	for _, inv := range d.run.Invocations {
		start, err := time.Parse(time.RFC3339Nano, inv.Start)
		if err != nil {
			continue
		}
		s.Started = start.UTC()
		if end, err := time.Parse(time.RFC3339Nano, inv.End); err == nil && end.After(start) {
			s.Duration = end.Sub(start)
		}
		break
	}
	return s
}

// readResults reads findings, and returns the results that are none.
func (d *sarifRunReader) readResults() (others []sarifResult, err error) {
	if d.run.Results == nil {
		d.notice(Notice{Op: OpScan, Gap: true, Message: "the run has no list of results: the tool did not scan, or wrote them elsewhere"})
	}
	if len(d.run.ExternalPropertyFileReferences) > 0 {
		d.notice(Notice{Op: OpRead, Gap: true, Message: "external property files are not read: have the tool write one document"})
	}
	if d.found += len(d.run.Results); d.found > maxFindings {
		return nil, fmt.Errorf("%s.results: more than %d results", d.path, maxFindings)
	}
	for i, raw := range d.run.Results {
		path := fmt.Sprintf("%s.results[%d]", d.path, i)
		if string(raw) == "null" {
			return nil, fmt.Errorf("%s is null", path)
		}
		var s sarifResult
		if err := decodeAt(path, raw, &s); err != nil {
			return nil, err
		}
		d.run.Results[i] = nil
		if s.Kind == "pass" || s.Kind == "notApplicable" {
			rule := d.descriptor(&s)
			s.RuleID, s.RuleIndex, s.Rule = cmp.Or(s.RuleID, rule.rule.ID), nil, nil
			others = append(others, s)
			continue
		}
		f := d.finding(&s)
		if d.referred > d.limit {
			return nil, fmt.Errorf("%s: what the results up to here refer to adds up to more than %d bytes", path, d.limit)
		}
		if f.Fingerprint != "" {
			d.rep.Findings = append(d.rep.Findings, f)
		} else {
			d.fresh = append(d.fresh, f)
		}
	}
	return others, nil
}
