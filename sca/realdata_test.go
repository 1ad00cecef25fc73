package sca_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

// shared returns the path of shared test data, or skips.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	p := filepath.Join("..", "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		tb.Skipf("../shared/data/%s, beside the checkout, is absent", name)
	}
	return p
}

func openShared(tb testing.TB, name string) *sca.Index {
	tb.Helper()
	db, err := sca.Open(tb.Context(), shared(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	for _, g := range db.Info().Gaps {
		tb.Errorf("%s: %v", name, g)
	}
	return db
}

// inflate reads a file of the shared data, gzipped or not.
func inflate(tb testing.TB, name string) []byte {
	tb.Helper()
	f, err := os.Open(shared(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			tb.Fatal(err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func scan(tb testing.TB, db sca.Database, tree fs.FS) *report.Report {
	tb.Helper()
	s, err := sca.New(sca.Options{Database: db})
	if err != nil {
		tb.Fatal(err)
	}
	rep, err := report.Run(tb.Context(), report.NewTarget("test", tree), s)
	if rep == nil {
		tb.Fatal(err)
	}
	return rep
}

// TestSystems compares findings in real package databases with those of an
// independent matcher, pair by pair of package and CVE.
func TestSystems(t *testing.T) {
	dbs := map[string]*sca.Index{}
	for _, c := range []struct{ name, database, release, db, want string }{
		{"debian devmachine", "os-packages/dpkg/debian12-devmachine.status.gz", "debian 12", "osv/Debian-12.jsonl.gz", "debian12-devmachine"},
		{"debian minbase", "os-packages/dpkg/debian12-minbase.status.gz", "debian 12", "osv/Debian-12.jsonl.gz", "debian12-minbase"},
		{"alpine 3.7.3", "os-packages/apk/installed-3.7.3", "alpine 3.7.3", "osv/Alpine-2020.jsonl.gz", "alpine-3.7.3"},
		{"alpine 3.10.4", "os-packages/apk/installed-docker-310", "alpine 3.10.4", "osv/Alpine-2020.jsonl.gz", "alpine-3.10.4"},
		{"alpine 3.11.5", "os-packages/apk/installed-docker-311", "alpine 3.11.5", "osv/Alpine-2020.jsonl.gz", "alpine-3.11.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []struct{ Package, CVE, ID string }
			if err := json.Unmarshal(inflate(t, "os-packages/expected/"+c.want+".findings.json.gz"), &list); err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{}
			for _, w := range list {
				want[w.Package+" "+w.CVE+w.ID] = true
			}
			id, version, _ := strings.Cut(c.release, " ")
			path := map[string]string{"debian": "var/lib/dpkg/status", "alpine": "lib/apk/db/installed"}[id]
			if dbs[c.db] == nil {
				dbs[c.db] = openShared(t, c.db)
			}
			rep := scan(t, dbs[c.db], fstest.MapFS{
				path:             {Data: inflate(t, c.database)},
				"etc/os-release": {Data: []byte("ID=" + id + "\nVERSION_ID=" + version + "\n")},
			})
			for g := range rep.Gaps() {
				t.Errorf("gap: %v", g)
			}
			index := report.NewIndex(rep)
			got := map[string]bool{}
			for _, f := range rep.Findings {
				name := index.Component(f).Name
				if i := slices.IndexFunc(f.Advisories, func(id string) bool { return strings.HasPrefix(id, "CVE-") }); i >= 0 {
					got[name+" "+f.Advisories[i]] = true
				}
				if len(f.FixedIn) == 0 {
					t.Errorf("%s: no fixed version", f.Message)
				}
			}
			t.Logf("%d components, %d findings, %d expected", len(rep.Components), len(got), len(want))
			for k := range want {
				if !got[k] {
					t.Errorf("missing: %s", k)
				}
			}
			for k := range got {
				if !want[k] {
					t.Errorf("not expected: %s", k)
				}
			}
		})
	}
}

// TestSystemOutsideDatabase: a release of which the database has nothing is a gap.
func TestSystemOutsideDatabase(t *testing.T) {
	rep := scan(t, openShared(t, "osv/Alpine-2020.jsonl.gz"), fstest.MapFS{
		"lib/apk/db/installed": {Data: inflate(t, "os-packages/apk/installed-3.20.3")},
		"etc/os-release":       {Data: []byte("ID=alpine\nVERSION_ID=3.20.3\n")},
	})
	if rep.Complete() || len(rep.Findings) > 0 {
		t.Errorf("got complete %v with %d findings, want a gap and none", rep.Complete(), len(rep.Findings))
	}
}

// TestManifests holds lock files of real projects against databases of their
// ecosystems. The reference counts are those of an independent naive matcher:
// components with matching records, and matching records.
func TestManifests(t *testing.T) {
	var files []struct {
		File, Ecosystem, Format string
		Packages                *int
		Vulnerable              *int `json:"ref_vulnerable_packages"`
		Records                 *int `json:"ref_findings"`
	}
	if err := json.Unmarshal(inflate(t, "manifests/index.json"), &files); err != nil {
		t.Fatal(err)
	}
	dbs := map[string]*sca.Index{}
	for _, f := range files {
		list := lockEntries(f.Ecosystem, f.Format, string(inflate(t, "manifests/"+f.File)))
		if f.Records == nil || list == nil {
			continue
		}
		if dbs[f.Ecosystem] == nil {
			dbs[f.Ecosystem] = openShared(t, "osv/"+f.Ecosystem+".jsonl.gz")
		}
		s, err := sca.New(sca.Options{Database: dbs[f.Ecosystem]})
		if err != nil {
			t.Fatal(err)
		}
		vulnerable, records := map[string]bool{}, 0
		for x, err := range s.Match(t.Context(), list) {
			if err != nil {
				t.Errorf("%s: %v", f.File, err)
				continue
			}
			if len(x.Tags) > 0 {
				continue // unmaintained, unsound: the reference leaves them out
			}
			vulnerable[x.Component] = true
			records++
		}
		if len(list) != *f.Packages || len(vulnerable) != *f.Vulnerable || records != *f.Records {
			t.Errorf("%s: got %d components, %d vulnerable, %d flaws, want %d, %d, %d", f.File, len(list), len(vulnerable), records, *f.Packages, *f.Vulnerable, *f.Records)
		}
	}
}

// lockEntries reads what a few formats list, for these tests only.
func lockEntries(ecosystem, format, text string) (list []*report.Component) {
	seen := map[string]bool{}
	add := func(name, version string) {
		if id := name + "@" + version; name != "" && version != "" && !seen[id] {
			seen[id] = true
			list = append(list, &report.Component{ID: id, Name: name, Version: version, Ecosystem: ecosystem})
		}
	}
	name := ""
	var doc struct {
		Packages    json.RawMessage
		PackagesDev []struct{ Name, Version string } `json:"packages-dev"`
	}
	switch format {
	case "requirements.txt":
		for line := range strings.Lines(text) {
			n, v, _ := strings.Cut(line, "==")
			n, _, _ = strings.Cut(n, "[")
			v, _, _ = strings.Cut(v, ";")
			v, _, _ = strings.Cut(v, " ")
			add(strings.TrimSpace(n), strings.TrimSpace(v))
		}
	case "poetry.lock", "uv.lock", "Cargo.lock":
		for line := range strings.Lines(text) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
			switch value = strings.Trim(value, "\""); {
			case key == "[[package]]":
				name = ""
			case key == "name" && name == "":
				name = value
			case key == "version" && name != "" && !strings.HasPrefix(line, " "):
				add(name, value)
			}
		}
	case "Gemfile.lock":
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "CHECKSUMS") || strings.HasPrefix(line, "PLATFORMS") {
				break
			}
			if strings.HasPrefix(line, "    ") && line[4] != ' ' {
				n, v, _ := strings.Cut(strings.TrimSpace(line), " (")
				v, _, _ = strings.Cut(strings.TrimSuffix(v, ")"), "-") // the platform
				add(n, v)
			}
		}
	case "composer.lock":
		json.Unmarshal([]byte(text), &doc)
		var all []struct{ Name, Version string }
		json.Unmarshal(doc.Packages, &all)
		for _, p := range append(all, doc.PackagesDev...) {
			add(p.Name, p.Version)
		}
	case "package-lock.json":
		json.Unmarshal([]byte(text), &doc)
		var all map[string]struct{ Version string }
		json.Unmarshal(doc.Packages, &all)
		for path, p := range all {
			if i := strings.LastIndex(path, "node_modules/"); i >= 0 {
				add(path[i+len("node_modules/"):], p.Version)
			}
		}
	case "go.mod":
		for line := range strings.Lines(text) {
			f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
			if len(f) >= 2 && strings.HasPrefix(f[1], "v") {
				add(f[0], f[1])
			}
		}
	}
	return list
}

// TestRoundTrip: the structs hold all that real records say.
func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"osv/Go.jsonl.gz", "osv/npm.jsonl.gz", "osv/Hackage.jsonl.gz"} {
		n := 0
		for line := range strings.Lines(string(inflate(t, name))) {
			a, err := sca.ParseAdvisory([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			var want, got any
			if json.Unmarshal([]byte(line), &want) != nil || json.Unmarshal(data, &got) != nil {
				t.Fatal("not JSON")
			}
			prune(want)
			prune(got)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %s, want %s", name, data, line)
			}
			n++
		}
		t.Logf("%s: %d records", name, n)
	}
}

// prune removes empty lists, which say no more than missing ones.
func prune(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if list, ok := e.([]any); ok && len(list) == 0 {
				delete(v, k)
				continue
			}
			prune(e)
		}
	case []any:
		for _, e := range v {
			prune(e)
		}
	}
}
