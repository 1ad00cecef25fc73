package sca_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

// FuzzParseAdvisory: whatever a record says, reading and matching it ends
// without a panic, and what is reported names the component and an id.
func FuzzParseAdvisory(f *testing.F) {
	f.Add(record("A-1", "npm", "a"), "1.0.0")
	f.Add(`{"id":"GHSA-1","aliases":["CVE-1",""],"upstream":["X"],"modified":"2024-01-01T00:00:00Z","severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}],
		"affected":[{"package":{"ecosystem":"PyPI","name":"a"},"versions":["1"],"ranges":[{"type":"GIT"},{"type":"ECOSYSTEM","events":[{"introduced":"0","last_affected":"1","limit":"2"}]}],"database_specific":{"cwe_ids":["CWE-1"],"severity":"LOW","informational":"notice"}}],
		"references":[{"type":"WEB","url":"https://x"}],"database_specific":{"url":"https://y"}}`, "1.0")
	f.Add(`{"id":"MAL-1","affected":[{"package":{"ecosystem":"Go","name":"a"}},{"ranges":1},2]}`, "go1.22rc1")
	f.Add(`{"id":"X","affected":[{"package":{"ecosystem":"Debian:12","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"1:2~"},{"introduced":"x:y"}]}]}]}`, "1.0-1")
	f.Fuzz(func(t *testing.T, text, version string) {
		a, err := sca.ParseAdvisory([]byte(text))
		if a == nil {
			if err == nil {
				t.Error("neither a record nor an error")
			}
			return
		}
		db, err := sca.OpenFS(t.Context(), tree(map[string]string{"x.json": text}))
		if err != nil {
			return // of commits only
		}
		s, err := sca.New(sca.Options{Database: db})
		if err != nil {
			t.Fatal(err)
		}
		var list []*report.Component
		for _, e := range a.Affected {
			list = append(list, &report.Component{ID: "c", Name: e.Package.Name, Version: version, Ecosystem: e.Package.Ecosystem})
		}
		for f, err := range s.Match(t.Context(), list) {
			if f != nil && (f.Component != "c" || len(f.Advisories) == 0 || f.Message == "" || f.Rule == "") {
				t.Errorf("got %+v, %v", f, err)
			}
		}
	})
}

// FuzzOpen: whatever the files of a database hold, opening it ends, and what
// is neither read nor said is nothing.
func FuzzOpen(f *testing.F) {
	f.Add(zipped(f, map[string]string{"a.json": record("A-1", "npm", "a"), "index/x": "", "../b.jsonl": "{}\n"}), record("B-1", "npm", "b"), `{"ecosystems":["npm"]}`)
	f.Add(zipped(f, map[string]string{"index/db.json": "{}", "index/modules.json": `[{"path":"m","vulns":[{"id":"GO-1"}]}]`, "ID/GO-1.json": "{}"}), gzipped("{}\n[]\n"), "{")
	f.Add("PK", "["+record("B-1", "npm", "b")+",", "")
	f.Fuzz(func(t *testing.T, zip, lines, manifest string) {
		files := map[string]string{"all.zip": zip, "l.jsonl": lines, "g.jsonl.gz": lines, "one.json": lines, sca.Manifest: manifest}
		db, err := sca.OpenFS(t.Context(), tree(files))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "opening advisories") {
				t.Errorf("got %v", err)
			}
			return
		}
		if _, err := db.Lookup(t.Context(), []sca.Package{{Ecosystem: "npm", Name: "b"}}); err != nil {
			t.Error(err)
		}
	})
}
