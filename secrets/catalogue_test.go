package secrets

import (
	"os"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// TestCatalogue holds what each of our detectors owes its users. Package
// secretstest tests what they find.
func TestCatalogue(t *testing.T) {
	ds := DefaultDetectors()
	if len(ds) < 30 {
		t.Errorf("got %d detectors, want at least 30", len(ds))
	}
	seen := map[string]bool{}
	for _, d := range ds {
		r := d.Rule
		if !strings.HasPrefix(r.ID, "secrets/") || seen[r.ID] {
			t.Errorf("%s: want an id of its own in secrets/", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.Severity == report.Unrated || r.Confidence == report.ConfidenceUnknown || r.Kind != report.KindSecret || len(r.CWEs) != 1 || r.CWEs[0] != 798 {
			t.Errorf("%s: rule is not complete: %+v", r.ID, r)
		}
		if !strings.Contains(r.Help, "**Revoke it.** ") || !strings.HasPrefix(r.URL, "https://") {
			t.Errorf("%s: want help that says how to revoke, and a reference", r.ID)
		}
		if len(d.Examples) == 0 || len(d.Counter) == 0 {
			t.Errorf("%s: got %d examples and %d counter-examples, want both", r.ID, len(d.Examples), len(d.Counter))
		}
		if err := d.validate(); err != nil {
			t.Error(err)
		}
	}
}

// No credential, not even a fake one, stands in this package's source.
func TestOwnSource(t *testing.T) {
	for f, err := range scanner(t, Options{}).All(t.Context(), os.DirFS(".")) {
		if err != nil {
			t.Error(err)
			continue
		}
		t.Errorf("%s:%d: %s", f.Location.Path, f.Location.Region.Start.Line, f.Message)
	}
}

// TestExamples compiles our detectors as if they were a user's, which tests
// their examples.
func TestExamples(t *testing.T) {
	ds := DefaultDetectors()
	for i := range ds {
		ds[i].shipped = ""
	}
	if _, err := New(Options{Detectors: ds}); err != nil {
		for _, line := range strings.Split(err.Error(), "; ") {
			t.Error(line)
		}
	}
}
