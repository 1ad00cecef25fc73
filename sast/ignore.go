package sast

import (
	"bytes"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A directive is a comment that asks not to report a problem.
type directive struct {
	pos, end   token.Pos
	reason     string
	reasonless bool // a merlon:ignore without a reason, which does not count
}

// ignoring returns the directive for a problem of a rule between pos and end:
// a comment on the line where it starts or ends, or alone on the line above.
//
//	//merlon:ignore sqlinjection the console runs what the administrator types
//	// #nosec G201 -- reason
//	//nolint:gosec // reason
func ignoring(pass *analysis.Pass, pos, end token.Pos, rule string) *directive {
	file := fileOf(pass, pos)
	if file == nil {
		return nil
	}
	line := func(p token.Pos) int { return pass.Fset.PositionFor(p, false).Line }
	first, lastLine := line(pos), line(pos)
	if end.IsValid() {
		lastLine = line(end)
	}
	var found *directive
	for _, group := range file.Comments {
		for _, c := range group.List {
			at := line(c.Pos())
			if at != first && at != lastLine && at != first-1 {
				continue
			}
			d := parseDirective(c.Text, rule)
			if d == nil || found != nil && !found.reasonless || at == first-1 && !alone(pass, c) {
				continue
			}
			d.pos, d.end = c.Pos(), c.End()
			found = d
		}
	}
	return found
}

// alone reports whether nothing but a comment is on its line.
func alone(pass *analysis.Pass, c *ast.Comment) bool {
	p := pass.Fset.PositionFor(c.Pos(), false)
	text, err := pass.ReadFile(p.Filename)
	if err != nil || p.Offset > len(text) {
		return false
	}
	before := text[:p.Offset]
	return len(bytes.TrimSpace(before[bytes.LastIndexByte(before, '\n')+1:])) == 0
}

// ofGosec is the rule of ours that a rule of gosec stands for.
func ofGosec(id string) string {
	switch id {
	case "G201", "G202", "G701":
		return "sast/sqlinjection"
	case "G204", "G702":
		return "sast/commandinjection"
	case "G402":
		return "sast/tlsverify"
	case "G112", "G114":
		return "sast/servertimeouts"
	}
	return ""
}

// parseDirective returns what a comment says about a rule, nil if nothing.
func parseDirective(text, rule string) *directive {
	body, ok := strings.CutPrefix(text, "//")
	if !ok {
		body = strings.TrimSuffix(strings.TrimPrefix(text, "/*"), "*/")
	}
	body = strings.TrimSpace(body)
	if rest, ok := strings.CutPrefix(body, "merlon:ignore"); ok {
		names, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		for name := range strings.SplitSeq(names, ",") {
			if name == rule || name == analyzerName(rule) {
				reason = strings.TrimSpace(reason)
				return &directive{reason: reason, reasonless: reason == ""}
			}
		}
		return nil
	}
	if rest, ok := strings.CutPrefix(body, "#nosec"); ok {
		ids, reason, _ := strings.Cut(rest, "--")
		fields := strings.FieldsFunc(ids, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
		listed := false
		for _, id := range fields {
			if !isGosecID(id) {
				break // words without "--": a reason
			}
			listed = true
			if ofGosec(id) == rule {
				return &directive{reason: strings.TrimSpace(reason)}
			}
		}
		if listed {
			return nil
		}
		return &directive{reason: strings.TrimSpace(reason)}
	}
	if rest, ok := strings.CutPrefix(body, "nolint:"); ok {
		names, reason, _ := strings.Cut(rest, "//")
		for name := range strings.SplitSeq(names, ",") {
			if strings.TrimSpace(name) == "gosec" {
				return &directive{reason: strings.TrimSpace(reason)}
			}
		}
	}
	return nil
}

func isGosecID(s string) bool {
	return len(s) == 4 && s[0] == 'G' && strings.Trim(s[1:], "0123456789") == ""
}
