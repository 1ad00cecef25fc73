package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sarifDescribe returns what follows from a rule alone; reading keeps only
// what differs from it.
func sarifDescribe(r *Rule) sarifRule {
	title := cmp.Or(r.Title, r.ID)
	d := sarifRule{
		ID:               r.ID,
		Name:             sarifName(r.ID),
		ShortDescription: &sarifText{Text: title},
		FullDescription:  &sarifText{Text: cmp.Or(paragraph(r.Help), title)},
		Properties:       Props{},
	}
	if r.Help != "" {
		d.Help = &sarifText{Text: r.Help, Markdown: r.Help}
	}
	if isURI(r.URL) {
		d.HelpURI = r.URL
	}
	if r.Severity != Unrated {
		d.Configuration = &sarifConfiguration{Level: sarifLevel(r.Severity)}
	}
	set := func(key, value string) {
		if value != "" {
			d.Properties[key] = jsonText(value)
		}
	}
	set("precision", sarifPrecision(r.Confidence))
	if r.Severity != Unrated {
		set("problem.severity", map[string]string{"error": "error", "warning": "warning", "note": "recommendation"}[sarifLevel(r.Severity)])
	}
	if isSecurity(r.Kind) {
		set("security-severity", sarifScore(r.Severity))
	}
	if tags := allTags(r); len(tags) > 0 {
		d.Properties["tags"] = jsonText(tags)
	}
	return d
}

// sarifName makes the PascalCase name that SARIF wants of the last part of a
// rule id (3.49.7): "secrets/aws-access-key" is AwsAccessKey.
func sarifName(id string) string {
	var b strings.Builder
	last := id[strings.LastIndexByte(id, '/')+1:]
	for part := range strings.FieldsFuncSeq(last, func(r rune) bool { return !isAlnum(r) }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	if b.String() == id {
		return "" // name and id may not be equal
	}
	return b.String()
}

// sarifLevel returns the level of a severity. A result that fails may not have
// the level none (3.27.10), and warning is the default.
func sarifLevel(s Severity) string {
	switch {
	case s >= High:
		return "error"
	case s == Low || s == Info:
		return "note"
	}
	return "warning"
}

// sarifScore returns the middle of the range in which GitHub shows a severity.
func sarifScore(s Severity) string {
	return [...]string{Critical: "9.5", High: "8.0", Medium: "5.5", Low: "2.0", Info: "", Unrated: ""}[min(s, Critical)]
}

// sarifSeverity is the severity of a score, by the same ranges.
func sarifSeverity(score float64) Severity {
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Medium
	case score > 0:
		return Low
	}
	return Info
}

// sarifNumber reads a number, or one in a string as GitHub wants it.
func sarifNumber(raw json.RawMessage) (float64, bool) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && n >= 0 && n <= 10
}

// sarifPrecision returns CodeQL's word for a confidence.
func sarifPrecision(c Confidence) string {
	if c == ConfidenceCertain {
		return "very-high"
	}
	return c.String()
}

// sarifConfidence is its inverse, but that a foreign rule of very high
// precision is not taken to prove anything.
func sarifConfidence(precision string) Confidence {
	if precision == "very-high" {
		return ConfidenceHigh
	}
	c, _ := ParseConfidence(precision)
	return min(c, ConfidenceHigh)
}

// isSecurity reports whether GitHub should show the findings of a kind as
// security alerts. Of a rule of no kind, read from elsewhere, we do not know.
func isSecurity(k Kind) bool { return k != "" && k != KindLicense }

// allTags are a rule's tags and those that GitHub reads.
func allTags(r *Rule) []string { return distinct(append(slices.Clip(r.Tags), derivedTags(r)...)) }

func derivedTags(r *Rule) []string {
	var tags []string
	if isSecurity(r.Kind) {
		tags = append(tags, "security")
	}
	for _, c := range r.CWEs {
		tags = append(tags, fmt.Sprintf("external/cwe/cwe-%03d", c))
	}
	return tags
}

// ownTags is the inverse of allTags, but for tags that are both.
func ownTags(tags []string, r *Rule) []string {
	derived := map[string]bool{}
	for _, t := range derivedTags(r) {
		derived[t] = true
	}
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return derived[t] })
}

// sarifTags returns the tags of a bag, and whether they are what they should be.
func sarifTags(bag Props) (tags []string, ok bool) {
	raw, ok := bag["tags"]
	if !ok || json.Unmarshal(raw, &tags) != nil || tags == nil {
		return nil, false
	}
	return tags, true
}

// distinct returns the values of s, each once, in their order.
func distinct[T comparable](s []T) []T {
	seen := make(map[T]bool, len(s))
	var out []T
	for _, v := range s {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// paragraph returns the first paragraph of a Markdown text, on one line.
func paragraph(text string) string {
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" && !strings.HasPrefix(p, "#") {
			return strings.Join(strings.Fields(p), " ")
		}
	}
	return ""
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
