package engine

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// prefixLen is how many bytes the scan compares at once.
const prefixLen = 4

// Limits of what a pattern may add to the tables: prefixes of one pattern, and
// runes of a class that are looked at one by one.
const (
	maxPrefixes = 512
	maxClass    = 256
)

// A prefix is folded bytes that a match starts with.
type prefix struct {
	bytes uint32 // little-endian: the first byte is the lowest
	len   uint8
	open  bool // anything may follow; else this is all that the expression matches
}

// unknown is the prefix set of an expression of which nothing is known.
func unknown() []prefix { return []prefix{{open: true}} }

// full reports whether what follows p makes no difference.
func (p prefix) full() bool { return p.open || p.len == prefixLen }

// then returns p followed by q.
func (p prefix) then(q prefix) prefix {
	if p.full() {
		p.open = true
		return p
	}
	n := p.len + q.len
	p.bytes |= q.bytes << (8 * p.len)
	p.open = q.open || n >= prefixLen
	p.len = min(n, prefixLen)
	return p
}

func (p prefix) compare(q prefix) int {
	key := func(p prefix) uint64 {
		k := uint64(p.bytes)<<8 | uint64(p.len)<<1
		if p.open {
			k++
		}
		return k
	}
	return cmp.Compare(key(p), key(q))
}

// fold makes one byte of both cases of a letter, and of some pairs that are no letters.
func fold(b byte) byte { return b | 0x20 }

// prefixes returns what the matches of re start with, each cut at prefixLen bytes.
func prefixes(re *syntax.Regexp) []prefix {
	switch re.Op {
	case syntax.OpNoMatch:
		return nil
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []prefix{{}}
	case syntax.OpLiteral:
		all := []prefix{{}}
		for _, r := range re.Rune {
			all = join(all, literal(r, re.Flags&syntax.FoldCase != 0))
		}
		return all
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture:
		return prefixes(re.Sub[0])
	case syntax.OpConcat:
		return concat(re.Sub)
	case syntax.OpAlternate:
		var all []prefix
		for _, sub := range re.Sub {
			all = append(all, prefixes(sub)...)
		}
		return few(all)
	case syntax.OpQuest:
		return few(append([]prefix{{}}, prefixes(re.Sub[0])...))
	case syntax.OpStar:
		return few(append([]prefix{{}}, open(prefixes(re.Sub[0]))...))
	case syntax.OpPlus:
		return open(prefixes(re.Sub[0]))
	case syntax.OpRepeat:
		return repeat(re)
	}
	return unknown() // any character
}

// repeat handles x{min,max}: min times x, and then nothing or more of it.
func repeat(re *syntax.Regexp) []prefix {
	if re.Max == 0 {
		return []prefix{{}}
	}
	one := prefixes(re.Sub[0])
	all := []prefix{{}}
	for range min(re.Min, prefixLen+1) {
		all = join(all, one)
	}
	if re.Min > prefixLen {
		return open(all) // x may be empty, so this is not all there is
	}
	if re.Max != re.Min {
		all = join(all, few(append([]prefix{{}}, open(one)...)))
	}
	return all
}

func concat(subs []*syntax.Regexp) []prefix {
	all := []prefix{{}}
	for _, sub := range subs {
		if done(all) {
			break
		}
		all = join(all, prefixes(sub))
	}
	return all
}

// done reports whether nothing that follows can make the prefixes longer.
func done(all []prefix) bool {
	for _, p := range all {
		if !p.full() {
			return false
		}
	}
	return true
}

// join returns the prefixes of one expression after another.
func join(first, next []prefix) []prefix {
	if done(first) {
		return first
	}
	n := len(first) * len(next)
	if n > 4*maxPrefixes || n > maxPrefixes && longest(first)+longest(next) <= prefixLen {
		return open(first) // unless cut to length, no two are equal
	}
	all := make([]prefix, 0, n)
	for _, p := range first {
		for _, q := range next {
			all = append(all, p.then(q))
		}
	}
	if all = compact(all); len(all) > maxPrefixes {
		return open(first)
	}
	return all
}

func longest(all []prefix) uint8 {
	var n uint8
	for _, p := range all {
		n = max(n, p.len)
	}
	return n
}

// open marks that more may follow.
func open(all []prefix) []prefix {
	all = slices.Clone(all)
	for i := range all {
		all[i].open = true
	}
	return compact(all)
}

func few(all []prefix) []prefix {
	if all = compact(all); len(all) > maxPrefixes {
		return unknown()
	}
	return all
}

// compact sorts, and removes what is there twice.
func compact(all []prefix) []prefix {
	slices.SortFunc(all, prefix.compare)
	return slices.Compact(all)
}

// literal returns the bytes of a rune, and of those that fold to it: "k" also
// matches the Kelvin sign.
func literal(r rune, foldCase bool) []prefix {
	if r == utf8.RuneError {
		return unknown() // it matches every byte that is no UTF-8
	}
	all := []prefix{encode(r)}
	if foldCase {
		for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
			all = append(all, encode(q))
		}
	}
	return compact(all)
}

func class(ranges []rune) []prefix {
	var all []prefix
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		if lo <= utf8.RuneError && utf8.RuneError <= hi || int(hi-lo)+len(all) > maxClass {
			return unknown()
		}
		for r := lo; r <= hi; r++ {
			all = append(all, encode(r))
		}
	}
	return compact(all)
}

func encode(r rune) prefix {
	var p prefix
	for _, b := range utf8.AppendRune(nil, r) {
		p = p.then(prefix{bytes: uint32(fold(b)), len: 1})
	}
	return p
}
