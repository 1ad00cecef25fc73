package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

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
