package report

import (
	"fmt"
	"strings"
	"time"
)

// A Verdict is what a gate makes of a report. Package policy makes it; it
// lives here so that every format can show it.
type Verdict struct {
	Outcome Outcome     `json:"outcome"`
	Gate    string      `json:"gate,omitempty"`    // hash of the gate: which rules judged
	Source  string      `json:"source,omitempty"`  // where the gate came from: "merlon.yaml", "default"
	Exclude []string    `json:"exclude,omitempty"` // what the scans were told to leave out
	At      time.Time   `json:"at"`
	Reasons []Reason    `json:"reasons,omitempty"` // worst first
	Waivers []WaiverUse `json:"waivers,omitempty"` // every waiver of the gate, used or not
}

// An Outcome is the worst of a verdict's reasons.
type Outcome uint8

// The outcomes, in order; text in JSON ("pass"). The zero value is no verdict, never a pass.
const (
	Undecided Outcome = iota
	Pass
	Warn
	Fail
)

var outcomeNames = [...]string{"undecided", "pass", "warn", "fail"}

// String returns the lower-case name.
func (o Outcome) String() string { return enumName("Outcome", outcomeNames[:], uint8(o)) }

// MarshalText implements [encoding.TextMarshaler].
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (o *Outcome) UnmarshalText(text []byte) error {
	i, ok := enumValue(outcomeNames[:], string(text))
	if !ok {
		return fmt.Errorf("unknown outcome %q", text)
	}
	*o = Outcome(i)
	return nil
}

// A Reason is one thing that a gate objects to.
type Reason struct {
	Outcome     Outcome   `json:"outcome"`
	Clause      string    `json:"clause"`
	Subject     string    `json:"subject,omitempty"`
	Fingerprint string    `json:"fingerprint,omitempty"` // empty: the report as a whole
	Message     string    `json:"message"`
	Unknown     string    `json:"unknown,omitempty"` // the fact that was missing
	Due         time.Time `json:"due,omitzero"`
}

// A WaiverUse is the fate of one waiver.
type WaiverUse struct {
	Suppression
	Match string `json:"match"` // what it covers, as written
	State string `json:"state"` // "used", "expired", "expiring", "unused", "refused"
	Used  int    `json:"used"`
}

// ExitCode returns 0 for pass and warn, 1 for fail (a gap that fails the gate
// included), 2 if there is no verdict.
func (v *Verdict) ExitCode() int {
	switch {
	case v == nil || v.Outcome == Undecided:
		return 2
	case v.Outcome == Fail:
		return 1
	}
	return 0
}

// Allowed reports whether v passes or warns. A nil verdict does not.
func (v *Verdict) Allowed() bool { return v != nil && (v.Outcome == Pass || v.Outcome == Warn) }

// String is the outcome and its worst reasons, on one line.
func (v *Verdict) String() string {
	if v == nil {
		return "no verdict"
	}
	const most = 3
	var b strings.Builder
	b.WriteString(v.Outcome.String())
	for i, r := range v.Reasons {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(v.Reasons)-most)
			break
		}
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + r.Message)
	}
	return clean(b.String())
}
