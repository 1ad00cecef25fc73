package secrets_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
)

func TestAllow(t *testing.T) {
	tree := fstest.MapFS{"a/x.env": file("k=" + npm("a"))}
	one := func(allow ...secrets.Allow) *report.Finding {
		t.Helper()
		rep, err := newScanner(t, secrets.Options{Allow: allow}).Scan(t.Context(), report.NewTarget("x", tree))
		if err != nil || len(rep.Findings) != 1 {
			t.Fatalf("got %v, %v, want one finding: what is allowed stays in the report", rep, err)
		}
		return rep.Findings[0]
	}
	group := one().Group
	for _, c := range []struct {
		allow secrets.Allow
		want  bool
	}{
		{secrets.Allow{Rule: "secrets/npm-token"}, true},
		{secrets.Allow{Rule: "secrets/jwt"}, false},
		{secrets.Allow{Path: "a/**"}, true},
		{secrets.Allow{Path: "*.env"}, true},
		{secrets.Allow{Path: "b/**"}, false},
		{secrets.Allow{Value: npm("a")}, true},
		{secrets.Allow{Value: npm("b")}, false},
		{secrets.Allow{Hash: group}, true},
		{secrets.Allow{Hash: "secret:0"}, false},
		{secrets.Allow{Rule: "secrets/npm-token", Path: "a/**", Value: npm("a"), Hash: group}, true},
		{secrets.Allow{Rule: "secrets/npm-token", Path: "b/**"}, false},
	} {
		c.allow.Reason = "of the sandbox"
		f := one(c.allow)
		s := f.Suppressed(time.Now())
		if (s != nil) != c.want {
			t.Errorf("%+v: got %v, want suppressed: %v", c.allow, s, c.want)
		}
		if s != nil && (s.Kind != report.Waived || s.Status != report.StatusFalsePositive || s.Reason != "of the sandbox") {
			t.Errorf("got %+v", s)
		}
		n := 0
		for range newScanner(t, secrets.Options{Allow: []secrets.Allow{c.allow}}).Matches("a/x.env", tree["a/x.env"].Data) {
			n++
		}
		if (n == 0) != c.want {
			t.Errorf("%+v: got %d matches", c.allow, n)
		}
	}
}

func TestComments(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	v := npm("a")
	for _, c := range []struct {
		text, reason string
		want         bool
	}{
		{"k = " + v + " # merlon:allow", "", true},
		{"k = " + v + " # merlon:allow key of the sandbox, SEC-7", "key of the sandbox, SEC-7", true},
		{"/* merlon:allow: revoked */ k = " + v, "revoked", true},
		{"<k v=" + v + "/> <!-- merlon:allow - a sample -->", "a sample", true},
		{"k = " + v + " // gitleaks:allow", "", true},
		{"k = " + v + " // trufflehog:ignore", "", true},
		{"k = " + v + " // merlon:allow like " + npm("b") + " and " + v, "like *** and ***", true},
		{"# merlon:allow\nk = " + v, "", false},
		{"k = " + v + "\n# merlon:allow", "", false},
		{"k = " + v + " # merlon:allowed", "", false},
		{"k = " + v + " # merlon:allowed, no: merlon: allow", "", false},
		{"k = " + v + " " + strings.Repeat("x", 1000) + " # merlon:allow far", "far", true},
		{pemKey() + " merlon:allow", "", false},
		{strings.TrimSuffix(pemKey(), "\n") + " # merlon:allow in the shop", "in the shop", true},
	} {
		n := 0
		for f, err := range s.Reader(t.Context(), "x", strings.NewReader(c.text)) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > 1 {
				continue
			}
			got := f.Suppressed(time.Now())
			if (got != nil) != c.want {
				t.Errorf("%q: got %v, want suppressed: %v", c.text, got, c.want)
			}
			if got != nil && (got.Reason != c.reason || got.Kind != report.InSource || got.Status != report.StatusAccepted || got.Source.Path != "x" || got.Source.Region.Start.Line != f.Location.Region.Start.Line) {
				t.Errorf("%q: got %+v, want the reason %q", c.text, got, c.reason)
			}
		}
		if n == 0 {
			t.Errorf("%q: got no finding", c.text)
		}
	}
}
