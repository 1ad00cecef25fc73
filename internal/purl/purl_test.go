package purl_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/merlonsec/merlon/internal/purl"
)

// vector is one test of the specification (purl-test.schema-0.2.json).
type vector struct {
	Description     string          `json:"description"`
	TestType        string          `json:"test_type"` // "parse", "build", "validate"
	Input           json.RawMessage `json:"input"`
	Expected        json.RawMessage `json:"expected_output"`
	ExpectedFailure bool            `json:"expected_failure"`
}

// parts is a purl as the vectors spell it: null is empty.
type parts struct {
	Type, Namespace, Name, Version, Subpath *string
	Qualifiers                              map[string]string
}

func (p parts) purl() purl.PURL {
	s := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	return purl.PURL{Type: s(p.Type), Namespace: s(p.Namespace), Name: s(p.Name), Version: s(p.Version), Subpath: s(p.Subpath), Qualifiers: p.Qualifiers}
}

// vectors returns the specification's tests by file name.
func vectors(t testing.TB) map[string][]vector {
	names, _ := filepath.Glob("../../../shared/data/purl/tests/*/*.json")
	if len(names) == 0 {
		t.Skip("the specification's tests are not there: ../shared/data/purl/tests beside the repository")
	}
	all := map[string][]vector{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Tests []vector }
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[filepath.Base(name)] = file.Tests
	}
	return all
}

func TestSpecification(t *testing.T) {
	for file, tests := range vectors(t) {
		for _, v := range tests {
			got, err := run(t, v)
			if v.ExpectedFailure {
				if err == nil {
					t.Errorf("%s: %s: %s %s: got %v, want an error", file, v.Description, v.TestType, v.Input, got)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %s: %s %s: %v", file, v.Description, v.TestType, v.Input, err)
				continue
			}
			var want any
			if v.TestType == "parse" {
				want = decode[parts](t, v.Expected).purl()
			} else {
				want = decode[string](t, v.Expected)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s: %s %s: got %+v, want %+v", file, v.Description, v.TestType, v.Input, got, want)
			}
		}
	}
}

func run(t *testing.T, v vector) (any, error) {
	switch v.TestType {
	case "parse":
		return purl.Parse(decode[string](t, v.Input))
	case "validate":
		return purl.Canonical(decode[string](t, v.Input))
	case "build":
		p, err := purl.New(decode[parts](t, v.Input).purl())
		return p.String(), err
	}
	t.Fatalf("test type %q", v.TestType)
	return nil, nil
}

func decode[T any](t *testing.T, data json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

func TestFullName(t *testing.T) {
	tests := []struct{ purl, name, ecosystem string }{
		{"pkg:npm/%40babel/core@7", "@babel/core", "npm"},
		{"pkg:golang/github.com/BurntSushi/toml@v1.3.2", "github.com/BurntSushi/toml", "Go"},
		{"pkg:golang/stdlib@1.22.1", "stdlib", "Go"},
		{"pkg:maven/org.apache.commons/io@1", "org.apache.commons:io", "Maven"},
		{"pkg:composer/laravel/laravel@5", "laravel/laravel", "Packagist"},
		{"pkg:deb/debian/curl@7?distro=debian-12", "curl", "Debian"},
		{"pkg:apk/alpine/musl@1", "musl", "Alpine"},
		{"pkg:rpm/rocky/bash@5", "bash", "Rocky Linux"},
		{"pkg:cargo/rand@0.7.2", "rand", "crates.io"},
		{"pkg:oci/debian@sha256:12", "debian", ""},
	}
	for _, tt := range tests {
		p, err := purl.Parse(tt.purl)
		if err != nil || p.FullName() != tt.name || p.Ecosystem() != tt.ecosystem {
			t.Errorf("%s: got %q %q, %v, want %q %q", tt.purl, p.FullName(), p.Ecosystem(), err, tt.name, tt.ecosystem)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, s := range []string{
		"", "pkg:", "pkg:npm", "pkg:npm/", "npm/a", "pkg:npm/a@%zz", "pkg:npm/a?x=%zz", "pkg:npm/a#%zz", "pkg:npm/%zz/a", "pkg:npm/a?x=1&x=2",
		"pkg:npm/a?1x=1", "pkg:golang/a%2Fb/c", "pkg:swid/a@1", "pkg:git/github.com/%2F",
	} {
		if p, err := purl.Parse(s); err == nil {
			t.Errorf("%q: got %+v, want an error", s, p)
		}
	}
}
