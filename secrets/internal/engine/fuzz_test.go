package engine

import (
	"regexp"
	"regexp/syntax"
	"testing"
)

// FuzzEngine compares the engine with package regexp, on patterns of its own
// and on whatever patterns and bytes come.
func FuzzEngine(f *testing.F) {
	for i, text := range texts {
		f.Add(patterns[i%len(patterns)], []byte(text), uint8(i))
	}
	for i, p := range patterns {
		f.Add(p, []byte(texts[(i*7)%len(texts)]+p), uint8(1+i))
	}
	fixed, err := Compile(patterns)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pattern string, text []byte, size uint8) {
		if len(text) > 1<<10 || len(pattern) > 100 {
			return
		}
		check(t, fixed, text, int(size)+1)
		if re, err := syntax.Parse(pattern, syntax.Perl); err != nil || weight(re) > 2000 {
			return
		}
		if _, err := regexp.Compile(pattern); err != nil {
			return
		}
		s, err := Compile([]string{pattern})
		if err != nil {
			return // it matches the empty text
		}
		check(t, s, text, int(size)+1, len(text)+1)
	})
}

// weight is about the number of instructions of a pattern.
func weight(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += weight(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}
