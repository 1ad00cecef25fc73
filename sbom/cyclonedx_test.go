package sbom_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// schema compiles the schema of a CycloneDX version.
func schema(t testing.TB, version string) *jsonschema.Schema {
	dir := shared(t, "schemas")
	c := jsonschema.NewCompiler()
	for _, name := range []string{"bom-" + version + ".schema.json", "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := c.AddResource(doc.(map[string]any)["$id"].(string), doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("http://cyclonedx.org/schema/bom-" + version + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkBOM checks what schemas miss: unique references, none of them
// dangling, and a root that reaches everything.
func checkBOM(t testing.TB, data []byte) {
	t.Helper()
	var b cdx.BOM
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	root := b.Metadata.Component.BOMRef
	known := map[string]bool{root: true}
	edges := map[string][]string{}
	if b.Components == nil {
		b.Components = &[]cdx.Component{}
	}
	for _, c := range *b.Components {
		if known[c.BOMRef] || c.BOMRef == "" {
			t.Errorf("bom-ref %q twice or empty", c.BOMRef)
		}
		known[c.BOMRef] = true
		if c.Type == cdx.ComponentTypeLibrary && c.PackageURL == "" {
			t.Errorf("library %s without purl", c.BOMRef)
		}
	}
	for _, d := range *b.Dependencies {
		if edges[d.Ref] != nil {
			t.Errorf("two lists of dependencies of %s", d.Ref)
		}
		edges[d.Ref] = []string{}
		if d.Dependencies != nil {
			edges[d.Ref] = *d.Dependencies
		}
	}
	seen := map[string]bool{root: true}
	for todo := []string{root}; len(todo) > 0; todo = todo[1:] {
		for _, ref := range edges[todo[0]] {
			if !known[ref] {
				t.Errorf("dangling reference %s", ref)
			}
			if !seen[ref] {
				seen[ref] = true
				todo = append(todo, ref)
			}
		}
	}
	if len(seen) != len(known) {
		t.Errorf("the root reaches %d of %d", len(seen), len(known))
	}
	if b.Vulnerabilities != nil {
		for _, v := range *b.Vulnerabilities {
			if known[v.BOMRef] {
				t.Errorf("bom-ref %q twice", v.BOMRef)
			}
			known[v.BOMRef] = true
			for _, a := range *v.Affects {
				if !seen[a.Ref] {
					t.Errorf("%s affects %s, which is not there", v.ID, a.Ref)
				}
			}
		}
	}
}

// manifests are trees of all formats, some with more than one.
func manifests(t testing.TB) map[string]*report.Report {
	shop := tree(map[string]string{
		"go.mod":                "module example.com/shop\ngo 1.24\nrequire (\n\tgithub.com/BurntSushi/toml v1.3.2\n\tgopkg.in/yaml.v2 v2.2.3 // indirect\n)\n",
		"web/package-lock.json": lockV3, "old/package-lock.json": lockV1,
	})
	shop["bin/shop"] = &fstest.MapFile{Data: self(t), Mode: 0o755}
	all := map[string]*report.Report{
		"empty":  scan(t, tree(map[string]string{"README": "x"})),
		"shop":   scan(t, shop),
		"debian": scan(t, tree(map[string]string{"etc/os-release": debian12, "var/lib/dpkg/status": status})),
		"alpine": scan(t, tree(map[string]string{"etc/os-release": "ID=alpine\nVERSION_ID=3.18.0\n", "lib/apk/db/installed": installed})),
	}
	all["gap"], _ = inventory(t, tree(map[string]string{"go.mod": "module m\ngo 1.24\nrequire x v1.0.0\nrequire y\n"}))
	image := *all["alpine"]
	image.Subjects = []report.Subject{{Name: "subject", Kind: "image", Version: "3.18", Digest: "sha256:" + strings.Repeat("ab", 32)}}
	all["image"] = &image
	all["findings"] = withFindings(all["shop"])
	return all
}

// withFindings adds findings with everything that a document can say of them.
func withFindings(r *report.Report) *report.Report {
	out := *r
	var id string
	for _, c := range r.Components {
		if c.Name == "github.com/BurntSushi/toml" {
			id = c.ID
		}
	}
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	out.Findings = []*report.Finding{
		{Subject: "subject", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:1", Kind: report.KindDependency, Message: "one",
			Severity: report.High, Advisories: []string{"GO-2026-0001", "CVE-2026-0001"}, CWEs: []int{79}, Component: id, FixedIn: []string{"v1.4.0"},
			Ratings:   []report.Rating{{Source: "nvd", Method: "CVSSv31", Vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", Score: 7.5, Severity: report.High}},
			Published: day, Links: []report.Link{{Kind: "advisory", URL: "https://example.com/1"}},
			Suppressions: []report.Suppression{{Kind: report.VEX, Status: report.StatusNotAffected, Justification: "vulnerable_code_not_in_execute_path", Reason: "not called", Created: day}}},
		{Subject: "subject", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:2", Kind: report.KindDependency, Message: "two",
			Severity: report.Critical, Advisories: []string{"GHSA-aaaa-bbbb-cccc"}, Component: id, FixedIn: []string{},
			Suppressions: []report.Suppression{{Kind: report.VEX, Status: report.StatusAccepted, Reason: "known", Owner: "ana"}}},
		{Subject: "subject", Scanner: "secrets", Rule: "secrets/x", Fingerprint: "merlon/v1:3", Kind: report.KindSecret, Message: "no dependency"},
	}
	return &out
}

func encode(t testing.TB, r *report.Report, version string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (sbom.CycloneDX{Version: version}).Encode(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCycloneDXIsValid(t *testing.T) {
	for _, version := range []string{"1.4", "1.5", "1.6", "1.7"} {
		s := schema(t, version)
		for name, r := range manifests(t) {
			data := encode(t, r, version)
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s in %s: %v", name, version, err)
			}
			checkBOM(t, data)
		}
	}
}

func TestCycloneDXIsRepeatable(t *testing.T) {
	for name, r := range manifests(t) {
		shuffled := *r
		shuffled.Components, shuffled.Findings = slices.Clone(r.Components), slices.Clone(r.Findings)
		slices.Reverse(shuffled.Components)
		slices.Reverse(shuffled.Findings)
		if a, b := encode(t, r, ""), encode(t, &shuffled, ""); !bytes.Equal(a, b) {
			t.Errorf("%s: differs with the order of components", name)
		}
	}
}

func TestCycloneDXRoundTrip(t *testing.T) {
	for name, r := range manifests(t) {
		want, err := sbom.FromReport(r, "subject")
		if err != nil {
			t.Fatal(err)
		}
		data := encode(t, r, "")
		got, err := sbom.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got.Subject.Name != want.Subject.Name || got.Subject.Kind != want.Subject.Kind || got.Subject.Version != want.Subject.Version || got.Subject.Digest != want.Subject.Digest {
			t.Errorf("%s: got subject %+v, want %+v", name, got.Subject, want.Subject)
		}
		if got.Complete != want.Complete || !slices.Equal(got.Tools, want.Tools) || !got.Created.Equal(want.Created.Truncate(time.Second)) || got.Main != "" {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		compareComponents(t, name, got.Components, want.Components)
		if len(got.Findings) != len(want.Findings) {
			t.Errorf("%s: got %d findings, want %d", name, len(got.Findings), len(want.Findings))
			continue
		}
		for i, f := range got.Findings {
			w := *want.Findings[i]
			f.Location = report.Location{}
			if !reflect.DeepEqual(*f, w) {
				t.Errorf("%s: got finding\n%+v, want\n%+v", name, *f, w)
			}
		}
	}
}

func compareComponents(t *testing.T, name string, got, want []*report.Component) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %d components, want %d", name, len(got), len(want))
		return
	}
	for i := range got {
		g, err1 := json.Marshal(got[i])
		w, err2 := json.Marshal(want[i])
		if err1 != nil || err2 != nil || !bytes.Equal(g, w) {
			t.Errorf("%s: got\n%s, want\n%s", name, g, w)
		}
	}
}

func TestCycloneDXComposition(t *testing.T) {
	all := manifests(t)
	narrowed := *all["shop"]
	narrowed.Scans = slices.Clone(narrowed.Scans)
	narrowed.Scans[0].Exclude = []string{"web"}
	all["narrowed"] = &narrowed
	for name, want := range map[string]bool{"shop": true, "gap": false, "narrowed": false} {
		d, err := sbom.Read(bytes.NewReader(encode(t, all[name], "")))
		if err != nil || d.Complete != want {
			t.Errorf("%s: got complete %v, error %v, want %v", name, d.Complete, err, want)
		}
	}
}

func TestCycloneDXImage(t *testing.T) {
	all := manifests(t)
	layered := *all["image"]
	layered.Components = slices.Clone(layered.Components)
	for i, c := range layered.Components {
		d := *c
		d.Found = slices.Clone(c.Found)
		d.Found[0].Layer = &report.Layer{Index: 2, DiffID: "sha256:cd", CreatedBy: "RUN apk add", Base: true}
		layered.Components[i] = &d
	}
	layered.Subjects = []report.Subject{{Name: "subject", Kind: "image", Digest: "sha256:" + strings.Repeat("ab", 32)}}
	data := encode(t, &layered, "")
	var b cdx.BOM
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	m := b.Metadata.Component
	if m.Type != cdx.ComponentTypeContainer || m.PackageURL != "pkg:oci/subject@sha256:"+strings.Repeat("ab", 32) || (*m.Hashes)[0].Algorithm != "SHA-256" {
		t.Errorf("got %+v", m)
	}
	d, err := sbom.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compareComponents(t, "layers", d.Components, layered.Components)
}

func TestCycloneDXErrors(t *testing.T) {
	two := &report.Report{Subjects: []report.Subject{{Name: "a"}, {Name: "b"}}}
	tests := []struct {
		f    sbom.CycloneDX
		r    *report.Report
		want string
	}{
		{sbom.CycloneDX{}, two, "2 subjects"},
		{sbom.CycloneDX{Subject: "c"}, two, `no subject "c"`},
		{sbom.CycloneDX{Version: "9.9", Subject: "a"}, two, `"9.9"`},
		{sbom.CycloneDX{Version: "1.2", Subject: "a"}, two, "1.2 is not written"},
		{sbom.CycloneDX{}, nil, "no report"},
	}
	for _, tt := range tests {
		if err := tt.f.Encode(&bytes.Buffer{}, tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.f, err, tt.want)
		}
	}
	for text, want := range map[string]string{
		"":                            "unexpected end",
		"{\n\"a\"\n":                  "line 3",
		`{"spdxVersion": "SPDX-2.3"}`: "no CycloneDX",
		`{"bomFormat": "CycloneDX", "specVersion": "9.9"}`:                                         "9.9",
		"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\",\n\"components\": 1}":             "line 2",
		`{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "yesterday"}}`: "metadata.timestamp",
	} {
		if _, err := sbom.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// A document as other tools write them.
const foreign = `{"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 1,
"metadata": {"timestamp": "2026-01-02T03:04:05+01:00", "tools": {"components": [{"type": "application", "name": "maker", "version": "1.0"}]},
  "component": {"bom-ref": "r", "type": "application", "group": "com.acme", "name": "shop", "version": "1.0", "purl": "pkg:maven/com.acme/shop@1.0"}},
"components": [
  {"bom-ref": "a", "type": "library", "group": "@babel", "name": "core", "version": "7.0.0", "purl": "pkg:npm/%40babel/core@7.0.0", "scope": "required",
   "components": [{"bom-ref": "n", "type": "file", "name": "core.js"}]},
  {"bom-ref": "b", "type": "library", "group": "org.x", "name": "y", "version": "2", "purl": "pkg:maven/org.x/y@2", "licenses": [{"license": {"id": "MIT"}}],
   "properties": [{"name": "p", "value": "1"}, {"name": "p", "value": "2"}, {"name": "q", "value": "3"}]},
  {"bom-ref": "c", "type": "library", "name": "mux", "version": "v1.8.0", "purl": "pkg:golang/github.com/gorilla/mux@v1.8.0"}],
"dependencies": [{"ref": "r", "dependsOn": ["a", "gone"]}, {"ref": "a", "dependsOn": ["b"]}, {"ref": "nobody", "dependsOn": ["b"]}],
"vulnerabilities": [{"id": "CVE-2026-1", "ratings": [{"severity": "high", "method": "CVSSv31", "score": 7.5}], "affects": [{"ref": "a"}, {"ref": "b"}],
  "analysis": {"state": "not_affected", "justification": "code_not_reachable"}}]}`

func TestReadForeign(t *testing.T) {
	d, err := sbom.Read(strings.NewReader(foreign))
	if err != nil {
		t.Fatal(err)
	}
	main := "pkg:maven/com.acme/shop@1.0"
	if d.Subject.Name != "com.acme/shop" || d.Main != main || d.Complete || d.Created.Hour() != 2 || d.Tools[0] != "maker 1.0" {
		t.Errorf("got %+v", d)
	}
	var got []string
	for _, c := range d.Components {
		got = append(got, strings.Join([]string{c.ID, c.Group, c.Name, c.Ecosystem, c.Root, strings.Join(c.DependsOn, ",")}, "|"))
	}
	want := []string{
		"core.js||core.js||" + main + "|",
		"pkg:golang/github.com/gorilla/mux@v1.8.0||github.com/gorilla/mux|Go|" + main + "|",
		main + "|com.acme|shop|Maven||pkg:npm/%40babel/core@7.0.0",
		"pkg:maven/org.x/y@2|org.x|y|Maven|" + main + "|",
		"pkg:npm/%40babel/core@7.0.0||@babel/core|npm|" + main + "|core.js,pkg:maven/org.x/y@2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if c := d.Components[3]; string(c.Props["p"]) != `["1","2"]` || string(c.Props["q"]) != `"3"` || c.Licenses[0].Expression != "MIT" {
		t.Errorf("got %+v", c)
	}
	rep := d.Report()
	if !rep.Complete() || len(rep.Findings) != 2 || rep.Findings[0].Suppressed(time.Now()) == nil || rep.Findings[0].Fingerprint == rep.Findings[1].Fingerprint {
		t.Errorf("got findings %+v, gaps %v", rep.Findings, gaps(rep))
	}
	// Written and read again it is the same document.
	b, err := d.CycloneDX(0)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sbom.FromCycloneDX(b)
	if err != nil {
		t.Fatal(err)
	}
	compareComponents(t, "again", again.Components, withEdge(d.Components, main, "pkg:golang/github.com/gorilla/mux@v1.8.0"))
	if again.Main != d.Main || again.Serial != d.Serial || again.Subject.Name != d.Subject.Name {
		t.Errorf("got %+v, want %+v", again, d)
	}
}

// withEdge is list with the edge that a document gets so that its root reaches all.
func withEdge(list []*report.Component, from, to string) (out []*report.Component) {
	for _, c := range list {
		d := *c
		if c.ID == from {
			d.DependsOn = append([]string{to}, c.DependsOn...)
		}
		d.Direct = d.Direct || c.ID == to
		out = append(out, &d)
	}
	return out
}

func TestDocumentTarget(t *testing.T) {
	d, err := sbom.Read(strings.NewReader(foreign))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := sbom.New(sbom.Options{})
	rep, err := report.Run(t.Context(), d.Target(), s)
	if err != nil || len(rep.Components) != len(d.Components) || rep.Scans[0].Examined["components"] != 5 {
		t.Errorf("got %v, %d components, want those of the document", err, len(rep.Components))
	}
	if err := fstest.TestFS(d.Target().FS); err != nil {
		t.Error(err)
	}
}
