package gatefile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/policy"
)

func FuzzRead(f *testing.F) {
	if doc, err := os.ReadFile("doc.go"); err == nil {
		f.Add(strings.ReplaceAll(string(doc), "//\t", ""))
	}
	for _, s := range []string{
		"exclude: [vendor/**]\nonly: [a]\ndatabase: [x]\nimages: [y]\n",
		"gate: {fail: [{name: a, when: {severity: high, not: {cwe: [89, CWE-79], epss: 0.5}}, on-unknown: fail, waivable: false}]}",
		"gate: {warn: [{name: a, when: {purl: [pkg:npm/x], scope: dev, base-image: true, confidence: low, kind: code, subject: a}}]}",
		"gate:\n  waivers:\n  - {gap: read, path: a, owner: b, reason: c, expires: 2026-01-31, status: fixed}\n",
		"a: &a [*a]\n<<: *a\n", "? - {\n", "---\n---\n", "%YAML 1.2\n---\n", "only: [!!binary x, |\n a\n]", "\"\\x00\": 1", "gate: !!map\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := read(text)
		if err != nil {
			if file != nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, %v", file, err)
			}
			return
		}
		if _, err := policy.New(file.Gate); err != nil {
			t.Errorf("what was read is no gate: %v", err)
		}
	})
}
