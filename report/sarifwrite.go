package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Encode implements [Format].
func (f SARIF) Encode(w io.Writer, r *Report) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	s := &sarifWriter{SARIF: f, r: r, index: NewIndex(r), now: r.asOf(), out: newJSONWriter(w), text: newJSONWriter(io.Discard)}
	if s.MaxResults == 0 {
		s.MaxResults = sarifMaxResults
	}
	s.log()
	if err := cmp.Or(s.err, s.out.flush()); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	return nil
}

type sarifWriter struct {
	SARIF
	r     *Report
	index *Index
	now   time.Time // decides which suppressions are in force
	out   *jsonWriter
	text  *jsonWriter // for parts
	err   error
}

func (w *sarifWriter) log() {
	runs := w.runs()
	w.out.text(`{"$schema":"` + sarifSchema + `","version":"` + sarifVersion + `","properties":`)
	w.out.value("properties", w.logProperties(runs))
	if kept := sarifKeptIn[sarifLogKept](w.r.Props); len(kept.InlineExternalProperties) > 0 {
		w.out.text(`,"inlineExternalProperties":`)
		w.out.value("inlineExternalProperties", kept.InlineExternalProperties)
	}
	w.out.text(`,"runs":[`)
	for i, run := range runs {
		if i > 0 {
			w.out.text(",")
		}
		w.out.text("\n")
		run.write()
	}
	w.out.text("\n]}\n")
}

// logProperties holds what is about the report as a whole.
func (w *sarifWriter) logProperties(runs []*sarifRunWriter) Props {
	complete := w.r.Complete()
	extra := &sarifLogExtra{Complete: &complete, Verdict: w.r.Verdict}
	ran, scanners := map[string]bool{}, map[string]bool{}
	for _, run := range runs {
		ran[run.key[0]], scanners[run.key[1]] = true, true
	}
	for _, s := range w.r.Subjects {
		if !ran[s.Name] {
			extra.Subjects = append(extra.Subjects, s)
		}
	}
	for _, r := range w.r.Rules {
		if !scanners[r.Scanner] {
			extra.Rules = append(extra.Rules, r)
		}
	}
	used := map[[2]string]bool{}
	for _, f := range w.r.Findings {
		if f.Component != "" {
			used[[2]string{f.Subject, f.Component}] = true
		}
		for _, id := range f.Via {
			used[[2]string{f.Subject, id}] = true
		}
	}
	for _, c := range w.r.Components {
		if used[[2]string{c.Subject, c.ID}] {
			extra.Components = append(extra.Components, c)
		}
	}
	return w.pack(w.r.Props, extra)
}

// runs sorts what the report holds into runs: those of scans in their order,
// then those that only findings and notices speak of.
func (w *sarifWriter) runs() []*sarifRunWriter {
	var runs []*sarifRunWriter
	byKey := map[[2]string]*sarifRunWriter{}
	count := map[[2]string]int{}
	add := func(key [2]string, scan *Scan) {
		run := &sarifRunWriter{sarifWriter: w, key: key, scan: scan}
		if count[key]++; count[key] > 1 {
			run.twin = "#" + strconv.Itoa(count[key])
		} else {
			byKey[key] = run
		}
		runs = append(runs, run)
	}
	for i := range w.r.Scans {
		s := &w.r.Scans[i]
		add([2]string{s.Subject, s.Scanner}, s)
	}
	lost := map[[2]string]bool{}
	for _, f := range w.r.Findings {
		lost[[2]string{f.Subject, f.Scanner}] = true
	}
	for i := range w.r.Notices {
		lost[[2]string{w.r.Notices[i].Subject, w.r.Notices[i].Scanner}] = true
	}
	for _, key := range slices.SortedFunc(maps.Keys(lost), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		if byKey[key] == nil {
			add(key, nil)
		}
	}
	for _, f := range w.r.Findings {
		run := byKey[[2]string{f.Subject, f.Scanner}]
		run.findings = append(run.findings, f)
	}
	for i := range w.r.Notices {
		n := &w.r.Notices[i]
		run := byKey[[2]string{n.Subject, n.Scanner}]
		run.notices = append(run.notices, n)
	}
	subjects := map[string]*Subject{}
	for i := range w.r.Subjects {
		subjects[w.r.Subjects[i].Name] = &w.r.Subjects[i]
	}
	for _, run := range runs {
		run.subject = subjects[run.key[0]]
		run.base = sarifBase(run.subject)
		if run.scan != nil {
			run.kept = sarifKeptIn[sarifRunKept](run.scan.Props)
		}
		run.limit()
	}
	w.shareRules(runs)
	return runs
}

// shareRules gives every run the rules of its findings, and those that no run
// has findings of to the first run of their scanner.
func (w *sarifWriter) shareRules(runs []*sarifRunWriter) {
	used := map[[2]string]bool{}
	first := map[string]*sarifRunWriter{}
	for _, run := range runs {
		run.collectRules()
		for _, f := range run.findings {
			used[[2]string{f.Scanner, f.Rule}] = true
		}
		if first[run.key[1]] == nil {
			first[run.key[1]] = run
		}
	}
	for i := range w.r.Rules {
		r := &w.r.Rules[i]
		if run := first[r.Scanner]; run != nil && !used[[2]string{r.Scanner, r.ID}] && run.rules[r.ID] == nil {
			run.rules[r.ID] = &sarifRuleUse{rule: r}
		}
	}
	for _, run := range runs {
		run.numberRules()
	}
}

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
// (3.17.3). GitHub wants it different for each run.
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

// A sarifNotificationRule is what we write and read of the descriptor of a notification.
type sarifNotificationRule struct {
	ID            string             `json:"id"`
	Configuration sarifConfiguration `json:"defaultConfiguration,omitzero"`
}

// sarifDescriptorOf reads a descriptor; one that is none has no id.
func sarifDescriptorOf(raw sarifRaw) (d sarifNotificationRule) {
	if json.Unmarshal(raw, &d) != nil {
		return sarifNotificationRule{}
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
