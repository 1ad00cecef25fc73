package engine

import (
	"regexp/syntax"
	"unicode"
)

// A program is what the DFAs of one pattern share: it does not change.
type program struct {
	inst  []syntax.Inst
	start uint32
	// class maps bytes that no instruction tells apart to one number. All that
	// are no ASCII share the last one.
	class  [256]uint8
	sample []rune // one rune of each class
	kinds  bool   // whether assertions look at the rune before
}

// newProgram compiles a pattern, which has been compiled before.
func newProgram(re *syntax.Regexp) *program {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		panic(err)
	}
	p := &program{inst: prog.Inst, start: uint32(prog.Start)}
	var cut [0x81]bool // where a class starts
	cut[0x80] = true
	split := func(lo, hi rune) {
		if lo < 0x80 {
			cut[lo] = true
		}
		if hi < 0x80 {
			cut[hi+1] = true
		}
	}
	for i := range p.inst {
		in := &p.inst[i]
		switch in.Op {
		case syntax.InstEmptyWidth:
			p.kinds = true
			split('\n', '\n')
			split('0', '9')
			split('A', 'Z')
			split('_', '_')
			split('a', 'z')
		case syntax.InstRuneAnyNotNL:
			split('\n', '\n')
		case syntax.InstRune, syntax.InstRune1:
			splitRunes(in, split)
		}
	}
	class := 0
	p.sample = []rune{0}
	for c := range p.class {
		if c > 0 && c <= 0x80 && cut[c] {
			class++
			p.sample = append(p.sample, rune(c))
		}
		p.class[c] = uint8(class)
	}
	return p
}

func splitRunes(in *syntax.Inst, split func(lo, hi rune)) {
	if len(in.Rune) == 1 {
		r := in.Rune[0]
		split(r, r)
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
				split(q, q)
			}
		}
		return
	}
	for i := 0; i+1 < len(in.Rune); i += 2 {
		split(in.Rune[i], in.Rune[i+1])
	}
}

// other is the class of what is no ASCII.
func (p *program) other() uint8 { return p.class[0x80] }

// before reduces a rune to what assertions tell apart: -1 for none.
func (p *program) before(r rune) rune {
	switch {
	case !p.kinds:
		return ' '
	case r == -1 || r == '\n':
		return r
	case syntax.IsWordChar(r):
		return 'a'
	}
	return ' '
}
