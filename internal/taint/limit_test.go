package taint

import (
	"fmt"
	"strings"
	"testing"
)

// What is too much is said: a limit that nobody hears of is a false calm.
func TestLimitsAreSaid(t *testing.T) {
	var sinks, impls strings.Builder
	for i := range maxReaches + 1 {
		fmt.Fprintf(&sinks, "\tdb.Exec(s + \"%d\")\n", i)
	}
	for i := range maxImplementations + 1 {
		fmt.Fprintf(&impls, "type T%d struct{}\nfunc (T%d) Do(s string) string { return s }\n", i, i)
	}
	for _, c := range []struct{ name, src, want string }{
		{"flows", "package p\nimport \"database/sql\"\nvar db *sql.DB\nfunc F(s string) {\n" + sinks.String() + "}\n", "F: it has too many flows"},
		{"implementations", "package p\ntype Doer interface{ Do(string) string }\nfunc F(d Doer, s string) string { return d.Do(s) }\n" + impls.String(), "F: it calls "},
		{"fewer of both", "package p\ntype Doer interface{ Do(string) string }\nfunc F(d Doer, s string) string { return d.Do(s) }\ntype T struct{}\nfunc (T) Do(s string) string { return s }\n", ""},
	} {
		r, _, err := analyseSource(c.src)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, l := range r.Limits {
			got = append(got, l.Function+": "+l.Why)
		}
		if text := strings.Join(got, "\n"); c.want == "" && text != "" || !strings.HasPrefix(text, c.want) || len(got) > 1 {
			t.Errorf("%s: got %q, want %q", c.name, text, c.want)
		}
	}
}

// Moves and calls that are too many lose detail and nothing else.
func TestSummariesWiden(t *testing.T) {
	var s Summary
	for i := range 3 * maxMoves {
		p := string(fieldElem(fmt.Sprint("F", i)).join(fieldElem("G")))
		s.move(Move{From: Input{Index: 1, At: p}, To: Output{Result: true, At: p}, Keep: All})
		s.call(Callback{Func: 0, At: p, From: Input{Index: 1, At: p}, Keep: All})
	}
	m, c := s.Moves[len(s.Moves)-1], s.Calls[len(s.Calls)-1]
	if len(s.Moves) > maxMoves+1 || len(s.Calls) > maxCalls+1 || s.full {
		t.Errorf("%d moves, %d calls, full: %v", len(s.Moves), len(s.Calls), s.full)
	}
	if !m.Wide || m.From.At != "" || m.To.At != "" || !c.Wide || c.At != "" || c.From.At != "" {
		t.Errorf("the last ones: %+v, %+v", m, c)
	}
}
