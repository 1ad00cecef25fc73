package sca

import (
	"encoding/json"
	"time"
)

// An Advisory is a record of the OSV schema, 1.7 (https://ossf.github.io/osv-schema/).
// Fields that the schema does not know are ignored. Whoever gets one from a [Database] must not change it.
type Advisory struct {
	SchemaVersion string    `json:"schema_version,omitempty"`
	ID            string    `json:"id"`
	Modified      time.Time `json:"modified,omitzero"`
	Published     time.Time `json:"published,omitzero"`
	Withdrawn     time.Time `json:"withdrawn,omitzero"` // zero: it stands
	Aliases       []string  `json:"aliases,omitempty"`  // ids of the same flaw
	Related       []string  `json:"related,omitempty"`
	Upstream      []string  `json:"upstream,omitempty"` // ids that it is about, one or many: a distribution's update

	Summary string `json:"summary,omitempty"` // plain text
	Details string `json:"details,omitempty"` // Markdown

	Severity   []Severity  `json:"severity,omitempty"`
	Affected   []Affected  `json:"affected,omitempty"`
	References []Reference `json:"references,omitempty"`
	Credits    []Credit    `json:"credits,omitempty"`

	DatabaseSpecific json.RawMessage `json:"database_specific,omitempty"`

	// Origin is the file, with its line if it has many records, or the URL
	// that the record was read from, for messages.
	Origin string `json:"-"`
}

// Affected is what an advisory says about one package. A version is affected
// if Versions lists it or one of Ranges holds it.
type Affected struct {
	Package           AffectedPackage `json:"package,omitzero"` // zero: only commits are known
	Severity          []Severity      `json:"severity,omitempty"`
	Ranges            []Range         `json:"ranges,omitempty"`
	Versions          []string        `json:"versions,omitempty"`
	EcosystemSpecific json.RawMessage `json:"ecosystem_specific,omitempty"`
	DatabaseSpecific  json.RawMessage `json:"database_specific,omitempty"`
}

// An AffectedPackage names a package. The ecosystem may say which release: "Debian:12".
type AffectedPackage struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	PURL      string `json:"purl,omitempty"`
}

// A Range is a set of versions, as events that begin and end it. They may stand in any order.
type Range struct {
	Type             string          `json:"type"` // RangeSemVer, RangeEcosystem or RangeGit
	Repo             string          `json:"repo,omitempty"`
	Events           []Event         `json:"events"`
	DatabaseSpecific json.RawMessage `json:"database_specific,omitempty"`
}

// The types of ranges. Those of commits are kept, and match nothing.
const (
	RangeSemVer    = "SEMVER"
	RangeEcosystem = "ECOSYSTEM"
	RangeGit       = "GIT"
)

// An Event has one of its fields set.
type Event struct {
	Introduced   string `json:"introduced,omitempty"`    // affected from here on; "0" is before all versions
	Fixed        string `json:"fixed,omitempty"`         // not affected from here on
	LastAffected string `json:"last_affected,omitempty"` // affected up to and with this one
	Limit        string `json:"limit,omitempty"`         // nothing from here on is said
}

// A Severity is a score in one of several notations.
type Severity struct {
	Type   string `json:"type"` // "CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"
	Score  string `json:"score"`
	Source string `json:"source,omitempty"`
}

// A Reference is a link with its purpose ("ADVISORY", "FIX", "WEB" …).
type Reference struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// A Credit names somebody who helped.
type Credit struct {
	Name    string   `json:"name"`
	Contact []string `json:"contact,omitempty"`
	Type    string   `json:"type,omitempty"`
}
