package taint

import (
	"regexp/syntax"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// The characters that change the meaning of a text for what parses it. A
// text without them stays one word or value, quoted or not.
const (
	sqlChars     = "'\"`;\\()=<>|&#\x00"
	commandChars = "'\"`;\\()<>|&$*?{}!#~\n\r\x00"
)

func (c Class) chars() string {
	if c == SQL {
		return sqlChars
	}
	return commandChars
}

// allowed returns the classes for which ok holds with their characters.
func allowed(ok func(chars string) bool) Class {
	var c Class
	for _, one := range []Class{SQL, Command} {
		if ok(one.chars()) {
			c |= one
		}
	}
	return c
}

// pattern finds the constant that a *regexp.Regexp was compiled from.
func (f *function) pattern(v ssa.Value) (string, bool) { return f.patternOf(v, 0) }

func (f *function) patternOf(v ssa.Value, depth int) (string, bool) {
	if depth > 4 {
		return "", false
	}
	switch x := v.(type) {
	case *ssa.Extract:
		return f.patternOf(x.Tuple, depth+1)
	case *ssa.Call:
		if obj := callee(&x.Call); obj != nil {
			switch f.eng.modelName(obj) {
			case "regexp.MustCompile", "regexp.Compile", "regexp.MustCompilePOSIX", "regexp.CompilePOSIX":
				return constString(x.Call.Args[0])
			}
		}
	case *ssa.UnOp:
		if g, ok := x.X.(*ssa.Global); ok {
			return f.globalPattern(g, depth+1)
		}
		if s, rest := f.memory.lastStore(x); s != nil && rest == "" {
			return f.patternOf(s.Val, depth+1)
		}
	}
	return "", false
}

// globalPattern is that of a package variable which is set once.
func (f *function) globalPattern(g *ssa.Global, depth int) (pattern string, ok bool) {
	stores := 0
	for _, r := range f.eng.readers[g] {
		for _, b := range r.fn.Blocks {
			for _, instr := range b.Instrs {
				if s, isStore := instr.(*ssa.Store); isStore && s.Addr == g {
					if stores++; stores > 1 {
						return "", false
					}
					if r.memory == nil {
						r.memory = newMemory(r)
					}
					pattern, ok = r.patternOf(s.Val, depth+1)
				}
			}
		}
	}
	return pattern, ok && stores == 1
}

// fullMatch returns the classes for which a text that matches is harmless:
// the pattern spans all of it, and lets none of their characters through.
func fullMatch(pattern string) Class {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || !anchored(re) {
		return 0
	}
	return allowed(func(chars string) bool { return !matchesAny(re, chars) })
}

// matchesOnly is fullMatch for what a pattern finds in a text.
func matchesOnly(pattern string) Class {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return allowed(func(chars string) bool { return !matchesAny(re, chars) })
}

// removes returns the classes all of whose characters a pattern matches one
// by one, so that replacing what it matches takes them out.
func removes(pattern string) Class {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	for re.Op == syntax.OpPlus || re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	if re.Op != syntax.OpCharClass {
		return 0
	}
	return allowed(func(chars string) bool {
		for _, c := range chars {
			if !inClass(re.Rune, c) {
				return false
			}
		}
		return true
	})
}

// excludes returns the classes whose worst characters are all in bad: the
// quotes for SQL, what ends or nests a command for a shell.
func excludes(bad string) Class {
	var c Class
	if strings.Contains(bad, "'") && len(bad) > 2 {
		c |= SQL
	}
	if !slices.ContainsFunc([]string{";", "|", "&", "$", "`"}, func(s string) bool { return !strings.Contains(bad, s) }) {
		c |= Command
	}
	return c
}

// anchored reports whether re matches whole texts only.
func anchored(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCapture:
		return anchored(re.Sub[0])
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !anchored(s) })
	case syntax.OpConcat:
		n := len(re.Sub)
		if n == 1 {
			return anchored(re.Sub[0])
		}
		return n > 1 && begins(re.Sub[0]) && ends(re.Sub[n-1])
	}
	return false
}

func begins(re *syntax.Regexp) bool { return re.Op == syntax.OpBeginText }
func ends(re *syntax.Regexp) bool   { return re.Op == syntax.OpEndText }

// matchesAny reports whether one of chars may be in a match of re.
func matchesAny(re *syntax.Regexp, chars string) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		return slices.ContainsFunc(re.Rune, func(r rune) bool { return strings.ContainsRune(chars, r) })
	case syntax.OpCharClass:
		for _, c := range chars {
			if inClass(re.Rune, c) {
				return true
			}
		}
	}
	return slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return matchesAny(s, chars) })
}

func inClass(pairs []rune, c rune) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] <= c && c <= pairs[i+1] {
			return true
		}
	}
	return false
}
