package sca_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
	"github.com/merlonsec/merlon/sbom"
	"github.com/merlonsec/merlon/sca"
)

func openTree(tb testing.TB, files map[string]string) *sca.Index {
	tb.Helper()
	db, err := sca.OpenFS(tb.Context(), tree(files))
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

// match returns the findings and gaps about components.
func match(tb testing.TB, db sca.Database, components ...*report.Component) (found []*report.Finding, gaps []string) {
	tb.Helper()
	s, err := sca.New(sca.Options{Database: db})
	if err != nil {
		tb.Fatal(err)
	}
	for f, err := range s.Match(tb.Context(), components) {
		if e, ok := errors.AsType[*report.Error](err); ok {
			gaps = append(gaps, e.Error())
		} else if err != nil {
			tb.Fatal(err)
		} else {
			found = append(found, f)
		}
	}
	return found, gaps
}

func npm(name, version string) *report.Component {
	return &report.Component{ID: "pkg:npm/" + name + "@" + version, Name: name, Version: version, Ecosystem: "npm"}
}

func TestMatchGaps(t *testing.T) {
	db := openTree(t, map[string]string{
		"a.json": record("A-1", "npm", "a"), "b.json": record("B-1", "npm", "b"), "deb.json": record("D-1", "Debian:12", "d"),
		"odd.json":     record("O-1", "ConanCenter", "o"),
		"version.json": strings.Replace(record("V-1", "npm", "v"), "2.0.0", "soon", 1),
		"git.json":     strings.Replace(record("G-1", "npm", "g"), "ECOSYSTEM", "GIT", 1),
		"gone.json":    strings.Replace(record("W-1", "npm", "w"), `"modified"`, `"withdrawn":"2025-01-01T00:00:00Z","modified"`, 1),
	})
	for _, c := range []struct {
		name     string
		db       sca.Database
		in       *report.Component
		findings int
		gap      string // part of the only one; empty: none
	}{
		{"affected", db, npm("a", "1.0.0"), 1, ""},
		{"fixed", db, npm("a", "2.0.0"), 0, ""},
		{"unknown package", db, npm("zzz", "latest"), 0, ""},
		{"withdrawn", db, npm("w", "1.0.0"), 0, ""},
		{"no version", db, npm("a", ""), 0, "a has no version and an advisory names it: pin it"},
		{"bad version", db, npm("a", "latest"), 0, `match pkg:npm/a@latest: a latest: an advisory names it, but "latest" is no version`},
		{"bad version in the record", db, npm("v", "1.0.0"), 0, `parse version.json: record V-1 about v: range of ECOSYSTEM: "soon" is no version`},
		{"commits only", db, npm("g", "1.0.0"), 0, "record G-1 (git.json) knows only commits"},
		{"no order", db, &report.Component{Name: "o", Version: "1.0", Ecosystem: "ConanCenter"}, 0, "no version order for ecosystem"},
		{"other release", db, &report.Component{Name: "d", Version: "1.0", Ecosystem: "Debian:11"}, 0, "does not cover Debian:11 (1 component)"},
		{"no ecosystem of the database", db, &report.Component{Name: "a", Version: "1.0", Ecosystem: "RubyGems"}, 0, "does not cover RubyGems (1 component): give one that does with -db"},
		{"no database", nil, npm("a", "1.0.0"), 0, "match npm: no advisory database for npm (1 component): give one with -db, or sca.Options.Database"},
		{"not of OSV", nil, &report.Component{Name: "a", Version: "1", Ecosystem: "Terraform"}, 0, ""},
		{"of no ecosystem", nil, &report.Component{Name: "a", Version: "1"}, 0, ""},
		{"the project itself", nil, &report.Component{Name: "a", Ecosystem: "Go", Type: "application"}, 0, ""},
		{"owned", db, &report.Component{Name: "a", Version: "1.0.0", Ecosystem: "npm", OwnedBy: "pkg:deb/debian/a@1"}, 0, ""},
		{"source package", db, &report.Component{Name: "libd", Source: "d", Version: "1.0-1", Ecosystem: "Debian:12"}, 1, ""},
		{"binary package", db, &report.Component{Name: "d", Source: "e", Version: "1.0-1", Ecosystem: "Debian:12"}, 0, ""},
		{"nil", db, nil, 0, ""},
	} {
		found, gaps := match(t, c.db, c.in)
		if len(found) != c.findings {
			t.Errorf("%s: got %d findings, want %d", c.name, len(found), c.findings)
		}
		if c.gap == "" && len(gaps) > 0 || c.gap != "" && (len(gaps) != 1 || !strings.Contains(gaps[0], c.gap)) {
			t.Errorf("%s: got gaps %q, want %q", c.name, gaps, c.gap)
		}
	}
}

func TestMatchFinding(t *testing.T) {
	db := openTree(t, map[string]string{
		"ghsa.json": `{"id":"GHSA-1","aliases":["CVE-1"],"modified":"2024-01-01T00:00:00Z","published":"2023-05-01T00:00:00Z","summary":"Prototype pollution",
			"details":"## Long\ntext","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
			"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}]}]}],
			"references":[{"type":"FIX","url":"https://example.com/fix"},{"type":"WEB","url":"javascript:alert(1)"},{"type":"WEB","url":"https://example.com/fix"}],
			"database_specific":{"cwe_ids":["CWE-1321","CWE-20","X"],"severity":"HIGH"}}`,
		"other.json": `{"id":"OTHER-1","aliases":["CVE-1","CVE-1"],"modified":"2024-01-01T00:00:00Z","published":"2023-04-01T00:00:00Z",
			"affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0","1.2.0"]}]}`,
	})
	c := npm("a", "1.0.0")
	c.Direct = true
	c.Found = []report.Location{{Path: "web/package-lock.json", Region: report.Region{Start: report.Position{Line: 7}}}}
	found, gaps := match(t, db, c)
	if len(found) != 1 || len(gaps) > 0 {
		t.Fatalf("got %d findings, gaps %v, want one", len(found), gaps)
	}
	f := found[0]
	for _, x := range []struct {
		name      string
		got, want any
	}{
		{"Rule", f.Rule, "sca/vulnerability"},
		{"Kind", f.Kind, report.KindDependency},
		{"Advisories", f.Advisories, []string{"GHSA-1", "CVE-1", "OTHER-1"}},
		{"Severity", f.Severity, report.High},
		{"CWEs", f.CWEs, []int{20, 1321}},
		{"FixedIn", f.FixedIn, []string{"2.1.0"}}, // OTHER-1 says that 1.2.0 is affected
		{"Component", f.Component, c.ID},
		{"Location", f.Location, c.Found[0]},
		{"Message", f.Message, "a 1.0.0: GHSA-1 Prototype pollution; fixed in 2.1.0"},
		{"Markdown", f.Markdown, "## Long\ntext"},
		{"Links", f.Links, []report.Link{{Kind: "fix", URL: "https://example.com/fix"}}},
		{"Published", f.Published.Format("2006-01-02"), "2023-04-01"},
	} {
		if !reflect.DeepEqual(x.got, x.want) {
			t.Errorf("%s: got %v, want %v", x.name, x.got, x.want)
		}
	}
	want := report.Fix{
		ID: "upgrade:pkg:npm/a@1.0.0 -> 2.1.0", Title: "upgrade a from 1.0.0 to 2.1.0", Command: []string{"npm", "install", "a@2.1.0"}, Dir: "web",
		Upgrade: &report.Upgrade{Component: "pkg:npm/a@1.0.0", From: "1.0.0", To: "2.1.0", Breaking: true},
	}
	if len(f.Fixes) != 1 || !reflect.DeepEqual(f.Fixes[0], want) {
		t.Errorf("Fixes: got %+v, want %+v", f.Fixes, want)
	}
}

// TestFixedIn: nil is not known, empty is none.
func TestFixedIn(t *testing.T) {
	affected := func(rest string) string {
		return `{"id":"A-1","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"a"},` + rest + `}]}`
	}
	for _, c := range []struct {
		record, message string
		want            []string
	}{
		{affected(`"versions":["1.0.0"]`), "a 1.0.0: A-1", nil},
		{affected(`"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"last_affected":"1.0.0"}]}]`), "a 1.0.0: A-1", nil},
		{affected(`"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]`), "a 1.0.0: A-1; no fixed version is known", []string{}},
		{affected(`"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.1"}]}]`), "a 1.0.0: A-1; fixed in 1.0.1", []string{"1.0.1"}},
	} {
		found, _ := match(t, openTree(t, map[string]string{"a.json": c.record}), npm("a", "1.0.0"))
		if len(found) != 1 || !reflect.DeepEqual(found[0].FixedIn, c.want) || found[0].Message != c.message || found[0].Severity != report.Unrated {
			t.Errorf("%s: got %+v, want %#v", c.record, found, c.want)
		}
	}
}

func TestMatchMalware(t *testing.T) {
	db := openTree(t, map[string]string{"a.json": `{"id":"MAL-2024-1","modified":"2024-01-01T00:00:00Z","summary":"Steals tokens","affected":[{"package":{"ecosystem":"npm","name":"a"}}]}`})
	found, gaps := match(t, db, npm("a", "9.9.9"))
	if len(found) != 1 || len(gaps) > 0 {
		t.Fatalf("got %v, %v, want one finding", found, gaps)
	}
	f := found[0]
	if f.Rule != "sca/malware" || f.Kind != report.KindMalware || f.Severity != report.Critical || f.Message != "a 9.9.9: MAL-2024-1 Steals tokens; known to be malicious, remove it" {
		t.Errorf("got %+v", f)
	}
}

// TestMatchNewest: of one record in two databases the newer counts.
func TestMatchNewest(t *testing.T) {
	old := record("A-1", "npm", "a")
	corrected := strings.NewReplacer("2024-01-02", "2024-02-02", `"0"`, `"1.5.0"`).Replace(old)
	db := sca.Combine(openTree(t, map[string]string{"a.json": corrected}), openTree(t, map[string]string{"a.json": old}))
	found, _ := match(t, db, npm("a", "1.0.0"), npm("a", "1.6.0"))
	if len(found) != 1 || found[0].Component != "pkg:npm/a@1.6.0" {
		t.Errorf("got %v, want 1.6.0 alone", found)
	}
}

func TestMatchVia(t *testing.T) {
	root := &report.Component{ID: "root", Name: "shop", Type: "application", DependsOn: []string{"x", "y"}}
	list := []*report.Component{
		root,
		{ID: "x", Name: "x", Version: "1.0.0", Ecosystem: "npm", Root: "root", Direct: true, DependsOn: []string{"z", "x"}},
		{ID: "y", Name: "y", Version: "1.0.0", Ecosystem: "npm", Root: "root", Direct: true, DependsOn: []string{"a", "missing"}},
		{ID: "z", Name: "z", Version: "1.0.0", Ecosystem: "npm", Root: "root", DependsOn: []string{"a"}},
		{ID: "a", Name: "a", Version: "1.0.0", Ecosystem: "npm", Root: "root", DependsOn: []string{"x"}},
	}
	before, _ := json.Marshal(list)
	found, _ := match(t, openTree(t, map[string]string{"a.json": record("A-1", "npm", "a")}), list...)
	if len(found) != 1 || !slices.Equal(found[0].Via, []string{"root", "y", "a"}) {
		t.Errorf("got %v, want the path root, y, a", found)
	}
	if after, _ := json.Marshal(list); string(before) != string(after) {
		t.Errorf("components were changed: got %s, want %s", after, before)
	}
}

const lock = `{
  "name": "shop", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": {"name": "shop", "version": "1.0.0", "dependencies": {"a": "^1.0.0"}},
    "node_modules/a": {"version": "1.0.0"},
    "node_modules/b": {"version": "1.0.0"}
  }
}
`

func TestScan(t *testing.T) {
	db := openTree(t, map[string]string{"a.json": record("A-1", "npm", "a"), "broken.json": "{"})
	s, err := sca.New(sca.Options{Database: db})
	if err != nil {
		t.Fatal(err)
	}
	inventory, err := sbom.New(sbom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	target := report.NewTarget("shop", tree(map[string]string{"package-lock.json": lock, "web/package-lock.json": "{"}))
	rep, err := report.Run(t.Context(), target, s, inventory)
	if !errors.Is(err, report.ErrIncomplete) {
		t.Errorf("got %v, want incomplete", err)
	}
	var gaps []string
	for n := range rep.Gaps() {
		if n.Scanner == "sca" {
			gaps = append(gaps, n.Path)
		}
	}
	if want := []string{"broken.json", "web/package-lock.json"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps: got %q, want %q", gaps, want)
	}
	if len(rep.Findings) != 1 || rep.Findings[0].Fingerprint == "" || rep.Findings[0].Location.Path != "package-lock.json" {
		t.Errorf("findings: got %v, want one in package-lock.json", rep.Findings)
	}
	if c := report.NewIndex(rep).Component(rep.Findings[0]); c == nil || c.Name != "a" {
		t.Errorf("component: got %v, want a", c)
	}
	for _, scan := range rep.Scans {
		if scan.Scanner == "sca" && (scan.Examined["components"] != 2 || len(scan.Data) != 1 || !slices.Equal(scan.Rules, []string{"sca/malware", "sca/vulnerability"})) {
			t.Errorf("scan: got %+v", scan)
		}
	}
}

func TestScanNothing(t *testing.T) {
	s, err := sca.New(sca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(t.Context(), report.NewTarget("empty", tree(nil)))
	if err != nil || !rep.Complete() || len(rep.Notices) > 0 || len(rep.Scans[0].Examined) > 0 {
		t.Errorf("got %+v, %v, want a complete report of nothing", rep, err)
	}
}

// A database that fails as a whole fails the scan; one that fails in part leaves a gap.
func TestScanDatabaseFails(t *testing.T) {
	files := tree(map[string]string{"package-lock.json": lock})
	gone := errors.New("gone")
	s, _ := sca.New(sca.Options{Database: failing{gone}})
	if _, err := s.Scan(t.Context(), report.NewTarget("shop", files)); !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
	part := &report.Error{Op: report.OpRead, Path: "https://db.example/x", Err: gone}
	s, _ = sca.New(sca.Options{Database: failing{fmt.Errorf("looking up: %w", part)}})
	rep, err := s.Scan(t.Context(), report.NewTarget("shop", files))
	if !errors.Is(err, report.ErrIncomplete) || len(rep.Notices) != 1 || rep.Notices[0].Path != "https://db.example/x" {
		t.Errorf("got %v, %v, want a gap that names the URL", rep.Notices, err)
	}
}

func TestConfig(t *testing.T) {
	a := openTree(t, map[string]string{"a.json": record("A-1", "npm", "a")})
	b := openTree(t, map[string]string{"a.json": record("A-2", "npm", "a")})
	seen := map[string]bool{}
	for _, db := range []sca.Database{nil, a, b, sca.Combine(a, b)} {
		s, err := sca.New(sca.Options{Database: db})
		if err != nil {
			t.Fatal(err)
		}
		if c := s.Config(); c == "" || seen[c] || c != s.Config() {
			t.Errorf("got %q, want one for each database", c)
		} else {
			seen[c] = true
		}
	}
	s, _ := sca.New(sca.Options{Database: failing{}})
	if c := s.Config(); c != "" {
		t.Errorf("a database that does not say how old it is: got %q, want none", c)
	}
}

func TestScanner(t *testing.T) {
	s, err := sca.New(sca.Options{Database: openTree(t, map[string]string{
		"a.json": record("A-1", "npm", "a"), "b.json": record("B-1", "npm", "b"), "go.json": record("GO-1", "Go", "example.com/m"), sca.Manifest: `{"ecosystems":["npm","Go"]}`,
	})})
	if err != nil {
		t.Fatal(err)
	}
	var files fs.FS = tree(map[string]string{
		"package-lock.json": lock,
		"go.mod":            "module example.com/shop\n\ngo 1.22\n\nrequire example.com/m v1.0.0\n",
	})
	reporttest.TestScanner(t, s, files)
}

// TestMatchGo: fixed versions are written as the go command wants them.
func TestMatchGo(t *testing.T) {
	db := openTree(t, map[string]string{"m.json": record("GO-1", "Go", "example.com/m"), "std.json": strings.Replace(record("GO-2", "Go", "stdlib"), "2.0.0", "1.22.5", 1)})
	at := []report.Location{{Path: "svc/go.mod"}}
	found, gaps := match(t, db,
		&report.Component{ID: "m", Name: "example.com/m", Version: "v1.0.0", Ecosystem: "Go", Found: at},
		&report.Component{ID: "std", Name: "stdlib", Version: "1.22.4", Ecosystem: "Go", Found: []report.Location{{Path: "bin/app"}}},
		&report.Component{ID: "sum", Name: "example.com/m", Version: "v1.1.0", Ecosystem: "Go", Found: at, Props: report.Props{"merlon:go:from": json.RawMessage(`"go.sum"`)}},
	)
	if len(found) != 3 || len(gaps) > 0 {
		t.Fatalf("got %v, %v, want three findings", found, gaps)
	}
	m, sum, std := found[0], found[1], found[2]
	if fix := m.Fixes[0]; m.FixedIn[0] != "v2.0.0" || !slices.Equal(fix.Command, []string{"go", "get", "example.com/m@v2.0.0"}) || fix.Dir != "svc" || !fix.Upgrade.Breaking {
		t.Errorf("module: got %v, %+v", m.FixedIn, fix)
	}
	if fix := std.Fixes[0]; std.FixedIn[0] != "1.22.5" || fix.Command != nil || fix.Upgrade.Breaking {
		t.Errorf("stdlib: got %v, %+v", std.FixedIn, fix)
	}
	if m.Confidence != report.ConfidenceUnknown || sum.Confidence != report.ConfidenceLow {
		t.Errorf("confidence: got %v and %v, want the rule's, and low for what only go.sum names", m.Confidence, sum.Confidence)
	}
}

func TestCommand(t *testing.T) {
	db := openTree(t, map[string]string{"a.json": record("A-1", "npm", "--evil"), "b.json": record("B-1", "npm", "b"), "c.json": record("C-1", "crates.io", "c"), "d.json": strings.Replace(record("D-1", "crates.io", "d"), "2.0.0", "1.9.5", 1)})
	lockfile := func(c *report.Component, path string) *report.Component {
		c.Found = []report.Location{{Path: path}}
		return c
	}
	evil, direct := lockfile(npm("--evil", "1.0.0"), "package-lock.json"), lockfile(npm("b", "1.0.0"), "package-lock.json")
	evil.Direct, direct.Direct = true, true
	found, _ := match(t, db, evil, direct, lockfile(npm("b", "1.0.1"), "package-lock.json"), lockfile(npm("b", "1.0.2"), "yarn.lock"),
		lockfile(&report.Component{Name: "c", Version: "1.9.0", Ecosystem: "crates.io"}, "Cargo.lock"), lockfile(&report.Component{Name: "d", Version: "1.9.0", Ecosystem: "crates.io"}, "Cargo.lock"))
	var got []string
	for _, f := range found {
		got = append(got, strings.Join(f.Fixes[0].Command, " "))
	}
	slices.Sort(got)
	if want := []string{"", "", "", "", "cargo update --package d@1.9.0 --precise 1.9.5", "npm install b@2.0.0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
