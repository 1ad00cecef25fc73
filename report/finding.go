package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Props holds what foreign formats say and this package has no field for,
// kept as it was read so that reading and writing loses nothing.
type Props map[string]json.RawMessage

// A Finding is one problem at one place. Zero fields mean "not known".
// It never holds a raw secret.
type Finding struct {
	Subject     string `json:"subject"` // Report.Subjects
	Scanner     string `json:"scanner"` // Report.Scans
	Rule        string `json:"rule"`    // Report.Rules
	Fingerprint string `json:"fingerprint"`

	Kind       Kind       `json:"kind,omitempty"`
	Message    string     `json:"message"` // plain text
	Markdown   string     `json:"markdown,omitempty"`
	Severity   Severity   `json:"severity,omitzero"`
	Confidence Confidence `json:"confidence,omitzero"`
	Ratings    []Rating   `json:"ratings,omitempty"`
	Tags       []string   `json:"tags,omitempty"`

	Advisories []string  `json:"advisories,omitempty"` // CVE, GHSA, GO, OSV ids; the canonical one first
	CWEs       []int     `json:"cwes,omitempty"`
	Controls   []Control `json:"controls,omitempty"`

	Location Location   `json:"location,omitzero"`
	Related  []Location `json:"related,omitempty"`
	Flows    []Flow     `json:"flows,omitempty"`

	Component string   `json:"component,omitempty"` // Component.ID in Report.Components
	Via       []string `json:"via,omitempty"`       // shortest dependency path, component IDs from the root
	FixedIn   []string `json:"fixedIn,omitzero"`    // versions without the flaw; nil: not known; empty: none

	Evidence []Evidence `json:"evidence,omitempty"`
	Reach    Reach      `json:"reach,omitzero"`
	Intel    Intel      `json:"intel,omitzero"`

	Suppressions []Suppression `json:"suppressions,omitempty"`
	Baseline     Baseline      `json:"baseline,omitempty"`
	Published    time.Time     `json:"published,omitzero"`
	FirstSeen    time.Time     `json:"firstSeen,omitzero"`
	LastSeen     time.Time     `json:"lastSeen,omitzero"`
	Due          time.Time     `json:"due,omitzero"`

	Fixes     []Fix     `json:"fixes,omitempty"`
	Links     []Link    `json:"links,omitempty"`
	Witnesses []Witness `json:"witnesses,omitempty"` // other scanners that say the same
	Count     int       `json:"count,omitempty"`     // occurrences folded into this one; zero means one
	Owners    []string  `json:"owners,omitempty"`
	Group     string    `json:"group,omitempty"` // equal for findings of one cause: a secret in many places, a base image

	PartialFingerprints map[string]string `json:"partialFingerprints,omitempty"` // other names, as in SARIF
	Props               Props             `json:"props,omitempty"`

	// Key is the content that the fingerprint covers besides rule, path,
	// component and logical location: a keyed hash, a normalised statement.
	// Empty means the snippet. It is never written.
	Key string `json:"-"`
}

// Compare orders findings by subject, place, component, rule and content. It
// returns 0 for findings that say the same of the same place.
func (f *Finding) Compare(g *Finding) int {
	a, b := &f.Location, &g.Location
	if c := cmp.Or(strings.Compare(f.Subject, g.Subject), strings.Compare(a.Path, b.Path),
		cmp.Compare(a.Region.Start.Line, b.Region.Start.Line), cmp.Compare(a.Region.Start.Column, b.Region.Start.Column)); c != 0 {
		return c // nearly always, and sorting takes its time here
	}
	return cmp.Or(strings.Compare(a.URI, b.URI),
		cmp.Compare(a.Region.End.Line, b.Region.End.Line), cmp.Compare(a.Region.End.Column, b.Region.End.Column),
		strings.Compare(f.Component, g.Component), strings.Compare(f.Rule, g.Rule), strings.Compare(f.Key, g.Key),
		slices.Compare(f.Advisories, g.Advisories), strings.Compare(f.Message, g.Message),
		slices.CompareFunc(a.Logical, b.Logical, func(x, y Logical) int { return strings.Compare(x.Name, y.Name) }))
}

// Suppressed returns the suppression in force at now, or nil: the finding is open.
func (f *Finding) Suppressed(now time.Time) *Suppression {
	for i := range f.Suppressions {
		if s := &f.Suppressions[i]; s.InForce(now) {
			return s
		}
	}
	return nil
}

// Evidence is something observed that supports a finding. It is redacted by its maker.
type Evidence struct {
	Kind  string `json:"kind"` // "request", "response", "log", "verification"
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

// A Link is a reference with its purpose ("advisory", "fix", "ticket").
type Link struct {
	Kind string `json:"kind,omitempty"`
	URL  string `json:"url"`
}

// A Witness is another scanner's account of the same finding.
type Witness struct {
	Scanner     string `json:"scanner"`
	Rule        string `json:"rule"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// A Baseline says how a finding relates to an earlier report (SARIF baselineState).
type Baseline string

// The baseline states. Empty: not compared.
const (
	BaselineNew       Baseline = "new"
	BaselineUnchanged Baseline = "unchanged"
	BaselineUpdated   Baseline = "updated"
	BaselineAbsent    Baseline = "absent"
)
