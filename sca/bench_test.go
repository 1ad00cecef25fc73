package sca_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

// inventoryOf makes n components, half of them of packages that advisories name.
func inventoryOf(tb testing.TB, n int, databases ...string) (list []*report.Component) {
	tb.Helper()
	type pkg struct{ Ecosystem, Name string }
	var named []pkg
	seen := map[pkg]bool{}
	for _, db := range databases {
		for line := range strings.Lines(string(inflate(tb, db))) {
			var a struct {
				Affected []struct{ Package pkg }
			}
			if json.Unmarshal([]byte(line), &a) == nil {
				for _, x := range a.Affected {
					if !seen[x.Package] {
						seen[x.Package] = true
						named = append(named, x.Package)
					}
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		p := named[r.IntN(len(named))]
		if i%2 == 0 {
			p.Name = fmt.Sprintf("package-%d", i)
		}
		list = append(list, &report.Component{ID: fmt.Sprint(i), Name: p.Name, Ecosystem: p.Ecosystem, Version: fmt.Sprintf("%d.%d.%d", r.IntN(9), r.IntN(20), r.IntN(9))})
	}
	return list
}

func BenchmarkMatch(b *testing.B) {
	names := []string{"osv/PyPI.jsonl.gz", "osv/npm.jsonl.gz", "osv/Go.jsonl.gz", "osv/crates.io.jsonl.gz", "osv/Debian-12.jsonl.gz"}
	var dbs []sca.Database
	for _, name := range names {
		dbs = append(dbs, openShared(b, name))
	}
	list := inventoryOf(b, 100_000, names...)
	s, err := sca.New(sca.Options{Database: sca.Combine(dbs...)})
	if err != nil {
		b.Fatal(err)
	}
	found := 0
	for b.Loop() {
		found = 0
		for f := range s.Match(b.Context(), list) {
			if f != nil {
				found++
			}
		}
	}
	b.ReportMetric(float64(found), "findings/op")
}

func BenchmarkOpen(b *testing.B) {
	name := shared(b, "go-vulndb/vulndb.zip")
	for b.Loop() {
		if _, err := sca.Open(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
}
