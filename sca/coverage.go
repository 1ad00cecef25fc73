package sca

import (
	"fmt"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/report"
)

// coverage says for which ecosystems of the components there is no database,
// one gap each, and which are no ecosystem of OSV or covered in part, which is noted.
func coverage(db Database, info Info, components []*report.Component) (gaps []*report.Error, notes []report.Notice) {
	count := map[string]int{}
	for _, c := range components {
		if matchable(c) {
			count[c.Ecosystem]++
		}
	}
	for _, e := range slices.Sorted(maps.Keys(count)) {
		n := fmt.Sprintf("%d components", count[e])
		if count[e] == 1 {
			n = "1 component"
		}
		switch {
		case covers(info.Partial, e):
			notes = append(notes, report.Notice{Op: report.OpMatch, Path: e,
				Message: fmt.Sprintf("the advisory database may cover %s in part: it has no %s that says what it covers", e, Manifest)})
		case covers(info.Ecosystems, e):
		case !known(e):
			notes = append(notes, report.Notice{Op: report.OpMatch, Path: e, Message: fmt.Sprintf("%s has no advisories in OSV: %s not matched", e, n)})
		case db == nil:
			gaps = append(gaps, &report.Error{Op: report.OpMatch, Path: e,
				Err: fmt.Errorf("no advisory database for %s (%s): give one with -db, or sca.Options.Database", e, n)})
		default:
			gaps = append(gaps, &report.Error{Op: report.OpMatch, Path: e,
				Err: fmt.Errorf("the advisory database does not cover %s (%s): give one that does with -db, or sca.Options.Database", e, n)})
		}
	}
	return gaps, notes
}
