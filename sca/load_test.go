package sca

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestTooLarge: a database over the limit is read up to there, and says so once.
func TestTooLarge(t *testing.T) {
	lines := ""
	for i := range 100 {
		lines += fmt.Sprintf(`{"id":"A-%d","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1"]}]}`+"\n", i)
	}
	for name, files := range map[string]fstest.MapFS{
		"lines":  {"a.jsonl": {Data: []byte(lines)}, "b.jsonl": {Data: []byte(lines)}},
		"line":   {"a.jsonl": {Data: []byte(lines[:500] + "\n" + strings.Repeat("a", maxRecord+1))}, "b.jsonl": {Data: []byte(lines)}},
		"blanks": {"a.jsonl": {Data: []byte(lines[:500] + strings.Repeat("\n", 2000))}, "b.jsonl": {Data: []byte(lines)}},
	} {
		l := newLoader("test")
		l.left = 1000
		if err := l.tree(t.Context(), files, ""); err != nil {
			t.Fatal(err)
		}
		x, err := l.finish(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		limits := 0
		for _, g := range x.Info().Gaps {
			if g.Op == "limit" && strings.Contains(g.Error(), "too large from here on") && g.Path == "a.jsonl" {
				limits++
			}
		}
		if limits != 1 || x.Len() == 0 || x.Len() > 11 {
			t.Errorf("%s: got %d records, %v, want some and one gap", name, x.Len(), x.Info().Gaps)
		}
	}
}
