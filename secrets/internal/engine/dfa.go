package engine

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// A dfa says whether a pattern matches at one position. Its states are made
// when they are first reached (Thompson 1968; Cox, "Regular Expression Matching
// in the Wild", 2010). It is used by one goroutine at a time.
type dfa struct {
	p      *program
	states []state
	next   []uint16 // by state and class
	index  map[string]uint16

	// Scratch space.
	mark  []uint32 // by instruction: the number of the closure that met it
	round uint32
	stack []uint32
	ready []uint32
	key   []byte
}

// A state is a set of instructions that are to be tried, and what was read last.
type state struct {
	pcs  []uint32
	last rune // as of program.before
}

// What next holds: a state's number, and whether the pattern matches before
// the byte that leads there.
const (
	toBuild  = 0 // not known yet
	toDead   = 1 // no match can follow
	toDecode = 2 // no ASCII: it depends on the rune
	fixed    = 3 // states that are none
	accepts  = 1 << 15
)

// maxStates bounds the memory of one dfa; when there are more it starts afresh.
const maxStates = 2000

func newDFA(p *program) *dfa {
	d := &dfa{p: p, mark: make([]uint32, len(p.inst))}
	d.reset()
	return d
}

func (d *dfa) reset() {
	d.states = make([]state, fixed, 16)
	d.next = make([]uint16, fixed*len(d.p.sample))
	d.index = map[string]uint16{}
}

// match reports where the matches that start at text[start:] can end: accept is
// the end of the longest, negative if there is none, and read is how far the
// text had to be read to know. The text is taken to end at limit.
func (d *dfa) match(text []byte, start, limit int) (accept, read int) {
	last := rune(-1)
	if start > 0 {
		last = rune(text[start-1]) // of a longer rune this is no ASCII either
	}
	s := d.intern([]uint32{d.p.start}, d.p.before(last))
	accept = -1
	for i := start; i < limit; {
		b := text[i]
		class := d.p.class[b]
		n := d.next[int(s)*len(d.p.sample)+int(class)]
		size := 1
		if n&^accepts == toBuild {
			s, n = d.build(s, class)
		}
		if n&^accepts == toDecode {
			var r rune
			r, size = utf8.DecodeRune(text[i:limit])
			s = d.room(s)
			n = d.step(s, r)
		}
		if n&accepts != 0 {
			accept = i
		}
		if s = n &^ accepts; s == toDead {
			return accept, i
		}
		i += size
	}
	if d.matchesAtEnd(s) {
		accept = limit
	}
	return accept, limit
}

// room makes room for one more state. It returns the number of s, which
// changes if the dfa had to start afresh.
func (d *dfa) room(s uint16) uint16 {
	if len(d.states) < maxStates {
		return s
	}
	st := d.states[s]
	d.reset()
	return d.intern(st.pcs, st.last)
}

// build fills in one transition, and returns the state again as room does.
func (d *dfa) build(s uint16, class uint8) (same, n uint16) {
	s = d.room(s)
	if class != d.p.other() {
		n = d.step(s, d.p.sample[class])
	} else if n = d.stepOther(s); n&^accepts != toDead {
		n = toDecode
	}
	d.next[int(s)*len(d.p.sample)+int(class)] = n
	return s, n
}

// step returns the state after r. The number of states grows by one at most.
func (d *dfa) step(s uint16, r rune) uint16 {
	st := &d.states[s]
	matched := d.closure(st.pcs, syntax.EmptyOpContext(st.last, r))
	pcs := d.stack[:0]
	for _, pc := range d.ready {
		if in := &d.p.inst[pc]; in.MatchRune(r) {
			pcs = append(pcs, in.Out)
		}
	}
	d.stack = pcs[:0]
	n := uint16(toDead)
	if len(pcs) > 0 {
		slices.Sort(pcs)
		n = d.intern(slices.Compact(pcs), d.p.before(r))
	}
	if matched {
		n |= accepts
	}
	return n
}

// stepOther returns toDead, with or without accepts, if no rune beyond ASCII leads on.
func (d *dfa) stepOther(s uint16) uint16 {
	st := &d.states[s]
	n := uint16(toDead)
	if d.closure(st.pcs, syntax.EmptyOpContext(st.last, utf8.RuneError)) {
		n |= accepts
	}
	for _, pc := range d.ready {
		switch in := &d.p.inst[pc]; in.Op {
		case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			return toDecode
		default:
			if in.Rune[len(in.Rune)-1] >= 0x80 || len(in.Rune) == 1 && syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
				return toDecode
			}
		}
	}
	return n
}

func (d *dfa) matchesAtEnd(s uint16) bool {
	st := &d.states[s]
	return d.closure(st.pcs, syntax.EmptyOpContext(st.last, -1))
}

// closure follows the instructions that read nothing, given what holds at this
// place. It leaves those that read a rune in d.ready and reports whether the
// pattern's end was among the rest.
func (d *dfa) closure(pcs []uint32, holds syntax.EmptyOp) (matched bool) {
	d.round++
	d.ready = d.ready[:0]
	stack := append(d.stack[:0], pcs...)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if d.mark[pc] == d.round {
			continue
		}
		d.mark[pc] = d.round
		switch in := &d.p.inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^holds == 0 {
				stack = append(stack, in.Out)
			}
		case syntax.InstMatch:
			matched = true
		case syntax.InstFail:
		default:
			d.ready = append(d.ready, pc)
		}
	}
	d.stack = stack
	return matched
}

// intern returns the number of a state. It copies pcs.
func (d *dfa) intern(pcs []uint32, last rune) uint16 {
	d.key = binary.LittleEndian.AppendUint32(d.key[:0], uint32(last))
	for _, pc := range pcs {
		d.key = binary.LittleEndian.AppendUint32(d.key, pc)
	}
	if n, ok := d.index[string(d.key)]; ok {
		return n
	}
	n := uint16(len(d.states))
	d.states = append(d.states, state{slices.Clone(pcs), last})
	d.next = append(d.next, make([]uint16, len(d.p.sample))...)
	d.index[string(d.key)] = n
	return n
}
