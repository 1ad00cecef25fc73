package container

import (
	"context"
	"iter"

	"github.com/merlonsec/merlon/report"
)

// A Check looks at one image. Its findings say what they are about in
// Location: a file of the image by Path, a field of the configuration by
// Logical. They never hold the value of a secret.
type Check struct {
	Rule report.Rule // its ID is "container/name"
	Run  func(ctx context.Context, i *Image) iter.Seq2[*report.Finding, error]
}

// DefaultChecks returns a new slice of the hardening checks.
func DefaultChecks() []Check {
	return []Check{
		rootUser(),
		secretEnv(),
		secretHistory(),
		noHealthcheck(),
		exposedSSH(),
		addURL(),
		pipeToShell(),
	}
}

// cis is a recommendation of the CIS Docker Benchmark 1.6.0.
func cis(id string) []report.Control {
	return []report.Control{{Framework: "CIS Docker", Version: "1.6.0", ID: id}}
}

// check is a check that cannot fail; see says what it has seen.
func check(rule report.Rule, look func(i *Image, see func(*report.Finding))) Check {
	rule.Kind = report.KindConfig
	return Check{Rule: rule, Run: func(ctx context.Context, i *Image) iter.Seq2[*report.Finding, error] {
		return func(yield func(*report.Finding, error) bool) {
			on := true
			look(i, func(f *report.Finding) {
				f.Rule = rule.ID
				on = on && yield(f, nil)
			})
		}
	}}
}

// at is the location of a field of the image configuration.
func at(field string) report.Location {
	return report.Location{Logical: []report.Logical{{Kind: "object", Name: shorten(field)}}}
}

// A line is one line of the history with secrets masked.
type line struct {
	text  string
	names []string // of the secrets in it
	layer *report.Layer
}

// history returns the lines that made the image.
func (i *Image) history() []line {
	var lines []line
	layer := 0
	for _, h := range i.config.History {
		text, names := mask(h.CreatedBy)
		l := line{text: text, names: names}
		if !h.EmptyLayer {
			if layer < len(i.layers) && i.layers[layer].CreatedBy != "" {
				own := i.layers[layer]
				l.layer = &own
			}
			layer++
		}
		lines = append(lines, l)
	}
	return lines
}

// finding is a finding about a line of the history. Lines move when the base
// image changes, so it is known by the command and not by its number.
func (l *line) finding(message string) *report.Finding {
	loc := at("history")
	loc.Layer = l.layer
	loc.Message = shorten(l.text)
	return &report.Finding{Message: message, Location: loc, Key: l.text}
}
