package report

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// A Report is what scans found in one or more subjects. It is data.
// Reports made from one another share findings and components, so whoever
// changes one changes a copy. The zero Report is empty and not complete.
type Report struct {
	Subjects   []Subject    `json:"subjects"`
	Scans      []Scan       `json:"scans"`
	Rules      []Rule       `json:"rules,omitempty"` // those with findings, at least
	Findings   []*Finding   `json:"findings"`
	Components []*Component `json:"components,omitempty"`
	Notices    []Notice     `json:"notices,omitempty"`
	Verdict    *Verdict     `json:"verdict,omitempty"` // set by a gate
	Props      Props        `json:"props,omitempty"`
}

// A Scan records that a scanner looked at a subject.
type Scan struct {
	Subject  string         `json:"subject"`
	Scanner  string         `json:"scanner"`
	Version  string         `json:"version,omitempty"`
	Config   string         `json:"config,omitempty"` // hash of rules and options: equal means comparable
	Started  time.Time      `json:"started,omitzero"`
	Duration time.Duration  `json:"duration,omitempty"`
	Only     bool           `json:"only,omitempty"`    // it was asked about some lines only: no baseline
	Include  []string       `json:"include,omitempty"` // as in Target: where it did not look, nothing is absent
	Exclude  []string       `json:"exclude,omitempty"`
	Examined map[string]int `json:"examined,omitempty"` // "files", "packages", "components"; empty: nothing to do
	Rules    []string       `json:"rules,omitempty"`    // ids of all rules that were applied
	Data     []Data         `json:"data,omitempty"`     // databases it relied on
	Props    Props          `json:"props,omitempty"`
}

// Data is an outside source that a scan relied on, and how old it was.
type Data struct {
	Name     string    `json:"name"`
	Version  string    `json:"version,omitempty"` // or digest
	Modified time.Time `json:"modified,omitzero"`
}

// Complete reports whether at least one scan ran and none left a gap.
// "No findings" means clean only if Complete is true.
func (r *Report) Complete() bool {
	for range r.Gaps() {
		return false
	}
	return len(r.Scans) > 0
}

// Gaps returns the notices that make r incomplete.
func (r *Report) Gaps() iter.Seq[*Notice] {
	return func(yield func(*Notice) bool) {
		for i := range r.Notices {
			if r.Notices[i].Gap && !yield(&r.Notices[i]) {
				return
			}
		}
	}
}

// Open returns the findings that no suppression holds back at now. Counting
// Findings counts the suppressed ones too.
func (r *Report) Open(now time.Time) iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		for _, f := range r.Findings {
			if f.Suppressed(now) == nil && !yield(f) {
				return
			}
		}
	}
}

// Err returns nil if r is complete, and else an error that matches
// [ErrIncomplete] and the causes known in this process, and names the first gaps.
func (r *Report) Err() error {
	e := new(incomplete)
	for n := range r.Gaps() {
		e.gaps = append(e.gaps, n)
	}
	if len(e.gaps) == 0 && len(r.Scans) > 0 {
		return nil
	}
	return e
}

type incomplete struct{ gaps []*Notice }

func (e *incomplete) Is(target error) bool { return target == ErrIncomplete }

func (e *incomplete) Unwrap() (errs []error) {
	for _, n := range e.gaps {
		if n.cause != nil {
			errs = append(errs, n.cause)
		}
	}
	return errs
}

func (e *incomplete) Error() string {
	if len(e.gaps) == 0 {
		return "nothing was scanned"
	}
	const most = 3
	var b strings.Builder
	b.WriteString("incomplete")
	for i, n := range e.gaps {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(e.gaps)-most)
			break
		}
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0] + n.String())
	}
	return clean(b.String())
}

// Filter returns a copy of r with only the findings that keep accepts. Scans,
// notices and verdict stay, so the copy is complete exactly if r is.
func (r *Report) Filter(keep func(*Finding) bool) *Report {
	c := *r
	c.Findings = slices.Clone(r.Findings)
	c.Findings = slices.DeleteFunc(c.Findings, func(f *Finding) bool { return !keep(f) })
	return &c
}
