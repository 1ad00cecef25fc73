package engine

import (
	"fmt"
	"sync"
	"unicode/utf8"
)

// MaxMatch is how far from its start a match is looked for, in bytes: as if the
// text ended there.
const MaxMatch = 32 << 10

// A Set is patterns, compiled. It is immutable and safe for concurrent use.
type Set struct {
	rules []*rule
	slow  []int // rules without a prefix
	reach int   // the longest lead of a plan
	index index
	scans sync.Pool
}

// Compile compiles patterns of package regexp's syntax. A pattern that matches
// the empty text is an error. Errors are of type [*PatternError].
func Compile(patterns []string) (*Set, error) {
	s := &Set{rules: make([]*rule, len(patterns))}
	for i, p := range patterns {
		r, err := newRule(p)
		if err != nil {
			return nil, &PatternError{i, p, err}
		}
		s.rules[i] = r
		if len(r.plan.prefixes) == 0 {
			s.slow = append(s.slow, i)
			continue
		}
		s.reach = max(s.reach, r.plan.max)
		for _, p := range r.plan.prefixes {
			s.index.add(p, int32(i))
		}
	}
	s.index.finish()
	return s, nil
}

// A PatternError says which pattern is wrong.
type PatternError struct {
	Index   int
	Pattern string
	Err     error
}

// Error quotes the pattern.
func (e *PatternError) Error() string { return fmt.Sprintf("pattern `%s`: %v", e.Pattern, e.Err) }

// Unwrap returns the cause.
func (e *PatternError) Unwrap() error { return e.Err }

// A Scan is the state of one scan of one text. It is used by one goroutine.
type Scan struct {
	set  *Set
	next []int // by rule: where the next match may start
	work []int // by rule: what its DFA has read in this call
	dfas []*dfa
}

// Scan returns the state to scan a text from its start.
func (s *Set) Scan() *Scan {
	c, _ := s.scans.Get().(*Scan)
	if c == nil {
		n := len(s.rules)
		c = &Scan{s, make([]int, n), make([]int, n), make([]*dfa, n)}
	}
	clear(c.next)
	return c
}

// Close gives the state back to be used again.
func (c *Scan) Close() { c.set.scans.Put(c) }

// Shift says that the text of later calls lacks the first n bytes of this one's.
func (c *Scan) Shift(n int) {
	for i := range c.next {
		c.next[i] = max(0, c.next[i]-n)
	}
}

// Find calls found for each match that starts in text[from:to], with the
// pattern's number and the indexes of [regexp.Regexp.FindSubmatchIndex]. The
// matches of one pattern are the ones that package regexp finds, in their
// order; those of different patterns are mixed.
//
// A text may be given in pieces, each with some of the text around it: from is
// then the to of the call before, less what was shifted. The pieces are as good as the
// whole if one byte before from and [MaxMatch] bytes after to are in text.
func (c *Scan) Find(text []byte, from, to int, found func(pattern int, loc []int)) {
	clear(c.work)
	budget := 1<<20 + 16*(to-from)
	for _, r := range c.set.slow {
		for s := max(from, c.next[r]); s < to; s = c.next[r] {
			c.try(text, r, s, to, budget, found)
		}
	}
	end := min(len(text), to+c.set.reach)
	c.set.index.each(text, from, end, func(at, r int) {
		p := &c.set.rules[r].plan
		lo, hi := max(from, at-p.max), min(at-p.min, to-1)
		for s := max(lo, c.next[r]); s <= hi; s = c.next[r] {
			c.try(text, r, s, to, budget, found)
		}
	})
}

// try looks for a match of a rule at text[s:] and moves its next start on.
func (c *Scan) try(text []byte, r, s, to, budget int, found func(int, []int)) {
	c.next[r] = s + 1
	if within(text, s) {
		return
	}
	rule := c.set.rules[r]
	if c.work[r] > budget && s > 0 {
		c.linear(text, r, s, to, found)
		return
	}
	d := c.dfas[r]
	if d == nil {
		d = newDFA(rule.compile())
		c.dfas[r] = d
	}
	limit := min(len(text), s+MaxMatch)
	accept, read := d.match(text, s, limit)
	c.work[r] += read - s + 1
	if accept < 0 {
		return
	}
	// No thread of the pattern lives past read, so the rest of the text makes
	// no difference, apart from the rune that assertions look at.
	if loc := rule.groups(text, s, min(limit, read+utf8.UTFMax)); loc != nil {
		c.next[r] = loc[1]
		found(r, loc)
	}
}

// within reports whether text[s] is a byte of a rune other than its first. A
// byte that is no continuation always starts one, be it valid or not.
func within(text []byte, s int) bool {
	if utf8.RuneStart(text[s]) {
		return false
	}
	for n := 1; n < utf8.UTFMax && n <= s; n++ {
		if utf8.RuneStart(text[s-n]) {
			_, size := utf8.DecodeRune(text[s-n:])
			return size > n
		}
	}
	return false
}

// groups returns the groups of the match at text[s:end].
func (r *rule) groups(text []byte, s, end int) []int {
	if s == 0 {
		return r.first.FindSubmatchIndex(text[:end])
	}
	_, size := utf8.DecodeLastRune(text[:s])
	loc := r.rest.FindSubmatchIndex(text[s-size : end])
	return moved(loc, s-size, s)
}

// linear finds all further matches of a rule without its DFA.
func (c *Scan) linear(text []byte, r, s, to int, found func(int, []int)) {
	re := c.set.rules[r].unanchored()
	end := min(len(text), to+MaxMatch)
	for s < to {
		_, size := utf8.DecodeLastRune(text[:s])
		loc := re.FindSubmatchIndex(text[s-size : end])
		if loc == nil {
			break
		}
		at := s - size + loc[0]
		_, first := utf8.DecodeRune(text[at:])
		if at+first >= to {
			break
		}
		loc = moved(loc, s-size, at+first)
		s = loc[1]
		found(r, loc)
	}
	c.next[r] = max(s, to)
}

// moved adds base to the indexes, and makes the match start at start.
func moved(loc []int, base, start int) []int {
	for i := range loc {
		if loc[i] >= 0 {
			loc[i] += base
		}
	}
	if loc != nil {
		loc[0] = start
	}
	return loc
}
