package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// code is a text of ordinary source code: that of package net/http.
func code(b *testing.B) []byte {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("the go command is not installed (Debian package golang)")
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src/net/http/*.go"))
	var text []byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		text = append(text, data...)
	}
	if len(text) < 1<<20 {
		b.Skip("the source of package net/http is not installed")
	}
	return text[:1<<20]
}

var realistic = []string{
	`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`, `\bgh[pousr]_[0-9A-Za-z]{36}\b`, `\bglpat-[\w-]{20}`, `\bxox[abp]-[0-9]{8,14}-[\w-]{20,80}`, `\bAIza[\w-]{35}`,
	`-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[^-]{64,}-----END`, `\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}`, `\b[0-9]{8,10}:AA[\w-]{33}`, `\bnpm_[0-9A-Za-z]{36}\b`,
	`(?i)\b(?:postgres|mysql|mongodb)://[^\s:@]{1,64}:[^\s@]{3,64}@`, `\bSK[0-9a-f]{32}\b`, `\bhf_[A-Za-z]{34}\b`,
}

// BenchmarkIndex is the first stage alone.
func BenchmarkIndex(b *testing.B) {
	s, err := Compile(realistic)
	if err != nil {
		b.Fatal(err)
	}
	text := code(b)
	b.SetBytes(int64(len(text)))
	n := 0
	for b.Loop() {
		s.index.each(text, 0, len(text), func(int, int) { n++ })
	}
	b.ReportMetric(float64(n)/float64(b.N)/float64(len(text)>>10), "hits/kB")
}

func BenchmarkFind(b *testing.B) {
	s, err := Compile(realistic)
	if err != nil {
		b.Fatal(err)
	}
	text := code(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c := s.Scan()
		c.Find(text, 0, len(text), func(int, []int) {})
		c.Close()
	}
}

// BenchmarkDFA is the third stage alone, on one long match.
func BenchmarkDFA(b *testing.B) {
	r, err := newRule(`(?s)[\x00-\x7f]*\x00`)
	if err != nil {
		b.Fatal(err)
	}
	d := newDFA(r.compile())
	text := code(b)[:MaxMatch]
	b.SetBytes(MaxMatch)
	for b.Loop() {
		d.match(text, 0, len(text))
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := Compile(realistic); err != nil {
			b.Fatal(err)
		}
	}
}
