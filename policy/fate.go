package policy

import (
	"cmp"
	"fmt"
	"time"

	"github.com/merlonsec/merlon/report"
)

// fate is what becomes of a waiver in one judgement.
type fate struct {
	waiver          *waiver
	lapsed, tooLong bool
	used            int // findings or gaps that it covers
	matched         int // those it would cover if it held
	powerless       int // those of clauses that are not waivable
}

// The states of report.WaiverUse.
const (
	stateUsed     = "used"
	stateExpiring = "expiring"
	stateExpired  = "expired"
	stateUnused   = "unused"
	stateRefused  = "refused"
)

func (t *fate) state(now time.Time) string {
	switch {
	case t.tooLong, t.used == 0 && t.powerless > 0:
		return stateRefused
	case t.lapsed:
		return stateExpired
	case t.used == 0:
		return stateUnused
	case t.waiver.Expires.Sub(now) <= soon:
		return stateExpiring
	}
	return stateUsed
}

func (t *fate) use(now time.Time) report.WaiverUse {
	return report.WaiverUse{Suppression: t.waiver.suppression(), Match: t.waiver.match, State: t.state(now), Used: t.used}
}

// complaint says why the waiver does not do what it was written for, or "".
func (t *fate) complaint(longest time.Duration) string {
	w := t.waiver
	switch {
	case t.tooLong:
		return fmt.Sprintf("refused: it ends on %s, more than %s away", w.lastDay(), days(longest))
	case t.lapsed:
		return "expired on " + w.lastDay()
	case t.powerless > 0:
		return "it has no power over clauses that are not waivable"
	}
	return ""
}

// wornOut warns of waivers that have expired or are refused.
func (j *judgement) wornOut() {
	for i := range j.fates {
		t := &j.fates[i]
		why := t.complaint(j.gate.longest)
		if why == "" {
			continue
		}
		if n := t.matched + t.powerless; n > 0 {
			noun, verb := "finding", "counts"
			if t.waiver.Gap != "" {
				noun = "gap"
			}
			if n > 1 {
				verb = "count"
			}
			why += fmt.Sprintf("; %s %s", count(n, noun), verb)
		}
		w := t.waiver
		j.add(&objection{rank: aboutReport, clause: len(j.gate.clauses), path: w.Source.Path, line: cmp.Or(w.Source.Region.Start.Line, i+1), Reason: report.Reason{
			Outcome: report.Warn, Clause: inWaivers,
			Message: fmt.Sprintf("%s: %s, owner %s (%s): %s", inWaivers, w.place(i), w.Owner, w.match, why),
		}})
	}
}
