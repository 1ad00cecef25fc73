package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// A Requirement is a demand on the evidence in a report. A malformed one is
// an error of [New]; the zero Requirement is malformed.
type Requirement struct {
	text  string
	check func(r *report.Report, now time.Time) []lack
	err   error
}

// A lack is what a report has not, or what is not known of it.
type lack struct {
	truth Truth // False or Unknown
	text  string
	fact  string // for Unknown
}

// String returns the demand in words: "ran sast, secrets".
func (q Requirement) String() string { return q.text }

// Err says what is malformed, or nil.
func (q Requirement) Err() error {
	switch {
	case q.err != nil:
		return q.err
	case q.check == nil:
		return errors.New("empty requirement")
	}
	return nil
}

// Ran demands that each of the scanners ran on at least one subject, and left
// no gap on any. A gap that a waiver accepts is none.
func Ran(scanners ...string) Requirement {
	return ofScanners("Ran", "ran", scanners, func(r *report.Report, now time.Time, name string) string {
		first, n := "", 0
		for g := range r.Gaps() {
			if (g.Scanner == name || g.Scanner == "") && !accepted(g, now) {
				if text := g.String(); n == 0 || text < first {
					first = text
				}
				n++
			}
		}
		switch {
		case n > 0:
			return fmt.Sprintf("%s left %s: %s", name, count(n, "gap"), first)
		case !slices.ContainsFunc(r.Scans, func(s report.Scan) bool { return s.Scanner == name }):
			return name + " did not run"
		}
		return ""
	})
}

// Examined demands that each of the scanners had something to look at in at
// least one subject.
func Examined(scanners ...string) Requirement {
	return ofScanners("Examined", "examined", scanners, func(r *report.Report, _ time.Time, name string) string {
		for i := range r.Scans {
			for _, n := range r.Scans[i].Examined {
				if r.Scans[i].Scanner == name && n > 0 {
					return ""
				}
			}
		}
		return name + " examined nothing"
	})
}

func ofScanners(name, word string, scanners []string, lacks func(*report.Report, time.Time, string) string) Requirement {
	scanners = slices.Clone(scanners)
	q := Requirement{text: word + " " + strings.Join(scanners, ", ")}
	q.check = func(r *report.Report, now time.Time) (all []lack) {
		for _, s := range scanners {
			if text := lacks(r, now, s); text != "" {
				all = append(all, lack{False, text, ""})
			}
		}
		return all
	}
	if len(scanners) == 0 || slices.Contains(scanners, "") {
		q.err = fmt.Errorf("%s: no scanner", name)
	}
	return q
}

// DataWithin demands that no database that a scan relied on is older than d
// at the time of the judgement. It is unknown for a database without a date,
// and if no scan names one.
func DataWithin(d time.Duration) Requirement {
	q := Requirement{text: "data within " + days(d)}
	q.check = func(r *report.Report, now time.Time) (all []lack) {
		named := false
		for i := range r.Scans {
			for _, data := range r.Scans[i].Data {
				named = true
				switch {
				case data.Modified.IsZero():
					all = append(all, lack{Unknown, "the age of database " + data.Name + " is not known", "age of " + data.Name})
				case now.Sub(data.Modified) > d:
					all = append(all, lack{False, fmt.Sprintf("database %s is of %s, older than %s", data.Name, data.Modified.UTC().Format(time.DateOnly), days(d)), ""})
				}
			}
		}
		if !named {
			all = append(all, lack{Unknown, "no scan names a database", "database"})
		}
		return all
	}
	if d <= 0 {
		q.err = fmt.Errorf("DataWithin: %v is no age", d)
	}
	return q
}

// accepted reports whether a waiver accepts the gap.
func accepted(n *report.Notice, now time.Time) bool {
	return slices.ContainsFunc(n.Suppressions, func(s report.Suppression) bool { return s.Kind == report.Waived && s.InForce(now) })
}

// days writes whole days as such, other durations as Go does.
func days(d time.Duration) string {
	if d > 0 && d%(24*time.Hour) == 0 {
		return count(int(d/(24*time.Hour)), "day")
	}
	return d.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
