package merlon_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/container"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sast"
	"github.com/merlonsec/merlon/secrets"
)

// catalogues are the rules that each package ships.
func catalogues() map[string][]report.Rule {
	var detectors, checks []report.Rule
	for _, d := range secrets.DefaultDetectors() {
		detectors = append(detectors, d.Rule)
	}
	for _, c := range container.DefaultChecks() {
		checks = append(checks, c.Rule)
	}
	return map[string][]report.Rule{"secrets": detectors, "sast": sast.Rules(), "container": checks}
}

var (
	ruleID  = regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)
	howBad  = regexp.MustCompile(`(?i)\b(bad|wrong|ignore it|instead of|vulnerable)\b`)
	howGood = regexp.MustCompile(`(?i)\b(good|right|use|set|write|remove|revoke|add|pass|give)\b`)
)

// TestCatalogues: a rule says what it is about, how bad that is, and what to
// do; its id is its own and never changes.
func TestCatalogues(t *testing.T) {
	seen := map[string]string{}
	for from, rules := range catalogues() {
		if len(rules) == 0 {
			t.Errorf("%s ships no rules", from)
		}
		for _, r := range rules {
			switch {
			case !ruleID.MatchString(r.ID) || !strings.HasPrefix(r.ID, from+"/"):
				t.Errorf("%s: rule id %q, want %s/name in lower case", from, r.ID, from)
			case seen[r.ID] != "":
				t.Errorf("%s: in the catalogue of %s too", r.ID, seen[r.ID])
			}
			seen[r.ID] = from
			if r.Title == "" || strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") {
				t.Errorf("%s: title %q, want one line without a full stop", r.ID, r.Title)
			}
			if r.Severity == report.Unrated || r.Confidence == report.ConfidenceUnknown {
				t.Errorf("%s: severity %q, confidence %q, want both", r.ID, r.Severity, r.Confidence)
			}
			if r.Kind == "" || len(r.CWEs) == 0 && len(r.Controls) == 0 {
				t.Errorf("%s: kind %q, CWEs %v, controls %v, want a kind and one of the others", r.ID, r.Kind, r.CWEs, r.Controls)
			}
			if len(r.Help) < 100 || !howBad.MatchString(r.Help) || !howGood.MatchString(r.Help) {
				t.Errorf("%s: its help does not say what is wrong, what a bad and a good example are, and what to do: %.200q", r.ID, r.Help)
			}
		}
	}
	for _, r := range sast.Rules() {
		name := strings.TrimPrefix(r.ID, "sast/")
		if _, err := os.Stat(filepath.Join("sast", "testdata", "src", name)); err != nil {
			t.Errorf("%s has no testdata: %v", r.ID, err)
		}
	}
}
