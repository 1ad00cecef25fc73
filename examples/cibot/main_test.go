package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// start runs the program offline.
func start(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := run(t.Context(), append([]string{"-offline"}, args...), &out, &errs)
	if err != nil {
		errs.WriteString(err.Error())
	}
	return code, out.String(), errs.String()
}

func dir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestShop(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	a, b := t.TempDir(), t.TempDir()
	code, text, stderr := start(t, "-out", a, "../shop")
	if code != 1 || stderr != "" {
		t.Fatalf("ended with %d: %s", code, stderr)
	}
	start(t, "-quiet", "-out", b, "../shop")
	for _, name := range []string{"report.json", "report.sarif", "bom.cdx.json", "bom-registry.example.com_shop.cdx.json"} {
		first, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if second, err := os.ReadFile(filepath.Join(b, name)); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s differs between two runs: %v", name, err)
		}
	}
	f, err := os.Open(filepath.Join(a, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rep, err := report.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Verdict.Outcome != report.Fail || len(rep.Subjects) != 2 {
		t.Errorf("verdict %v, subjects %v", rep.Verdict, rep.Subjects)
	}
	found := map[string]int{}
	for _, f := range rep.Findings {
		found[f.Rule]++
	}
	want := []string{"secrets/private-key", "sca/vulnerability", "container/root-user", "container/secret-env"}
	loaded := true
	for n := range rep.Gaps() {
		if n.Scanner != "sast" {
			t.Errorf("gap: %s", n)
		}
		loaded = false
	}
	if loaded {
		want = append(want, "sast/sqlinjection", "sast/commandinjection", "sast/tlsverify", "sast/servertimeouts")
	} else {
		t.Log("the shop's modules are not on this machine, which is a gap")
	}
	for _, rule := range want {
		if found[rule] == 0 {
			t.Errorf("no finding of %s", rule)
		}
	}
	for _, s := range []string{"Secrets (", "Dependencies (", "Configuration (", "\nfail; ", "\nFirst: "} {
		if !strings.Contains(text, s) {
			t.Errorf("the text lacks %q:\n%s", s, text)
		}
	}
}

func TestExitCodes(t *testing.T) {
	clean := dir(t, map[string]string{"notes.txt": "hello\n"})
	for _, c := range []struct {
		name string
		args []string
		code int
		say  string
	}{
		{"clean", []string{clean}, 0, "pass; 0 findings"},
		{"help", []string{"-help"}, 0, "Exit status"},
		{"no target", nil, 2, "no target"},
		{"missing", []string{filepath.Join(clean, "none")}, 2, "none"},
		{"wrong flag", []string{"-nosuchflag", clean}, 2, "nosuchflag"},
		{"wrong scanner", []string{"-only", "dast", clean}, 2, `no scanner "dast"`},
		{"flags last", []string{clean, "-quiet"}, 2, "flags come first"},
		{"broken lock file", []string{dir(t, map[string]string{"package-lock.json": `{"lockfileVersion": 3, "packages": {"": {"name"`})}, 1, "package-lock.json"},
		{"unknown key", []string{dir(t, map[string]string{"merlon.yaml": "gate:\n  nosuchkey: 1\n"})}, 2, "merlon.yaml:2"},
		{"ignored configuration", []string{"-no-target-config", dir(t, map[string]string{"merlon.yaml": "gate:\n  nosuchkey: 1\n"})}, 0, "pass"},
		{"no configuration", []string{"-config", "none.yaml", clean}, 2, "none.yaml"},
		{"no image", []string{"-image", filepath.Join(clean, "none.tar")}, 1, "none.tar"},
		{"no image in the target", []string{dir(t, map[string]string{"merlon.yaml": "images: [layout]\n"})}, 1, "layout"},
		{"no database", []string{"-db", filepath.Join(clean, "none.zip"), clean}, 1, "none.zip"},
		{"no database for npm", []string{dir(t, map[string]string{"package-lock.json": `{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a"},"node_modules/b":{"version":"1.0.0"}}}`})}, 1, "-db"},
		{"offline", []string{"-db", "https://vuln.example.com", clean}, 1, "-offline"},
		{"accepted gap", []string{dir(t, map[string]string{"merlon.yaml": "gate: {allow-incomplete: true}\n", "package-lock.json": "{"})}, 0, "warn"},
	} {
		code, stdout, stderr := start(t, c.args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.say) {
			t.Errorf("%s: ended with %d, want %d and %q in:\n%s%s", c.name, code, c.code, c.say, stdout, stderr)
		}
	}
}

func TestExcludeAndOnly(t *testing.T) {
	code, stdout, _ := start(t, dir(t, map[string]string{
		"merlon.yaml": "exclude: ['*.json']\nonly: [sbom]\n", "package-lock.json": "{broken",
	}))
	if code != 0 {
		t.Errorf("ended with %d: %s", code, stdout)
	}
}
