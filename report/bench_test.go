package report_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
)

// many is a report of n findings in n/10 files, added in random order.
func many(n int) *report.Report {
	c := report.NewCollector("s", report.NewTarget("x", fstest.MapFS{}))
	c.Rules(ruleX)
	for _, i := range rand.Perm(n) {
		c.Add(at(fmt.Sprintf("dir/file%d.go", i/10), i, fmt.Sprintf("db.Query(q%d)", i)))
	}
	r, _ := c.Report()
	return r
}

func BenchmarkCollector(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		many(100_000)
	}
}

func BenchmarkMerge(b *testing.B) {
	r, s := many(100_000), many(100_000)
	b.ReportAllocs()
	for b.Loop() {
		report.Merge(r, s)
	}
}

func BenchmarkCompare(b *testing.B) {
	r, s := many(100_000), many(100_000)
	b.ReportAllocs()
	for b.Loop() {
		report.Compare(r, s)
	}
}

func BenchmarkReadPatch(b *testing.B) {
	var patch []byte
	for i := range 1000 {
		patch = fmt.Appendf(patch, "diff --git a/f%d b/f%d\n--- a/f%d\n+++ b/f%d\n@@ -1,3 +1,4 @@\n a\n+b\n c\n-d\n+e\n", i, i, i, i)
	}
	b.SetBytes(int64(len(patch)))
	for b.Loop() {
		if _, err := report.ReadPatch(bytes.NewReader(patch)); err != nil {
			b.Fatal(err)
		}
	}
}
