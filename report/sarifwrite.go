package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
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
