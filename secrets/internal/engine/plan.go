package engine

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// maxLead bounds how far into a match its prefix may lie, in bytes.
const maxLead = 64

// A plan says what to look for in the text to find a pattern: one of the
// prefixes, which then lies at least min and at most max bytes into the match.
// A plan without prefixes tells nothing.
type plan struct {
	prefixes []prefix // of prefixLen bytes, or one less
	min, max int
}

// makePlan cuts the pattern where what follows the cut is rarest.
func makePlan(re *syntax.Regexp) plan {
	elems := flatten(nil, re)
	starts := make([][]prefix, len(elems))
	for i, e := range elems {
		starts[i] = prefixes(e)
	}
	var best plan
	bestCost := 1.0
	least, most := 0, 0
	for i := range elems {
		all := []prefix{{}}
		for _, next := range starts[i:] {
			all = join(all, next)
		}
		if c := cost(all) * float64(most-least+1); c < bestCost {
			bestCost, best = c, plan{all, least, most}
		}
		lo, hi := width(elems[i])
		if hi < 0 || most+hi > maxLead {
			break
		}
		least, most = least+lo, most+hi
	}
	return best
}

// flatten returns the parts that a match consists of one after another.
// Literals are taken apart, since the rarest part may lie inside of one.
func flatten(out []*syntax.Regexp, re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return flatten(out, re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			out = flatten(out, sub)
		}
		return out
	case syntax.OpLiteral:
		for i := range re.Rune {
			out = append(out, &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: re.Rune[i : i+1]})
		}
		return out
	}
	return append(out, re)
}

// cost estimates how often one of the prefixes is met in ordinary text: always,
// if one is too short to be looked for.
func cost(all []prefix) float64 {
	sum := 0.0
	for _, p := range all {
		if p.len < prefixLen-1 {
			return 1
		}
		chance, equal := 1.0, true
		for i := range p.len {
			b := byte(p.bytes >> (8 * i))
			chance *= frequency(b)
			equal = equal && b == byte(p.bytes)
		}
		if equal {
			chance = max(chance, 0.005) // rulers, padding and indentation
		}
		sum += chance
	}
	return sum
}

// frequency is the rough share of a folded byte in source code and prose.
func frequency(b byte) float64 {
	switch b {
	case ' ', 'e', 't':
		return 0.09
	case 'a', 'o', 'i', 'n', 's', 'r':
		return 0.06
	case 'd', 'l', 'c', 'u', 'p', 'm', 'f', 'h':
		return 0.03
	case '0', '1', '/', '.', '-', '"', ',', '(', ')', '=', '*', ':', fold('_'), fold('\n'):
		return 0.02
	}
	return 0.01
}

// width returns the least and the most bytes that re matches; most is negative
// if there is no bound.
func width(re *syntax.Regexp) (least, most int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			lo, hi := runeWidth(r, r)
			if re.Flags&syntax.FoldCase != 0 {
				for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
					l, h := runeWidth(q, q)
					lo, hi = min(lo, l), max(hi, h)
				}
			}
			least, most = least+lo, most+hi
		}
	case syntax.OpCharClass:
		least, most = utf8.UTFMax, 0
		for i := 0; i+1 < len(re.Rune); i += 2 {
			lo, hi := runeWidth(re.Rune[i], re.Rune[i+1])
			least, most = min(least, lo), max(most, hi)
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, utf8.UTFMax
	case syntax.OpCapture:
		return width(re.Sub[0])
	case syntax.OpQuest:
		_, most = width(re.Sub[0])
	case syntax.OpStar:
		return 0, -1
	case syntax.OpPlus:
		least, _ = width(re.Sub[0])
		return least, -1
	case syntax.OpRepeat:
		lo, hi := width(re.Sub[0])
		if re.Max < 0 || hi < 0 {
			return lo * re.Min, -1
		}
		return lo * re.Min, hi * re.Max
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			lo, hi := width(sub)
			least += lo
			if hi < 0 || most < 0 {
				most = -1
			} else {
				most += hi
			}
		}
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			lo, hi := width(sub)
			if i == 0 || lo < least {
				least = lo
			}
			if hi < 0 || most < 0 {
				most = -1
			} else {
				most = max(most, hi)
			}
		}
	}
	return least, most
}

func runeWidth(lo, hi rune) (least, most int) {
	least, most = utf8.RuneLen(lo), utf8.RuneLen(hi)
	if least < 0 {
		least = utf8.RuneLen(utf8.RuneError) // a surrogate, which no text holds
	}
	if most < 0 {
		most = utf8.RuneLen(utf8.RuneError)
	}
	if lo <= utf8.RuneError && utf8.RuneError <= hi {
		least = 1 // one byte that is no UTF-8
	}
	return least, most
}
