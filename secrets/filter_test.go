package secrets

import (
	"math"
	"strings"
	"testing"
)

func TestEntropy(t *testing.T) {
	for s, want := range map[string]float64{"": 0, "aaaa": 0, "ab": 1, "abcd": 2, "aabb": 1, hexDigits: 4} {
		if got := entropy(s); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	for _, s := range []string{
		"xxxxxxxx", "00000000", "<token>", "${TOKEN}", "{{ .Token }}", "your_token", "AKIAIOSFODNN7" + "EXAMPLE", "12345678", "abcdefgh", "87654321",
		"ghp_abcabcabcabcabcabcabcabcabc", "CHANGEME", "1111111", "token-************", "my-dummy-key", "$(cat token)", "ab12cd34ab12cd34ab12cd34ab12cd34",
	} {
		if !isPlaceholder(s) {
			t.Errorf("%q: want a placeholder", s)
		}
	}
	random := 0
	for i := range 2000 {
		if isPlaceholder(sample(alnum, 40, strings.Repeat("s", i))) {
			random++
		}
	}
	if random > 1 {
		t.Errorf("%d of 2000 random values are taken for placeholders", random)
	}
	for _, s := range []string{"", "hunter2", strings.Repeat("A", maxPlaceholder+1)} {
		if isPlaceholder(s) {
			t.Errorf("%q: want no placeholder", s)
		}
	}
}

func TestTestPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"a_test.go": true, "x/testdata/k": true, "src/__tests__/a.js": true, "a.spec.ts": true, "docs/a.txt": true, "README.md": true, "test_a.py": true,
		"vendor/a/b.go": true, "a/fixtures-expired/k.pem": true, ".env.example": true, "conf.sample": true, "awstesting/a.go": true, "Tests/A.cs": true,
		"a.go": false, "latest/a.go": false, "contest/a.go": false, ".env": false, "": false, "greatest.go": false, "cmd/a.yaml": false,
	} {
		if got := isTestPath(path); got != want {
			t.Errorf("%q: got %v, want %v", path, got, want)
		}
	}
}

func TestKeyText(t *testing.T) {
	for in, want := range map[string]string{
		"\nAB+/\n  CD==\n": "AB+/CD", `\nABn\r\nCD\\nEF`: "ABnCDEF", "\" +\n  \"AB\" +\n// CD": "ABCD", "AB\\\nCD": "ABCD", "": "", "\\": "",
	} {
		if got := keyText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, body := range []string{"", "\x00", "MA==", "DEK-Info: AES-128-CBC,", ":", "\\n:\\n", strings.Repeat("/", 200), wrap64(strings.Repeat("A", 400)), "b3BlbnNzaC1rZXktdjEA" + strings.Repeat("/", 80)} {
		if got := parseKey(body); got != noKey {
			t.Errorf("%.20q: got %v, want no key", body, got)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, d := range keyDetectors() {
		for _, e := range d.Examples {
			f.Add(e)
		}
	}
	f.Add("DEK-Info: A,00\n\n" + strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, body string) { parseKey(body) })
}
