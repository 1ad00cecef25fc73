package report

import (
	"fmt"
	"strings"
)

// A Severity says how bad a finding is. Severities are ordered: s >= High.
type Severity uint8

// The severities. The zero value is "not rated", which is below all others
// in order and unknown to a gate.
const (
	Unrated Severity = iota
	Info
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "info", "low", "medium", "high", "critical"}

// String returns the lower-case name, "" for Unrated.
func (s Severity) String() string { return enumName("Severity", severityNames[:], uint8(s)) }

// severitySynonyms are the words of SARIF (level), CVSS, GitLab, GitHub
// advisories and distributions for our severities.
var severitySynonyms = map[string]Severity{
	"unknown": Unrated, "unrated": Unrated, "unspecified": Unrated,
	"none": Info, "informational": Info, "negligible": Info, "unimportant": Info,
	"note": Low, "minor": Low,
	"moderate": Medium, "warning": Medium,
	"important": High, "error": High, "major": High,
	"blocker": Critical,
}

// ParseSeverity is the inverse of String. Case does not matter, and the words
// of SARIF, CVSS, GitLab and of advisories are understood ("error" is High,
// "moderate" Medium, "unknown" Unrated).
func ParseSeverity(name string) (Severity, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if i, ok := enumValue(severityNames[:], name); ok {
		return Severity(i), nil
	}
	if s, ok := severitySynonyms[name]; ok {
		return s, nil
	}
	return Unrated, fmt.Errorf("unknown severity %q", name)
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}

// A Confidence says how sure the scanner is that a finding is true.
type Confidence uint8

// The confidences; text in JSON ("high"). Zero is not stated.
const (
	ConfidenceUnknown Confidence = iota
	ConfidenceLow
	ConfidenceMedium
	ConfidenceHigh
	ConfidenceCertain // proved: a checksum, a live check, a request that got through
)

var confidenceNames = [...]string{"", "low", "medium", "high", "certain"}

// String returns the lower-case name, "" for ConfidenceUnknown.
func (c Confidence) String() string { return enumName("Confidence", confidenceNames[:], uint8(c)) }

// ParseConfidence is the inverse of String; case does not matter.
func ParseConfidence(name string) (Confidence, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if i, ok := enumValue(confidenceNames[:], name); ok {
		return Confidence(i), nil
	}
	return ConfidenceUnknown, fmt.Errorf("unknown confidence %q", name)
}

// MarshalText implements [encoding.TextMarshaler].
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Confidence) UnmarshalText(text []byte) (err error) {
	*c, err = ParseConfidence(string(text))
	return err
}

// A Rating is one source's view of a severity.
type Rating struct {
	Source   string   `json:"source"`           // "nvd", "ghsa", "debian"
	Method   string   `json:"method,omitempty"` // CycloneDX scoreMethod: "CVSSv31", "CVSSv4", "SSVC", "other"
	Vector   string   `json:"vector,omitempty"`
	Score    float64  `json:"score,omitempty"` // meaningful only with a Method
	Severity Severity `json:"severity,omitzero"`
}

func enumName(kind string, names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}

func enumValue(names []string, name string) (int, bool) {
	for i, n := range names {
		if n == name {
			return i, true
		}
	}
	return 0, false
}
