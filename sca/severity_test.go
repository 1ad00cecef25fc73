package sca

import (
	"encoding/json"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestRate(t *testing.T) {
	for _, c := range []struct {
		vector, method string
		score          float64
		want           report.Severity
	}{
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSSv31", 9.8, report.Critical},
		{"CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N", "CVSSv3", 3.7, report.Low},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "CVSSv31", 0, report.Info},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "CVSSv4", 9.3, report.Critical},
		{"AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSSv2", 7.5, report.High},
		{" (AV:N/AC:M/Au:N/C:N/I:P/A:N) ", "CVSSv2", 4.3, report.Medium},
	} {
		r, err := rate(c.vector)
		if err != nil || r.Method != c.method || r.Score != c.score || r.Severity != c.want {
			t.Errorf("%s: got %+v, %v, want %s %v %v", c.vector, r, err, c.method, c.score, c.want)
		}
	}
	for _, bad := range []string{"", "7.5", "CVSS:3.1/AV:N", "CVSS:9.9/AV:N", "CVSS:4.0/", "AV:N/AC:L"} {
		if r, err := rate(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, r)
		}
	}
}

func TestRatings(t *testing.T) {
	high := Severity{Type: "CVSS_V3", Score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}
	for _, c := range []struct {
		name             string
		h                hit
		want             report.Severity
		ratings, invalid int
	}{
		{"none", hit{Advisory: &Advisory{ID: "GO-1"}}, report.Unrated, 0, 0},
		{"vector", hit{Advisory: &Advisory{ID: "GHSA-1", Severity: []Severity{high, high}}}, report.High, 1, 0},
		{"of the package", hit{&Advisory{ID: "GHSA-1"}, []*Affected{{Severity: []Severity{high}}}}, report.High, 1, 0},
		{"broken", hit{Advisory: &Advisory{ID: "X-1", Severity: []Severity{{Type: "CVSS_V3", Score: "bad"}}}}, report.Unrated, 0, 1},
		{"Ubuntu", hit{Advisory: &Advisory{ID: "UBUNTU-CVE-1", Severity: []Severity{{Type: "Ubuntu", Score: "medium"}}}}, report.Medium, 1, 0},
		{"word", hit{Advisory: &Advisory{ID: "GHSA-1", DatabaseSpecific: json.RawMessage(`{"severity":"MODERATE"}`)}}, report.Medium, 1, 0},
		{"word beside a vector", hit{Advisory: &Advisory{ID: "GHSA-1", Severity: []Severity{high}, DatabaseSpecific: json.RawMessage(`{"severity":"LOW"}`)}}, report.High, 2, 0},
		{"number", hit{Advisory: &Advisory{ID: "X-1", DatabaseSpecific: json.RawMessage(`{"cvss_v3":9.1}`)}}, report.Critical, 1, 0},
		{"nonsense", hit{Advisory: &Advisory{ID: "X-1", DatabaseSpecific: json.RawMessage(`{"severity":[],"cvss_v3":"x","urgency":"not yet assigned"}`)}}, report.Unrated, 0, 0},
	} {
		got, invalid := c.h.ratings()
		if s := worst(got); s != c.want || len(got) != c.ratings || len(invalid) != c.invalid {
			t.Errorf("%s: got %v of %+v, %v, want %v of %d, %d broken", c.name, s, got, invalid, c.want, c.ratings, c.invalid)
		}
	}
}
