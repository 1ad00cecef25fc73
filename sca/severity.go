package sca

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"

	"github.com/merlonsec/merlon/report"
)

// The methods of ratings, as CycloneDX calls them.
const (
	methodV2  = "CVSSv2"
	methodV3  = "CVSSv3"
	methodV31 = "CVSSv31"
	methodV4  = "CVSSv4"
)

// rate computes the rating of a CVSS vector.
func rate(vector string) (report.Rating, error) {
	vector = strings.Trim(strings.TrimSpace(vector), "()")
	r := report.Rating{Vector: vector}
	var err error
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		r.Method = methodV4
		var v *cvss40.CVSS40
		if v, err = cvss40.ParseVector(vector); err == nil {
			r.Score = v.Score()
		}
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		r.Method = methodV31
		var v *cvss31.CVSS31
		if v, err = cvss31.ParseVector(vector); err == nil {
			r.Score = v.BaseScore()
		}
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		r.Method = methodV3
		var v *cvss30.CVSS30
		if v, err = cvss30.ParseVector(vector); err == nil {
			r.Score = v.BaseScore()
		}
	case strings.HasPrefix(vector, "CVSS:"):
		err = errors.New("unknown version of CVSS")
	default:
		r.Method = methodV2
		var v *cvss20.CVSS20
		if v, err = cvss20.ParseVector(vector); err == nil {
			r.Score = v.BaseScore()
		}
	}
	if err != nil {
		return report.Rating{}, fmt.Errorf("severity %.80q: %w", vector, err)
	}
	r.Severity = severityOf(r.Method, r.Score)
	return r, nil
}

// severityOf is the qualitative scale of CVSS v3 and v4, and for v2 the one
// that the NVD uses.
func severityOf(method string, score float64) report.Severity {
	switch {
	case math.IsNaN(score) || score < 0 || score > 10:
		return report.Unrated
	case method == methodV2 && score >= 7:
		return report.High
	case score >= 9:
		return report.Critical
	case score >= 7:
		return report.High
	case score >= 4:
		return report.Medium
	case score > 0, method == methodV2:
		return report.Low
	}
	return report.Info
}

// ratings returns what an advisory says about its severity: vectors, else the
// words and numbers that databases have in fields of their own. Errors are
// vectors that are none.
func (h *hit) ratings() (out []report.Rating, problems []error) {
	source, _, _ := strings.Cut(strings.ToLower(h.ID), "-")
	add := func(r report.Rating) {
		if r.Source == "" {
			r.Source = source
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	severities := slices.Clone(h.Severity)
	for _, a := range h.affected {
		severities = append(severities, a.Severity...)
	}
	for _, s := range severities {
		if s.Score == "" {
			continue
		}
		if !strings.HasPrefix(s.Type, "CVSS") {
			if v, err := report.ParseSeverity(s.Score); err == nil {
				add(report.Rating{Source: strings.ToLower(s.Type), Method: "other", Severity: v})
			}
			continue
		}
		r, err := rate(s.Score)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		r.Source = s.Source
		add(r)
	}
	specific := []json.RawMessage{h.DatabaseSpecific}
	for _, a := range h.affected {
		specific = append(specific, a.DatabaseSpecific, a.EcosystemSpecific)
	}
	for _, raw := range specific {
		for _, r := range ownRatings(raw) {
			if r.Method == "other" || len(out) == 0 {
				add(r)
			}
		}
	}
	return out, problems
}

// ownRatings reads the severities in database_specific and ecosystem_specific
// that are in common use.
func ownRatings(raw json.RawMessage) (out []report.Rating) {
	var fields map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	for _, name := range [...]string{"severity", "urgency"} {
		var word string
		if json.Unmarshal(fields[name], &word) != nil {
			continue
		}
		if s, err := report.ParseSeverity(word); err == nil && s != report.Unrated {
			out = append(out, report.Rating{Method: "other", Severity: s})
		}
	}
	for _, f := range [...]struct{ name, method string }{{"cvss_v4", methodV4}, {"cvss_v3", methodV3}, {"cvss_score", methodV3}, {"cvss_v2", methodV2}} {
		var score float64
		if json.Unmarshal(fields[f.name], &score) == nil && score > 0 && score <= 10 {
			out = append(out, report.Rating{Method: f.method, Score: score, Severity: severityOf(f.method, score)})
		}
	}
	return out
}

// worst is the severity of a finding: the highest by CVSS v4 and v3, else by
// v2, else by a database's own words.
func worst(ratings []report.Rating) report.Severity {
	var best [3]report.Severity
	for _, r := range ratings {
		tier := 2
		switch r.Method {
		case methodV4, methodV31, methodV3:
			tier = 0
		case methodV2:
			tier = 1
		}
		best[tier] = max(best[tier], r.Severity)
	}
	for _, s := range best {
		if s != report.Unrated {
			return s
		}
	}
	return report.Unrated
}
