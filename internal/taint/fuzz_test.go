package taint

import (
	"fmt"
	"strings"
	"testing"
)

// A program is generated from bytes: each chooses a statement, an expression
// or a variable. All programs compile, and many make no sense.
type generator struct {
	in    []byte
	depth int
	b     strings.Builder
}

func (g *generator) next(n int) int {
	if len(g.in) == 0 {
		return 0
	}
	c := int(g.in[0])
	g.in = g.in[1:]
	return c % n
}

func (g *generator) text() string {
	if g.depth++; g.depth > 6 {
		g.depth--
		return `"x"`
	}
	defer func() { g.depth-- }()
	v := g.next(4)
	switch g.next(22) {
	case 0:
		return fmt.Sprintf("s%d", v)
	case 1:
		return g.text() + "+" + g.text()
	case 2:
		return "fmt.Sprintf(" + g.text() + ", " + g.text() + ", n)"
	case 3:
		return "strings.ToLower(" + g.text() + ")"
	case 4:
		return "t.A"
	case 5:
		return "t.Next.Next.A"
	case 6:
		return "m[" + g.text() + "]"
	case 7:
		return `r.FormValue("q")`
	case 8:
		return "r.URL.Path"
	case 9:
		return "first(list)"
	case 10:
		return "list[n%2]"
	case 11:
		return "id(" + g.text() + ")"
	case 12:
		return "t.get()"
	case 13:
		return "call(fn, " + g.text() + ")"
	case 14:
		return "string([]byte(" + g.text() + "))"
	case 15:
		return "i.get()"
	case 16:
		return "b.String()"
	case 17:
		return "func() string { s0 = " + g.text() + "; return s1 }()"
	case 18:
		return "fn(" + g.text() + ")"
	case 19:
		return "<-ch"
	case 20:
		return "any(" + g.text() + ").(string)"
	}
	return fmt.Sprintf("%q", strings.Repeat("ab'", v))
}

func (g *generator) cond() string {
	switch g.next(9) {
	case 0:
		return g.text() + ` == "a"`
	case 1:
		return g.text() + " != " + g.text()
	case 2:
		return "ok[" + g.text() + "]"
	case 3:
		return "re.MatchString(" + g.text() + ")"
	case 4:
		return "valid(" + g.text() + ")"
	case 5:
		return "check(" + g.text() + ") == nil"
	case 6:
		if g.depth++; g.depth > 6 {
			g.depth--
			return "true"
		}
		defer func() { g.depth-- }()
		return "(" + g.cond() + " && !(" + g.cond() + ") || " + g.cond() + ")"
	case 7:
		return fmt.Sprintf("%d < %d", g.next(3), g.next(3))
	}
	return "n > 3"
}

func (g *generator) block() {
	g.b.WriteString("{\n")
	for range 1 + g.next(4) {
		g.stmt()
	}
	g.b.WriteString("}")
}

func (g *generator) stmt() {
	if g.depth++; g.depth > 6 || len(g.in) == 0 || g.b.Len() > 20000 {
		g.depth--
		return
	}
	defer func() { g.depth-- }()
	v := g.next(4)
	switch g.next(24) {
	case 0:
		fmt.Fprintf(&g.b, "s%d = %s\n", v, g.text())
	case 1:
		fmt.Fprintf(&g.b, "db.Query(%s)\n", g.text())
	case 2:
		fmt.Fprintf(&g.b, "exec.Command(\"sh\", \"-c\", %s)\n", g.text())
	case 3:
		fmt.Fprintf(&g.b, "if %s ", g.cond())
		g.block()
		g.b.WriteString("\n")
	case 4:
		fmt.Fprintf(&g.b, "if %s ", g.cond())
		g.block()
		g.b.WriteString(" else ")
		g.block()
		g.b.WriteString("\n")
	case 5:
		fmt.Fprintf(&g.b, "for _, c := range %s { if c == 'x' { break }\n_ = c\n", g.text())
		g.stmt()
		g.b.WriteString("}\n")
	case 6:
		fmt.Fprintf(&g.b, "t.A = %s\n", g.text())
	case 7:
		g.b.WriteString("t.Next = t\n")
	case 8:
		g.b.WriteString("t = t.Next\n")
	case 9:
		fmt.Fprintf(&g.b, "m[%s] = %s\n", g.text(), g.text())
	case 10:
		fmt.Fprintf(&g.b, "list = append(list, %s)\n", g.text())
	case 11:
		fmt.Fprintf(&g.b, "b.WriteString(%s)\n", g.text())
	case 12:
		fmt.Fprintf(&g.b, "go func(x string) { s%d = x }(%s)\n", v, g.text())
	case 13:
		fmt.Fprintf(&g.b, "defer func() { recover(); db.Exec(%s) }()\n", g.text())
	case 14:
		fmt.Fprintf(&g.b, "fn = func(x string) string { return x + %s }\n", g.text())
	case 15:
		fmt.Fprintf(&g.b, "ch <- %s\n", g.text())
	case 16:
		fmt.Fprintf(&g.b, "switch %s { case \"a\", \"b\": db.Exec(s%d)\ndefault: s%d = %s }\n", g.text(), v, v, g.text())
	case 17:
		fmt.Fprintf(&g.b, "{ p := &s%d; *p = %s }\n", v, g.text())
	case 18:
		g.b.WriteString("i = t\n")
	case 19:
		fmt.Fprintf(&g.b, "global = %s\n", g.text())
	case 20:
		fmt.Fprintf(&g.b, "s%d = global\n", v)
	case 21:
		fmt.Fprintf(&g.b, "for n < 10 { n++\n")
		g.stmt()
		g.b.WriteString("}\n")
	case 22:
		fmt.Fprintf(&g.b, "select { case s%d = <-ch: db.Exec(s%d)\ncase ch <- %s:\ndefault: }\n", v, v, g.text())
	case 23:
		fmt.Fprintf(&g.b, "if err := check(s%d); err != nil { return }\n", v)
	}
}

const preamble = `package p

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
)

var (
	db     *sql.DB
	global string
	ok     = map[string]bool{"a": true}
	re     = regexp.MustCompile("^[a-z]+$")
	_      = fmt.Sprint
	_      = strings.ToLower
	_      = exec.Command
)

type T struct {
	A    string
	Next *T
}

type getter interface{ get() string }

func (t *T) get() string { return t.A }

func id[X any](x X) X { return x }
func first[X any](l []X) X { return l[0] }
func call(f func(string) string, s string) string { return f(s) }
func valid(s string) bool {
	for _, c := range s {
		if c < 'a' {
			return false
		}
	}
	return true
}
func check(s string) error {
	if s == "a" || ok[s] {
		return nil
	}
	return errors.New(s)
}
`

func program(in []byte) string {
	g := &generator{in: in}
	g.b.WriteString(preamble)
	for n := range 3 {
		fmt.Fprintf(&g.b, `
func h%d(w http.ResponseWriter, r *http.Request, t *T, list []string, m map[string]string) {
	var s0, s1, s2, s3 string
	var b strings.Builder
	n, ch := 0, make(chan string, 9)
	var i getter = t
	fn := strings.TrimSpace
	_, _, _, _, _, _, _, _, _ = s0, s1, s2, s3, n, ch, i, fn, b.Len()
`, n)
		for range 8 {
			g.stmt()
		}
		g.b.WriteString("}\n")
	}
	return g.b.String()
}

// FuzzPrograms: no program makes the engine panic, and two looks see the same.
func FuzzPrograms(f *testing.F) {
	f.Add([]byte("0"))
	for i := range 20 {
		seed := make([]byte, 300)
		for j := range seed {
			seed[j] = byte((i+3)*(j+7)*2654435761>>7 + j*i)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 2000 {
			return
		}
		src := program(in)
		r1, _, err := analyseSource(src)
		if err != nil {
			if strings.Contains(err.Error(), "p.go:") {
				t.Skip(err) // does not compile
			}
			t.Fatalf("%v\n%s", err, src)
		}
		if len(r1.Limits) > 0 {
			t.Errorf("given up: %+v\n%s", r1.Limits, src)
		}
		r2, _, err := analyseSource(src)
		if err != nil {
			t.Fatal(err)
		}
		if r1.text() != r2.text() {
			t.Errorf("two runs differ:\n%s\n%s\n%s", r1.text(), r2.text(), src)
		}
	})
}

func BenchmarkEngine(b *testing.B) {
	seed := make([]byte, 600)
	for j := range seed {
		seed[j] = byte(j * 2654435761 >> 5)
	}
	src := program(seed)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, _, err := analyseSource(src); err != nil {
			b.Fatal(err)
		}
	}
}
