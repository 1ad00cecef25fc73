package sbom_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

const lockV3 = `{
  "name": "web", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
  "packages": {
    "": {"name": "web", "version": "1.0.0", "license": "MIT", "workspaces": ["packages/*"],
      "dependencies": {"a": "^1.0.0", "alias": "npm:@scope/real@^2", "g": "github:u/g"}, "devDependencies": {"d": "1"}},
    "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.example/a/-/a-1.0.0.tgz",
      "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg== sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
      "license": "(MIT OR Apache-2.0)", "dependencies": {"b": "1"}, "peerDependencies": {"p": "1"}},
    "node_modules/a/node_modules/b": {"version": "1.0.0", "license": {"type": "ISC"}},
    "node_modules/alias": {"name": "@scope/real", "version": "2.0.0", "license": ["MIT", {"type": "BSD"}]},
    "node_modules/b": {"version": "2.0.0", "dev": true},
    "node_modules/d": {"version": "1.0.0", "dev": true, "dependencies": {"b": "2"}},
    "node_modules/g": {"version": "3.0.0", "resolved": "git+ssh://git@github.com/u/g.git#0123abc"},
    "node_modules/member": {"resolved": "packages/member", "link": true},
    "node_modules/o": {"version": "1.0.0", "optional": true, "resolved": "https://user:word@host.example/o.tgz?token=1", "inBundle": true},
    "node_modules/p": {"version": "1.0.0", "peer": true},
    "packages/member": {"name": "member", "version": "0.1.0", "dependencies": {"b": "2"}, "devDependencies": {"o": "1"}},
    "packages/member/node_modules/b": {"version": "2.1.0"}
  }
}`

func TestNPMLock(t *testing.T) {
	rep := scan(t, tree(map[string]string{"web/package-lock.json": lockV3}))
	checkGraph(t, rep)
	const at = "#web/package-lock.json"
	tests := []struct {
		id, eco string
		direct  bool
		scope   report.Scope
		line    int
		deps    []string
		licence string
	}{
		{"pkg:npm/web@1.0.0", "", false, "", 4, []string{"pkg:npm/%40scope/real@2.0.0", "pkg:npm/a@1.0.0", "pkg:npm/d@1.0.0",
			"pkg:npm/g@3.0.0?vcs_url=git%2Bssh:%2F%2Fgit%40github.com%2Fu%2Fg.git%400123abc", "pkg:npm/member@0.1.0"}, "MIT"},
		{"pkg:npm/a@1.0.0", "npm", true, "runtime", 6, []string{"pkg:npm/b@1.0.0", "pkg:npm/p@1.0.0"}, "(MIT OR Apache-2.0)"},
		{"pkg:npm/b@1.0.0", "npm", false, "runtime", 9, nil, "ISC"},
		{"pkg:npm/%40scope/real@2.0.0", "npm", true, "runtime", 10, nil, "MIT,BSD"},
		{"pkg:npm/b@2.0.0", "npm", false, "dev", 11, nil, ""},
		{"pkg:npm/d@1.0.0", "npm", true, "dev", 12, []string{"pkg:npm/b@2.0.0"}, ""},
		{"pkg:npm/g@3.0.0?vcs_url=git%2Bssh:%2F%2Fgit%40github.com%2Fu%2Fg.git%400123abc", "npm", true, "runtime", 13, nil, ""},
		{"pkg:npm/o@1.0.0?download_url=https:%2F%2Fhost.example%2Fo.tgz", "npm", true, "optional", 15, nil, ""},
		{"pkg:npm/p@1.0.0", "npm", false, "runtime", 16, nil, ""},
		{"pkg:npm/member@0.1.0", "", true, "runtime", 17, []string{"pkg:npm/b@2.1.0", "pkg:npm/o@1.0.0?download_url=https:%2F%2Fhost.example%2Fo.tgz"}, ""},
		{"pkg:npm/b@2.1.0", "npm", true, "runtime", 18, nil, ""},
	}
	if len(rep.Components) != len(tests) {
		t.Errorf("got %q, want %d components", names(rep), len(tests))
	}
	for _, tt := range tests {
		c := componentByID(rep, tt.id+at)
		if c == nil {
			t.Errorf("no component %s", tt.id)
			continue
		}
		var deps, licences []string
		for _, d := range c.DependsOn {
			deps = append(deps, strings.TrimSuffix(d, at))
		}
		for _, l := range c.Licenses {
			licences = append(licences, l.Expression)
		}
		if c.Ecosystem != tt.eco || c.Direct != (tt.direct) || c.Scope != tt.scope || c.Found[0].Region.Start.Line != tt.line ||
			!slices.Equal(deps, tt.deps) || strings.Join(licences, ",") != tt.licence {
			t.Errorf("%s: got %q direct %v %s line %d %q %q, want %+v", tt.id, c.Ecosystem, c.Direct, c.Scope, c.Found[0].Region.Start.Line, deps, licences, tt)
		}
	}
	a := find(t, rep, "a")
	if got, want := a.Hashes["SHA-512"], "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"; got != want {
		t.Errorf("got SHA-512 %s, want %s", got, want)
	}
	if got, want := a.Hashes["SHA-1"], "da39a3ee5e6b4b0d3255bfef95601890afd80709"; got != want {
		t.Errorf("got SHA-1 %s, want %s", got, want)
	}
	if a.Links[0] != (report.Link{Kind: "distribution", URL: "https://registry.example/a/-/a-1.0.0.tgz"}) {
		t.Errorf("got links %v", a.Links)
	}
	if text, _ := json.Marshal(rep); strings.Contains(string(text), "word@") || strings.Contains(string(text), "token=1") {
		t.Error("a password of a URL is in the report")
	}
	if got := string(find(t, rep, "@scope/real").Props["merlon:npm:alias"]); got != `"alias"` {
		t.Errorf("got alias %s", got)
	}
}

const lockV1 = `{"name": "old", "version": "1.0.0", "lockfileVersion": 1, "requires": true, "dependencies": {
  "a": {"version": "1.0.0", "requires": {"b": "1"}, "dependencies": {
    "b": {"version": "1.0.0", "dev": false}}},
  "b": {"version": "2.0.0", "dev": true},
  "alias": {"version": "npm:@scope/real@2.0.0"},
  "git": {"version": "git+https://token@github.com/u/git.git#0123abc", "from": "u/git"},
  "local": {"version": "file:../local"},
  "tar": {"version": "https://host.example/tar.tgz"}
}}`

func TestNPMLockVersion1(t *testing.T) {
	want := []string{"@scope/real@2.0.0", "a@1.0.0", "b@1.0.0", "b@2.0.0", "git", "local", "old@1.0.0", "tar"}
	files := map[string]string{"package-lock.json": lockV1}
	rep := scan(t, tree(files))
	checkGraph(t, rep)
	if got := names(rep); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if a := find(t, rep, "a"); !slices.Equal(a.DependsOn, []string{"pkg:npm/b@1.0.0#package-lock.json"}) || !a.Direct {
		t.Errorf("got a direct %v, depends on %q", a.Direct, a.DependsOn)
	}
	if g := find(t, rep, "git"); g.PURL != "pkg:npm/git?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fgit.git%400123abc" {
		t.Errorf("got %s", g.PURL)
	}
	if l := find(t, rep, "local"); l.Ecosystem != "" || l.Type != "application" {
		t.Errorf("got local %q %q, want the project's own code", l.Ecosystem, l.Type)
	}
	files["package.json"] = `{"name": "old", "dependencies": {"a": "1"}, "devDependencies": {"b": "2"}}`
	rep = scan(t, tree(files))
	if !find(t, rep, "a").Direct || find(t, rep, "tar").Direct || componentByID(rep, "pkg:npm/b@2.0.0#package-lock.json").Direct == false {
		t.Error("package.json does not decide what is direct")
	}
	files["package.json"] = `{"name": `
	rep, _ = inventory(t, tree(files))
	if got := gaps(rep); len(got) != 1 || !strings.Contains(got[0], "package.json:1") {
		t.Errorf("got gaps %q, want one for package.json:1", got)
	}
}

func TestNPMLockVersion2PrefersPackages(t *testing.T) {
	rep := scan(t, tree(map[string]string{"package-lock.json": `{"name":"x","lockfileVersion":2,
		"dependencies":{"old":{"version":"1.0.0"}},"packages":{"":{"dependencies":{"new":"1"}},"node_modules/new":{"version":"1.0.0"}}}`}))
	if got, want := names(rep), []string{"new@1.0.0", "x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNPMLockLeftAlone(t *testing.T) {
	rep := scan(t, tree(map[string]string{
		"a/node_modules/x/package-lock.json":     "broken",
		"a/node_modules/.package-lock.json":      "broken",
		"b/package-lock.json":                    "broken",
		"b/npm-shrinkwrap.json":                  `{"name":"b","lockfileVersion":1}`,
		"c/package-lock.json":                    `{"lockfileVersion":3,"packages":{}}`,
		"node_modules/y/npm-shrinkwrap.json":     "broken",
		"d/package-lock.json/not-a-file/go.modx": "",
	}))
	if got, want := names(rep), []string{"b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNPMLockMistakes(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600)
	tests := []struct{ text, want string }{
		{"", "package-lock.json:1: the file ends within a value"},
		{"[]", "package-lock.json:1: '[' where an object should be"},
		{"{}", "not a lock file of npm"},
		{"{\"lockfileVersion\": 3,\n\"packages\": {\"\": {\"name\"", "package-lock.json:2: the file ends within a value"},
		{"{\n\"name\": \"x\",\n<<<<<<< HEAD\n\"lockfileVersion\": 3}", "package-lock.json:3: merge conflict marker"},
		{"{\"lockfileVersion\": 3,\n \"packages\": {},}", "package-lock.json:2: '}' where a key should be"},
		{`{"lockfileVersion": 3, "packages": {}} x`, "after the end of the document"},
		{`{"lockfileVersion": 9, "packages": {}}`, "lockfileVersion 9 is newer"},
		{`{"lockfileVersion": 3, "x": ` + deep + `}`, "values within one another"},
		{"{\"lockfileVersion\": 3, \"packages\": {\"\x01\": 1}}", "control character"},
		{"{\"lockfileVersion\": tru}", "where a value should be"},
	}
	for _, tt := range tests {
		rep, _ := inventory(t, tree(map[string]string{"package-lock.json": tt.text}))
		if got := strings.Join(gaps(rep), "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("%.60q: got gaps %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestNPMLockUTF16(t *testing.T) {
	utf16 := []byte{0xff, 0xfe}
	for _, c := range []byte(lockV3) {
		utf16 = append(utf16, c, 0)
	}
	rep := scan(t, tree(map[string]string{"package-lock.json": string(utf16)}))
	find(t, rep, "a")
}

// truth reads a lock file the slow and simple way.
func truth(t *testing.T, name string) (want []string) {
	type entry struct {
		Name, Version string
		Link          bool
		Dependencies  map[string]json.RawMessage
	}
	var lock struct {
		Name, Version string
		Packages      map[string]entry
		Dependencies  map[string]entry
	}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &lock)
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	add := func(name, version string) { seen[strings.TrimSuffix(name+"@"+version, "@")] = true }
	var nested func(m map[string]entry)
	nested = func(m map[string]entry) {
		for name, e := range m {
			add(name, e.Version)
			below := map[string]entry{}
			for n, raw := range e.Dependencies {
				var f entry
				if json.Unmarshal(raw, &f) == nil {
					below[n] = f
				}
			}
			nested(below)
		}
	}
	add(lock.Name, lock.Version)
	for p, e := range lock.Packages {
		if p == "" || e.Link {
			continue
		}
		installed := p[strings.LastIndex(p, "node_modules/")+len("node_modules/"):]
		if e.Name != "" {
			installed = e.Name
		}
		add(installed, e.Version)
	}
	if lock.Packages == nil {
		nested(lock.Dependencies)
	}
	for s := range seen {
		want = append(want, s)
	}
	slices.Sort(want)
	return want
}

func TestNPMLockReal(t *testing.T) {
	dir := shared(t, "manifests/npm")
	files, _ := filepath.Glob(filepath.Join(dir, "*", "package-lock.json"))
	if len(files) == 0 {
		t.Skip("no lock files there")
	}
	for _, name := range files {
		rep := scan(t, os.DirFS(filepath.Dir(name)))
		checkGraph(t, rep)
		got := names(rep)
		if want := truth(t, name); !slices.Equal(got, want) {
			t.Errorf("%s: got %d components, want %d", name, len(got), len(want))
		}
	}
}
