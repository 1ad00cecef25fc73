package secrets_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
)

func acme() secrets.Detector {
	return secrets.Detector{
		Rule:     report.Rule{ID: "acme/token", Title: "Acme token", Severity: report.Critical},
		Pattern:  `\bacme_[0-9a-f]{32}\b`,
		Examples: []string{"acme_" + secrets.Sample("0123456789abcdef", 32, "acme")},
		Counter:  []string{"acme_0"},
	}
}

func TestNewNamesTheField(t *testing.T) {
	change := func(f func(*secrets.Detector)) secrets.Options {
		d := acme()
		f(&d)
		return secrets.Options{Detectors: []secrets.Detector{d}}
	}
	for want, o := range map[string]secrets.Options{
		"Detectors: empty":                                   {Detectors: []secrets.Detector{}},
		"Detectors: acme/token is there twice":               {Detectors: []secrets.Detector{acme(), acme()}},
		"MaxFileSize: -1 is negative":                        {MaxFileSize: -1},
		"Key: empty":                                         {Key: []byte{}},
		"Allow[0]: empty":                                    {Allow: []secrets.Allow{{Reason: "x"}}},
		"Allow[1]: pattern \"[\"":                            {Allow: []secrets.Allow{{Rule: "a/b"}, {Path: "["}}},
		`detector "Acme": Rule.ID`:                           change(func(d *secrets.Detector) { d.Rule.ID = "Acme" }),
		"detector acme/token: Pattern: missing":              change(func(d *secrets.Detector) { d.Pattern = "" }),
		"detector acme/token: Pattern: error parsing regexp": change(func(d *secrets.Detector) { d.Pattern = "(" }),
		"detector acme/token: Pattern: pattern `x*`: matches the empty text":    change(func(d *secrets.Detector) { d.Pattern = "x*" }),
		"detector acme/token: Near: error parsing regexp":                       change(func(d *secrets.Detector) { d.Near = "(" }),
		"detector acme/token: Within: 5000 is not in 0 to 4096":                 change(func(d *secrets.Detector) { d.Within = 5000 }),
		"detector acme/token: Entropy: -1 is not in 0 to 8":                     change(func(d *secrets.Detector) { d.Entropy = -1 }),
		"detector acme/token: Paths: pattern":                                   change(func(d *secrets.Detector) { d.Paths = []string{"{"} }),
		"detector acme/token: Examples[0] is not found":                         change(func(d *secrets.Detector) { d.Examples = []string{"acme_" + strings.Repeat("0", 32)} }),
		"detector acme/token: Counter[1] is found":                              change(func(d *secrets.Detector) { d.Counter = append(d.Counter, d.Examples[0]) }),
		"detector acme/token: Examples[0] is not found: it does not match, or ": change(func(d *secrets.Detector) { d.Check = func(secrets.Match) report.Confidence { return 0 } }),
	} {
		_, err := secrets.New(o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	// All that is wrong is said at once.
	_, err := secrets.New(secrets.Options{MaxFileSize: -1, Key: []byte{}})
	if err == nil || !strings.Contains(err.Error(), "MaxFileSize") || !strings.Contains(err.Error(), "Key") {
		t.Errorf("got %v, want both fields", err)
	}
}

func TestOwnDetector(t *testing.T) {
	s := newScanner(t, secrets.Options{Detectors: append(secrets.DefaultDetectors(), acme())})
	token := acme().Examples[0]
	if got, want := matches(s, "", token+" "+npm("a")), []string{"acme/token:" + token, "secrets/npm-token:" + npm("a")}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	rules := s.Rules()
	r := rules[len(rules)-1]
	if r.Kind != report.KindSecret || r.Confidence != report.ConfidenceHigh || !slices.Equal(r.CWEs, []int{798}) || r.Severity != report.Critical {
		t.Errorf("got %+v, want what is left out filled in", r)
	}
}

func TestDetectorFields(t *testing.T) {
	id := strings.ToUpper(secrets.Sample("abcdef", 8, "id"))
	d := secrets.Detector{
		Rule: report.Rule{ID: "acme/pair"}, Pattern: `key=(?:"([a-z0-9]{12})"|(?P<secret>[a-z0-9]{12}))`,
		Near: `[A-F]{8}`, Within: 20, Paths: []string{"*.env"}, Entropy: 3,
	}
	s := newScanner(t, secrets.Options{Detectors: []secrets.Detector{d}})
	const v = "q7w2x9k4m1z8"
	for _, c := range []struct {
		path, text, want string
	}{
		{"a.env", "key=" + v + " id=" + id, v},
		{"a.env", "id=" + id + " key=" + v, v},
		{"a.env", "id=" + id + strings.Repeat(" ", 30) + "key=" + v, ""},
		{"a.go", "key=" + v + " id=" + id, ""},
		{"", "key=" + v + " id=" + id, v},
		{"a.env", "key=aaaabbbbaaab id=" + id, ""},
	} {
		got := ""
		for m := range s.Matches(c.path, []byte(c.text)) {
			got = m.Secret.Reveal()
			if m.Near.Reveal() != id {
				t.Errorf("%q: got near %q, want %q", c.text, m.Near.Reveal(), id)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q: got %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

// A detector without fixed characters works too.
func TestDetectorWithoutPrefix(t *testing.T) {
	d := secrets.Detector{Rule: report.Rule{ID: "acme/word"}, Pattern: `\b[a-z]{12}[0-9]{4}\b`}
	s := newScanner(t, secrets.Options{Detectors: []secrets.Detector{d}})
	if got, want := matches(s, "", "x qwxzpkvmtrlj9274 y"), []string{"acme/word:qwxzpkvmtrlj9274"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConfig(t *testing.T) {
	base := newScanner(t, secrets.Options{})
	check := acme()
	check.Check = func(secrets.Match) report.Confidence { return report.ConfidenceHigh }
	seen := map[string]string{}
	for name, o := range map[string]secrets.Options{
		"default": {}, "key": {Key: []byte("k")}, "limit": {MaxFileSize: 1}, "allow": {Allow: []secrets.Allow{{Rule: "a/b"}}},
		"one": {Detectors: []secrets.Detector{acme()}},
	} {
		c := newScanner(t, o).Config()
		if other, ok := seen[c]; ok || c == "" {
			t.Errorf("%s: got %q, which is that of %q", name, c, other)
		}
		seen[c] = name
		if strings.Contains(c, "k") {
			t.Errorf("%s: got %q", name, c)
		}
	}
	if got, want := newScanner(t, secrets.Options{Detectors: secrets.DefaultDetectors()}).Config(), base.Config(); got != want {
		t.Errorf("got %q, want %q: the same detectors", got, want)
	}
	if got := newScanner(t, secrets.Options{Detectors: []secrets.Detector{check}}).Config(); got != "" {
		t.Errorf("got %q, want nothing, since a Check is not known", got)
	}
}
