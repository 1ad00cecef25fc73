package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// patterns cover each kind of node of a syntax tree, each assertion, and the
// ways in which a plan can be made or not.
var patterns = []string{
	`abcd`, `abc`, `(?i)abcd`, `(?i)task-[0-9]{3}`, `\bkey-[0-9a-f]{4}\b`, `(?i)\bkey\b`, `-----BEGIN [A-Z ]{0,10}KEY-----`,
	`[0-9]{3,5}:AA[a-z]{2,4}`, `(?:AKIA|ASIA)([A-Z2-7]{4})`, `x(?:ab|cd|ef)+y`, `x(?:ab|)(?:cd)?ef`, `(a+)(b+)c`, `a{2,3}?b*?cde`,
	`[a-z]{5}`, `.{3}`, `a.c.e`, `(?s)a.c.e`, `(?m)^abc$`, `^abc`, `abc$`, `abc\z`, `\Aabc`, `\Babc\B`, `\babc`, `abc\b`, `(?m)abc$`,
	`[^a]bcd`, `[^a-z]{2}abc`, `é+abc`, `[à-ü]{1,2}key`, `日本+語`, `�abc`, `[\x{80}-\x{10ffff}]abcd`, `a|ab|abc`, `abcd|abce`, `abcd.*abcd`, `(?:abc)+?d`,
	`(?P<k>[\w.-]{0,10}?)key(?P<secret>[=:]+)`, `[[:alpha:]]{2}\d{2}`, `(?i)[k-s]{2}ab`, `\x00\x00ab`, `(?U)ab+cd*`, `(?:ab{0,2}){2}cd`, `(?:){3}abcd`,
	`a{0}bcde`, `(?i)ſk-[0-9]`, `(?i)\bsk_(?:live|test)_\w{3}\b`, `"[^"]{0,5}"`, `[ab]{3,}c`, `(?i:k)ab(?-i:c)`, `\pLabc`, `(?:^|[^a])bbbb`, `\$\$ab`,
}

// plain finds the matches with package regexp.
func plain(pattern string, text []byte) [][]int {
	return regexp.MustCompile(pattern).FindAllSubmatchIndex(text, -1)
}

// pieces finds them with the engine, the text given in pieces of size bytes.
func pieces(s *Set, text []byte, size int) [][][]int {
	out := make([][][]int, len(s.rules))
	c := s.Scan()
	defer c.Close()
	for from := 0; from < len(text); from += size {
		c.Find(text, from, min(len(text), from+size), func(p int, loc []int) {
			out[p] = append(out[p], slices.Clone(loc))
		})
	}
	return out
}

func check(t *testing.T, s *Set, text []byte, sizes ...int) {
	t.Helper()
	for _, size := range sizes {
		got := pieces(s, text, size)
		for i, p := range s.rules {
			if want := plain(p.pattern, text); fmt.Sprint(got[i]) != fmt.Sprint(want) {
				t.Errorf("%q in pieces of %d of %q: got %v, want %v", p.pattern, size, text, got[i], want)
			}
		}
	}
}

var texts = []string{
	"", "a", "abc", "abcd", "ABCD xabcdx abc\nabc\r\nabc", "key-0a1f key-0a1fg xkey-0a1f KEY\u212Aey", "-----BEGIN RSA KEY----------BEGIN KEY-----",
	"12345678:AAabcde 123:AAbb", "AKIAQQQQASIA2222AKIA", "xababcdefyxefy xcdef", "aaabbc aabcde", "héabc éééabcà日本本語key", "\xff\xfeabc\xffabcd\x80", "a\nc\xc3e a日c\xe9e",
	"abcdabceabcdxabcd", "foo.key== -key:", "\u017Fk-1 task-123 ta\u017Fk-1 TA\u017F\u212A-999", "\x00\x00\x00ab", "sk_live_abc sk_test_\u212A", `"a" "bcd"ef"`, "aaaa bbbb bbbb", "\U0010ffffabcd", "�abc",
	strings.Repeat("-", 100) + "BEGIN KEY-----", strings.Repeat("ab", 50) + "c", "$$ab$$abab",
}

func TestFindsWhatRegexpFinds(t *testing.T) {
	s, err := Compile(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		check(t, s, []byte(text), 1, 3, 7, 1000)
	}
	r := rand.New(rand.NewPCG(1, 2))
	words := append(texts, "key", "abcd", "\u212A", "\xc3", " ", "\n", "é", "AA", "x", "sk_live_", "日")
	for range 300 {
		var b []byte
		for range r.IntN(12) {
			w := words[r.IntN(len(words))]
			b = append(b, w[:r.IntN(len(w)+1)]...)
		}
		check(t, s, b, 1+r.IntN(20), len(b)+1)
	}
}

// TestLinear makes every DFA too costly, so that package regexp does the rest.
func TestLinear(t *testing.T) {
	s, err := Compile(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		text := []byte(text)
		got := make([][][]int, len(patterns))
		c := s.Scan()
		for r := range s.rules {
			for at := 0; at < len(text); at = c.next[r] {
				c.work[r] = 1
				c.try(text, r, at, len(text), 0, func(p int, loc []int) { got[p] = append(got[p], loc) })
			}
			if want := plain(patterns[r], text); fmt.Sprint(got[r]) != fmt.Sprint(want) {
				t.Errorf("%q of %q: got %v, want %v", patterns[r], text, got[r], want)
			}
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	s, err := Compile([]string{`\beyJ[\w-]{5,}\.`, `abcd[a-z]*0`})
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("eyJ-abcd"), 1<<17) // 1 MiB of candidates, none of which ends
	c := s.Scan()
	n := 0
	c.Find(text, 0, len(text), func(int, []int) { n++ })
	if n != 0 {
		t.Errorf("got %d matches, want none", n)
	}
	for r, w := range c.work {
		if most := 1<<20 + 17*len(text) + MaxMatch; w > most {
			t.Errorf("rule %d: read %d bytes, want at most %d", r, w, most)
		}
	}
}

func TestStatesAreBounded(t *testing.T) {
	const pattern = `abcd(?:[ab]*a[ab]{12}|é[àé]*é[àé]{12})z`
	s, err := Compile([]string{pattern})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	text := []byte("abcd")
	for range 20000 {
		text = append(text, "ab"[r.IntN(2)])
	}
	text = append(text, "abcdé"...)
	for range 9000 {
		text = append(text, []string{"à", "é"}[r.IntN(2)]...)
	}
	text = append(text, "z abcdaaaaaaaaaaaaaaaz"...)
	c := s.Scan()
	var got [][]int
	c.Find(text, 0, len(text), func(_ int, loc []int) { got = append(got, loc) })
	if want := plain(pattern, text); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := len(c.dfas[0].states); n > maxStates+fixed {
		t.Errorf("got %d states, want at most %d", n, maxStates)
	}
}

func TestShift(t *testing.T) {
	s, err := Compile([]string{`abab`})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("xxabababab")
	c := s.Scan()
	var got []int
	c.Find(text, 0, 3, func(_ int, loc []int) { got = append(got, loc[0]) })
	c.Shift(1)
	c.Find(text[1:], 2, len(text)-1, func(_ int, loc []int) { got = append(got, loc[0]+1) })
	if want := []int{2, 6}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, p := range []string{`a*`, `(`, ``, `\b`, `a|`, `\Qa`, `a)(b`, `a{1001}`, `(?:a{1000}){1000}`} {
		_, err := Compile([]string{`fine`, p})
		if e, ok := errors.AsType[*PatternError](err); !ok || e.Index != 1 || !strings.Contains(err.Error(), p) {
			t.Errorf("%q: got %v, want an error that names pattern 1", p, err)
		}
	}
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		min, max int
		want     string
	}{
		{`\bAKIA[A-Z]{16}\b`, 0, 0, "[akia]"},
		{`-----BEGIN KEY`, 2, 2, "[---b]"},
		{`(?:  ){4}token`, 9, 9, "[oken]"},
		{`[0-9]{8,10}:AAz`, 8, 10, "[:aaz]"},
		{`[a-z]{20}`, 0, 0, "[]"},
		{`a.*xyzw`, 0, 0, "[]"},
		{`(?i)ks`, 0, 0, "[]"},
		{`(x)(abc|def)y`, 0, 0, "[xabc xdef]"},
	} {
		r, err := newRule(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, p := range r.plan.prefixes {
			all = append(all, string(binary.LittleEndian.AppendUint32(nil, p.bytes)[:p.len]))
		}
		slices.Sort(all)
		if got := fmt.Sprint(all); got != c.want || r.plan.min != c.min || r.plan.max != c.max {
			t.Errorf("%q: got %v after %d to %d bytes, want %v after %d to %d", c.pattern, all, r.plan.min, r.plan.max, c.want, c.min, c.max)
		}
	}
}
