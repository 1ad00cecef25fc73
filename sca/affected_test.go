package sca

import (
	"slices"
	"strings"
	"testing"
)

// events reads "introduced 0, fixed 1.2".
func events(t *testing.T, text string) (out []Event) {
	t.Helper()
	for part := range strings.SplitSeq(text, ", ") {
		kind, v, _ := strings.Cut(part, " ")
		var e Event
		switch kind {
		case "introduced":
			e.Introduced = v
		case "fixed":
			e.Fixed = v
		case "last":
			e.LastAffected = v
		case "limit":
			e.Limit = v
		default:
			t.Fatalf("event %q", part)
		}
		out = append(out, e)
	}
	return out
}

func TestRangeHolds(t *testing.T) {
	for _, c := range []struct {
		ecosystem, events string
		in, out           string // versions, separated by spaces
	}{
		{"npm", "introduced 0, fixed 1.2.0", "0.0.1 1.1.9 1.2.0-rc.1 0.0.0-0", "1.2.0 2.0.0"},
		{"npm", "introduced 0", "0.0.0 99.0.0", ""},
		{"npm", "introduced 1.0.0, last 1.2.0", "1.0.0 1.2.0", "0.9.0 1.2.1 1.0.0-rc.1"},
		{"npm", "introduced 1.0.0, fixed 1.1.0, introduced 2.0.0, fixed 2.1.0", "1.0.5 2.0.0", "0.9.0 1.1.0 1.9.0 2.1.0"},
		{"npm", "fixed 2.1.0, introduced 2.0.0, fixed 1.1.0, introduced 1.0.0", "1.0.5 2.0.0", "0.9.0 1.1.0 1.9.0 2.1.0"},
		{"npm", "introduced 0, fixed 1.0.0, introduced 1.0.0, fixed 2.0.0", "0.1.0 1.0.0 1.5.0", "2.0.0"},
		{"npm", "introduced 1.0.0, fixed 1.0.0", "", "0.9.0 1.0.0 1.1.0"},
		{"npm", "introduced 1.0.0, last 1.0.0", "1.0.0", "0.9.0 1.0.1"},
		{"npm", "introduced 0, limit 2.0.0", "1.9.9", "2.0.0 3.0.0"},
		{"npm", "introduced 0, limit 2.0.0, limit 4.0.0", "3.0.0", "4.0.0"},
		{"npm", "introduced 0, limit *", "99.0.0", ""},
		{"Go", "introduced 0, fixed 0.0.0-20220101000000-aaaaaaaaaaaa", "v0.0.0-20211231000000-bbbbbbbbbbbb", "v0.0.0-20220102000000-bbbbbbbbbbbb v0.1.0"},
		{"Go", "introduced 2.0.0, fixed 2.8.2", "v2.8.1+incompatible", "v2.8.2+incompatible"},
		{"Go", "introduced 1.22.0-0, fixed 1.22.5", "1.22.4 go1.22rc1 1.22", "1.22.5 1.21.9"},
		{"Debian:12", "introduced 0, fixed 1:2.0-1+deb12u1", "1:2.0-1 9.0-1", "1:2.0-1+deb12u1 2:0-1"},
		{"Alpine:v3.20", "introduced 0, fixed 1.36.1-r29", "1.36.1-r4", "1.36.1-r29 1.36.1-r30"},
		{"PyPI", "introduced 1, fixed 2.0", "1.0 1.9.post1 2.0rc1", "2 2.0.0 0.9"},
	} {
		r := Range{Type: RangeEcosystem, Events: events(t, c.events)}
		for v := range strings.FieldsSeq(c.in) {
			if got, err := r.holds(&subject{Package{c.ecosystem, "p"}, v}); err != nil || !got {
				t.Errorf("%s: %s: holds %s: got %v, %v, want true", c.ecosystem, c.events, v, got, err)
			}
		}
		for v := range strings.FieldsSeq(c.out) {
			if got, err := r.holds(&subject{Package{c.ecosystem, "p"}, v}); err != nil || got {
				t.Errorf("%s: %s: holds %s: got %v, %v, want false", c.ecosystem, c.events, v, got, err)
			}
		}
	}
}

func TestRangeBrokenVersion(t *testing.T) {
	r := Range{Type: RangeSemVer, Events: events(t, "introduced 0, fixed soon")}
	if in, err := r.holds(&subject{Package{"npm", "p"}, "1.0.0"}); in || err == nil {
		t.Errorf("got %v, %v, want an error", in, err)
	}
}

// A range that calls itself SemVer is one even where the ecosystem has no order.
func TestRangeSemVerWithoutOrder(t *testing.T) {
	r := Range{Type: RangeSemVer, Events: events(t, "introduced 0, fixed 1.10.0")}
	if in, err := r.holds(&subject{Package{"ConanCenter", "p"}, "1.9.0"}); !in || err != nil {
		t.Errorf("got %v, %v, want true", in, err)
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		ecosystem, version string
		want               bool
	}{
		{"npm", "1.0.0", true}, {"npm", "1.0", false}, {"Go", "v1.0.0", true}, {"PyPI", "1.0", true}, {"Maven", "1.0", false}, {"PyPI", "1.0.1", false},
	} {
		a := Affected{Versions: []string{"0.1.0", "1.0.0"}}
		if got := a.lists(&subject{Package{c.ecosystem, "p"}, c.version}); got != c.want {
			t.Errorf("%s %s: got %v, want %v", c.ecosystem, c.version, got, c.want)
		}
	}
}

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		events string
		want   []string
		open   bool
	}{
		{"introduced 0, fixed 1.5.0", []string{"1.5.0"}, false},
		{"introduced 0, fixed 0.5.0, introduced 1.0.0, fixed 1.5.0, introduced 2.0.0, fixed 2.5.0", []string{"1.5.0", "2.5.0"}, false},
		{"introduced 0", nil, true},
		{"introduced 0, last 1.0.0", nil, false},
		{"introduced 0, limit 2.0.0", nil, false},
	} {
		a := Affected{Ranges: []Range{{Type: RangeSemVer, Events: events(t, c.events)}}}
		got, open := a.fixes(&subject{Package{"npm", "p"}, "1.0.0"})
		if !slices.Equal(got, c.want) || open != c.open {
			t.Errorf("%s: got %q, %v, want %q, %v", c.events, got, open, c.want, c.open)
		}
	}
}

func TestReleases(t *testing.T) {
	for _, c := range []struct {
		record, component string
		want              bool
	}{
		{"Debian:12", "Debian:12", true}, {"Debian:12", "Debian:12.5", true}, {"Debian:12", "Debian:11", false}, {"Debian", "Debian:12", true},
		{"Debian:12", "Debian", true}, {"Ubuntu:22.04:LTS", "Ubuntu:22.04", true}, {"Ubuntu:Pro:22.04:LTS", "Ubuntu:22.04", false},
		{"Alpine:v3.20", "Alpine:v3.20", true}, {"Alpine:v3.2", "Alpine:v3.20", false}, {"Alpine:v3.20", "Alpine:3.20.3", true},
		{"Red Hat:enterprise_linux:9::baseos", "Red Hat:9.4", true}, {"Red Hat:enterprise_linux:8::baseos", "Red Hat:9", false},
		{"AlmaLinux:8", "AlmaLinux:8.10", true}, {"Photon OS:3.0", "Photon OS:3", true}, {"Maven:https://maven.google.com", "Maven", true},
		{"SUSE:Linux Enterprise Server 15 SP4", "SUSE:Linux Enterprise Server 15 SP5", false},
	} {
		a := Affected{Package: AffectedPackage{Ecosystem: c.record, Name: "p"}}
		if got := a.about(&subject{Package{c.component, "p"}, "1"}); got != c.want {
			t.Errorf("%s about %s: got %v, want %v", c.record, c.component, got, c.want)
		}
		if got := covers([]string{c.record}, c.component); got != c.want {
			t.Errorf("%s covers %s: got %v, want %v", c.record, c.component, got, c.want)
		}
	}
}

func TestKeyOf(t *testing.T) {
	for _, c := range []struct{ ecosystem, a, b string }{
		{"PyPI", "Flask_Login", "flask-login"}, {"PyPI", "zope.interface", "Zope--Interface"}, {"NuGet", "Newtonsoft.Json", "newtonsoft.json"},
		{"Packagist", "Symfony/HTTP-Kernel", "symfony/http-kernel"}, {"SwiftURL", "https://github.com/a/B.git", "github.com/a/b"},
	} {
		if keyOf(c.ecosystem, c.a) != keyOf(c.ecosystem, c.b) {
			t.Errorf("%s: %q and %q: got different, want one name", c.ecosystem, c.a, c.b)
		}
	}
	for _, e := range []string{"npm", "Go", "Maven", "RubyGems"} {
		if keyOf(e, "Abc") == keyOf(e, "abc") {
			t.Errorf("%s: Abc and abc: got one name, want two", e)
		}
	}
}
