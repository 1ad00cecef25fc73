package secrets

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// code is 1 MiB of ordinary source code: that of package net/http.
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

// BenchmarkNew is what every program that imports the package pays at its start.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile is what the first search pays.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := compile(DefaultDetectors()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatches(b *testing.B) {
	s := scanner(b, Options{})
	text := code(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for range s.Matches("", text) {
		}
	}
}

// BenchmarkMatchesLine is one line of a log.
func BenchmarkMatchesLine(b *testing.B) {
	s := scanner(b, Options{})
	text := []byte(`2026-01-02T03:04:05Z INFO request method=GET path=/orders/7 status=200 duration=3ms user=ana`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for range s.Matches("", text) {
		}
	}
}

func BenchmarkReader(b *testing.B) {
	s := scanner(b, Options{})
	text := code(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, err := range s.Reader(context.Background(), "x.go", bytes.NewReader(text)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHostile is a text of beginnings of tokens on one line.
func BenchmarkHostile(b *testing.B) {
	s := scanner(b, Options{})
	text := []byte(strings.Repeat("eyJ"+"hbGciOiJ-", 1<<16))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Redact(text)
	}
}

func scanner(tb testing.TB, o Options) *Scanner {
	tb.Helper()
	s, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
