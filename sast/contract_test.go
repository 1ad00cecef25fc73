package sast

import (
	"os"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
)

func TestContract(t *testing.T) {
	if testing.Short() {
		t.Skip("scans a module many times")
	}
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, shop())
	reporttest.TestScannerOn(t, s, func() (*report.Target, error) { return report.OpenDir(dir) })
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("got %d entries in the target afterwards, want 3: %v", len(entries), err)
	}
}

func BenchmarkScan(b *testing.B) {
	dir := write(b, shop())
	target := open(b, dir)
	s, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Scan(b.Context(), target); err != nil {
			b.Fatal(err)
		}
	}
}
