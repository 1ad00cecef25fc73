package sca

import (
	"slices"
	"strings"
	"testing"
)

func TestGroupHits(t *testing.T) {
	for _, c := range []struct {
		name, base string
		records    []string // id=alias,alias<upstream,upstream
		want       []string // ids of a group, separated by spaces
	}{
		{"alias", "npm", []string{"GHSA-1=CVE-1", "CVE-1"}, []string{"GHSA-1 CVE-1"}},
		{"own database first", "Go", []string{"GHSA-1=CVE-1", "GO-1=CVE-1,GHSA-1"}, []string{"GO-1 GHSA-1 CVE-1"}},
		{"own of another ecosystem", "npm", []string{"GO-1=GHSA-1"}, []string{"GHSA-1 GO-1"}},
		{"chain", "PyPI", []string{"X-1=Y-1", "Z-1=Y-2", "W-1=Y-1,Y-2"}, []string{"W-1 X-1 Y-1 Y-2 Z-1"}},
		{"cycle", "PyPI", []string{"A-1=B-1", "B-1=C-1", "C-1=A-1,A-1"}, []string{"A-1 B-1 C-1"}},
		{"two", "PyPI", []string{"PYSEC-2=CVE-2", "PYSEC-1=CVE-1"}, []string{"PYSEC-1 CVE-1", "PYSEC-2 CVE-2"}},
		{"one upstream", "Debian", []string{"DEBIAN-CVE-1<CVE-1", "DSA-1<CVE-1"}, []string{"DEBIAN-CVE-1 DSA-1 CVE-1"}},
		{"many upstream", "Debian", []string{"DEBIAN-CVE-1<CVE-1", "DSA-1<CVE-1,CVE-2"}, []string{"DEBIAN-CVE-1 CVE-1", "DSA-1 CVE-1 CVE-2"}},
		{"malware", "npm", []string{"GHSA-1=MAL-1"}, []string{"MAL-1 GHSA-1"}},
		{"CVE before others", "Debian", []string{"X-CVE-1<CVE-1"}, []string{"CVE-1 X-CVE-1"}},
		{"none", "npm", nil, nil},
	} {
		var hits []hit
		for _, r := range c.records {
			r, upstream, _ := strings.Cut(r, "<")
			id, aliases, _ := strings.Cut(r, "=")
			a := &Advisory{ID: id}
			if aliases != "" {
				a.Aliases = strings.Split(aliases, ",")
			}
			if upstream != "" {
				a.Upstream = strings.Split(upstream, ",")
			}
			hits = append(hits, hit{Advisory: a})
		}
		for range 2 {
			var got []string
			for _, g := range groupHits(c.base, hits) {
				got = append(got, strings.Join(g.ids, " "))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			slices.Reverse(hits) // the order must not matter
		}
	}
}

func TestNoFlaw(t *testing.T) {
	for _, c := range []struct {
		a    Advisory
		want bool
	}{
		{Advisory{ID: "ALBA-2019:0973"}, true},
		{Advisory{ID: "ALBA-2019:0973", Related: []string{"CVE-2019-1"}}, false},
		{Advisory{ID: "ALSA-2019:0973"}, false},
		{Advisory{ID: "GHSA-1"}, false},
	} {
		if got := c.a.noFlaw(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.a.ID, got, c.want)
		}
	}
}
