package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A sarifRunWriter writes one run.
type sarifRunWriter struct {
	*sarifWriter
	key      [2]string // subject and scanner
	twin     string    // tells apart the runs of one key
	subject  *Subject  // nil if the report does not list it
	scan     *Scan     // nil if there was none
	findings []*Finding
	notices  []*Notice
	base     string
	kept     sarifRunKept

	rules      map[string]*sarifRuleUse
	taxonomies []sarifComponent
	cweAt      int         // of the CWE among the taxonomies
	cwes       map[int]int // number to index in it
}

// limit takes away what the options leave out, and notes it.
func (w *sarifRunWriter) limit() {
	note := func(gap bool, format string, args ...any) {
		w.notices = append(w.notices, &Notice{Op: OpLimit, Gap: gap, Message: fmt.Sprintf(format, args...)})
	}
	all := len(w.findings)
	if w.OmitSuppressed {
		w.findings = slices.DeleteFunc(w.findings, func(f *Finding) bool { return f.Suppressed(w.now) != nil })
		if n := all - len(w.findings); n > 0 {
			note(false, "%d suppressed results are not in this document", n)
		}
	}
	if most := w.MaxResults; most > 0 && len(w.findings) > most {
		note(true, "%d results are not in this document, which holds the worst %d: raise the limit, or read the report in JSON", len(w.findings)-most, most)
		w.findings = worst(w.findings, most, w.now)
	}
}

// worst returns the n findings that matter most, in the order of fs.
func worst(fs []*Finding, n int, now time.Time) []*Finding {
	at := make([]int, len(fs))
	rank := make([]int, len(fs))
	for i, f := range fs {
		at[i], rank[i] = i, int(f.Severity)
		if f.Suppressed(now) != nil {
			rank[i] -= 100
		}
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(rank[j], rank[i]) })
	at = at[:n]
	slices.Sort(at)
	out := make([]*Finding, n)
	for i, k := range at {
		out[i] = fs[k]
	}
	return out
}

func (w *sarifRunWriter) write() {
	head := w.marshal(w.head())
	w.out.w.Write(head[:len(head)-1])
	w.out.text(`,"results":[`)
	sep := "\n"
	for i, f := range w.findings {
		w.out.text(sep)
		w.out.entry("results", i, w.result(f))
		sep = ",\n"
	}
	for i := range w.kept.Results {
		w.out.text(sep)
		w.out.entry("results", i, &w.kept.Results[i])
		sep = ",\n"
	}
	w.out.text("]}")
}

// head is the run without its results.
func (w *sarifRunWriter) head() *sarifRun {
	run := &sarifRun{
		Tool:                     sarifTool{Driver: w.driver(), Extensions: w.kept.Extensions, Properties: w.kept.ToolProperties},
		AutomationDetails:        w.kept.AutomationDetails,
		Invocations:              w.invocations(),
		VersionControlProvenance: w.versionControl(),
		OriginalURIBaseIDs:       w.baseIDs(),
		Artifacts:                w.kept.Artifacts,
		LogicalLocations:         w.kept.LogicalLocations,
		ThreadFlowLocations:      w.kept.ThreadFlowLocations,
		Taxonomies:               w.taxonomies,
		ColumnKind:               cmp.Or(w.kept.ColumnKind, "unicodeCodePoints"),
		sarifRunRest:             w.kept.sarifRunRest,
	}
	if run.AutomationDetails == nil {
		run.AutomationDetails = sarifRaw(w.marshal(sarifAutomationDetails{sarifAutomation(w.key[0], w.key[1]) + w.twin + "/"}))
	}
	extra := &sarifRunExtra{Subject: &w.key[0], Scanner: w.key[1], About: w.subject}
	var props Props
	if w.scan != nil {
		s := *w.scan
		props, s.Props = s.Props, nil
		extra.Scan = &s
	}
	for _, id := range slices.Sorted(maps.Keys(w.rules)) {
		if u := w.rules[id]; u.base && u.rule.Scanner == w.key[1] {
			extra.Rules = append(extra.Rules, *u.rule)
		}
	}
	run.Properties = w.pack(props, extra)
	return run
}

type sarifAutomationDetails struct {
	ID string `json:"id"`
}

// sarifAutomation is the category of a run, before the last slash of its id
// (3.17). GitHub wants it different for each run.
func sarifAutomation(subject, scanner string) string {
	return cmp.Or(scanner, sarifOurs) + "/" + subject
}

func (w *sarifRunWriter) driver() sarifComponent {
	d := w.kept.Driver
	d.Name = cmp.Or(w.key[1], sarifOurs)
	if w.scan != nil {
		d.Version = w.scan.Version
	}
	for _, id := range slices.Sorted(maps.Keys(w.rules)) {
		if u := w.rules[id]; !u.base {
			d.Rules = append(d.Rules, w.descriptor(u))
		}
	}
	d.Notifications = slices.Clip(d.Notifications)
	ops := map[string]bool{}
	for _, raw := range d.Notifications {
		ops[sarifDescriptorOf(raw).ID] = true
	}
	for _, n := range w.notices {
		if !ops[n.Op] {
			ops[n.Op] = true
			d.Notifications = append(d.Notifications, sarifRaw(w.marshal(sarifNotificationRule{ID: n.Op})))
		}
	}
	return d
}

func (w *sarifRunWriter) invocations() []sarifInvocation {
	list := slices.Clone(w.kept.Invocations)
	if len(list) == 0 {
		list = make([]sarifInvocation, 1)
	}
	inv := &list[0]
	ok := true
	for _, n := range w.notices {
		ok = ok && !n.Gap
		s, configuration := w.notification(n)
		if configuration {
			inv.Configuration = append(inv.Configuration, s)
		} else {
			inv.Notifications = append(inv.Notifications, s)
		}
	}
	inv.Successful = &ok
	if w.scan != nil && !w.scan.Started.IsZero() {
		inv.Start = w.scan.Started.UTC().Format(time.RFC3339Nano)
		inv.End = w.scan.Started.Add(w.scan.Duration).UTC().Format(time.RFC3339Nano)
	}
	return list
}

func (w *sarifRunWriter) versionControl() []sarifVersionControl {
	if w.kept.VersionControlProvenance != nil {
		return w.kept.VersionControlProvenance
	}
	return sarifVersionControlOf(w.subject)
}

// sarifVersionControlOf names the repository and commit of a subject that is named after it.
func sarifVersionControlOf(s *Subject) []sarifVersionControl {
	if s == nil || s.Kind == "image" || commitID(s.Version) == "" {
		return nil
	}
	host, _, ok := strings.Cut(s.Name, "/")
	if uri := "https://" + s.Name; ok && strings.Contains(host, ".") && isURI(uri) {
		return []sarifVersionControl{{RepositoryURI: uri, RevisionID: s.Version}}
	}
	return nil
}

// baseIDs declares what paths are relative to, without saying where it lies on this machine.
func (w *sarifRunWriter) baseIDs() map[string]sarifArtifact {
	ids := map[string]sarifArtifact{}
	maps.Copy(ids, w.kept.OriginalURIBaseIDs)
	if have, ok := ids[w.base]; !ok || have.URI == "" || have.Base != "" || !isURI(have.URI) {
		ids[w.base] = sarifBaseID(w.base)
	}
	return ids
}

func sarifBaseID(base string) sarifArtifact {
	text := "the root of the tree that was scanned"
	if base == sarifImage {
		text = "the root of the image's merged file system"
	}
	return sarifArtifact{sarifArtifactRest: sarifArtifactRest{Description: sarifRaw(`{"text":"` + text + `"}`)}}
}
