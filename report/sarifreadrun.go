package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

// A sarifBasePath is what a uriBaseId puts in front of a path.
type sarifBasePath struct {
	prefix string
	abs    bool
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

// keep gathers what the run says that a Scan has no field for, without what
// writing adds by itself.
func (d *sarifRunReader) keep(subject *Subject, others []sarifResult) *sarifRunKept {
	run := d.run
	kept := &sarifRunKept{
		sarifRunRest:        run.sarifRunRest,
		Driver:              run.Tool.Driver,
		Extensions:          run.Tool.Extensions,
		ToolProperties:      run.Tool.Properties,
		Artifacts:           run.Artifacts,
		LogicalLocations:    run.LogicalLocations,
		ThreadFlowLocations: run.ThreadFlowLocations,
		Results:             others,
	}
	kept.Driver.Name, kept.Driver.Version, kept.Driver.Rules = "", "", nil
	kept.Driver.Notifications = nil
	for _, raw := range run.Tool.Driver.Notifications {
		if own := (sarifNotificationRule{ID: sarifDescriptorOf(raw).ID}); compareJSON(raw, own) != 0 {
			kept.Driver.Notifications = append(kept.Driver.Notifications, raw)
		}
	}
	for i := range kept.Extensions {
		kept.Extensions[i].Rules = nil
	}
	if !d.ours || !isOwnAutomation(run.AutomationDetails, d.about, d.scanner) {
		kept.AutomationDetails = run.AutomationDetails
	}
	if run.ColumnKind != "unicodeCodePoints" {
		// It has to be said (3.14.27). A tool that does not is taken to count
		// as most do, which is also the default of the format's own library.
		kept.ColumnKind = cmp.Or(run.ColumnKind, "utf16CodeUnits")
	}
	if own := sarifVersionControlOf(subject); compareJSON(own, run.VersionControlProvenance) != 0 {
		kept.VersionControlProvenance = run.VersionControlProvenance
	}
	for id, a := range run.OriginalURIBaseIDs {
		if compareJSON(a, sarifBaseID(id)) != 0 {
			if kept.OriginalURIBaseIDs == nil {
				kept.OriginalURIBaseIDs = map[string]sarifArtifact{}
			}
			kept.OriginalURIBaseIDs[id] = a
		}
	}
	for _, t := range run.Taxonomies {
		if !isOwnCWE(t) {
			kept.Taxonomies = append(kept.Taxonomies, t)
		}
	}
	kept.Invocations = d.keepInvocations()
	return kept
}

// isOwnAutomation reports whether writing makes raw by itself, with or without
// the number of a twin.
func isOwnAutomation(raw sarifRaw, subject, scanner string) bool {
	var a sarifAutomationDetails
	if json.Unmarshal(raw, &a) != nil || compareJSON(raw, a) != 0 {
		return false
	}
	rest, ok := strings.CutPrefix(a.ID, sarifAutomation(subject, scanner))
	rest, slash := strings.CutSuffix(rest, "/")
	return ok && slash && (rest == "" || rest[0] == '#' && strings.Trim(rest[1:], "0123456789") == "")
}

// isOwnCWE reports whether writing makes t by itself.
func isOwnCWE(t sarifComponent) bool {
	for _, taxon := range t.Taxa {
		if compareJSON(taxon, sarifRule{ID: taxon.ID}) != 0 {
			return false
		}
	}
	t.Taxa = nil
	return compareJSON(t, sarifCWEComponent()) == 0
}

// keepInvocations returns the invocations without what becomes notices and times.
func (d *sarifRunReader) keepInvocations() []sarifInvocation {
	list := slices.Clone(d.run.Invocations)
	worth := len(list) > 1
	for i := range list {
		inv := &list[i]
		inv.Notifications, inv.Configuration = nil, nil
		for j := range inv.Overrides {
			ref := &inv.Overrides[j].Descriptor
			*ref = d.byReference(ref)
		}
		rest := *inv
		rest.Successful, rest.Start, rest.End = nil, "", ""
		if _, err := time.Parse(time.RFC3339Nano, inv.Start); i == 0 && err == nil {
			inv.Start, inv.End = "", ""
		}
		worth = worth || compareJSON(rest, sarifInvocation{}) != 0 || inv.Start+inv.End != ""
		if i == 0 {
			inv.Successful = nil // follows from the notices
		}
	}
	if !worth {
		return nil
	}
	return list
}

// readNotifications makes notices of what the tool says about its run.
func (d *sarifRunReader) readNotifications() {
	failed, said := "", false
	for i := range d.run.Invocations {
		inv := &d.run.Invocations[i]
		for j := range inv.Notifications {
			n := d.notification(&inv.Notifications[j], false)
			said = said || n.Gap
			d.notice(n)
		}
		for j := range inv.Configuration {
			n := d.notification(&inv.Configuration[j], true)
			said = said || n.Gap
			d.notice(n)
		}
		if inv.Successful != nil && !*inv.Successful {
			var why string
			for _, raw := range []sarifRaw{inv.ExitCodeDescription, inv.ProcessStartFailureMessage, inv.ExitSignalName} {
				if json.Unmarshal(raw, &why) == nil && why != "" {
					break
				}
			}
			failed = cmp.Or(failed, why, "no reason is given")
		}
	}
	if failed != "" && !said {
		d.notice(Notice{Op: OpScan, Gap: true, Message: "the tool says that its run did not succeed: " + failed})
	}
}

// notice adds a notice of the run.
func (d *sarifRunReader) notice(n Notice) {
	n.Subject, n.Scanner = d.about, d.scanner
	d.rep.Notices = append(d.rep.Notices, n)
}

func (d *sarifRunReader) notification(s *sarifNotification, configuration bool) Notice {
	extra, ours, bag := sarifUnpack[sarifNoticeExtra](s.Properties)
	n := Notice{Op: OpScan, Count: extra.Count, Suppressions: extra.Suppressions}
	n.Message, _ = d.message(&s.Message, nil)
	level := s.Level
	if s.Descriptor != nil {
		rule := d.notificationRule(s.Descriptor)
		n.Op = cmp.Or(rule.ID, s.Descriptor.ID, n.Op)
		level = cmp.Or(level, rule.Configuration.Level)
	}
	level = cmp.Or(level, "warning") // 3.58.6
	n.Gap = level == "error"
	if s.Rule != nil {
		ref := d.byReference(s.Rule)
		n.Rule = ref.ID
	}
	kept := sarifNoticeKept{sarifNotificationRest: s.sarifNotificationRest, Configuration: configuration}
	if level != "note" && level != "error" {
		kept.Level = level
	}
	if len(s.Locations) > 0 {
		l := d.location(&s.Locations[0])
		n.Path, n.Line = cmp.Or(l.Path, l.URI), l.Region.Start.Line
		if n.Path == "" && len(l.Logical) > 0 {
			n.Path = l.Logical[len(l.Logical)-1].Name
		}
		kept.Locations = s.Locations[1:]
		if !ours && s.Locations[0].Properties != nil {
			kept.Locations = s.Locations
		}
	}
	if ours {
		if extra.Op != nil {
			n.Op = *extra.Op
		}
		if extra.Path != nil {
			n.Path = *extra.Path
		}
		n.Line = cmp.Or(extra.Line, n.Line)
	}
	n.Props = sarifKeep(bag, &kept)
	return n
}

// notificationRule returns what the driver says of a kind of notification.
func (d *sarifRunReader) notificationRule(ref *sarifReference) sarifNotificationRule {
	at := indexOf(ref.Index, len(d.notes))
	if at < 0 || ref.ID != "" && d.notes[at].ID != ref.ID {
		found, ok := d.noteIDs[ref.ID]
		if !ok {
			return sarifNotificationRule{ID: ref.ID}
		}
		at = found
	}
	return d.notes[at]
}
