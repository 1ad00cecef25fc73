package taint

import (
	"cmp"
	"go/types"
	"slices"
)

// A Summary says what a function does with data, whoever calls it. Lists are
// sorted by what they say, so that equal functions have equal summaries.
type Summary struct {
	Moves   []Move
	Emits   []Emit
	Reaches []Reach
	Calls   []Callback
	Vouches []Vouch

	full bool // something was dropped, which the engine reports as a Limit
}

// An Input is a part of a parameter. The receiver is parameter 0 of a method.
// Free variables of a function literal follow the parameters.
type Input struct {
	Index int
	At    string // path
}

// An Output is a part of a result, or of what a parameter points at.
type Output struct {
	Result bool
	Index  int
	At     string // path
}

// A Move carries data from an input to an output.
type Move struct {
	From  Input
	To    Output
	Keep  Class // for which it is still dangerous
	Alias bool  // the output is the input: what is written to one is in the other
	Wide  bool  // the paths lost detail: any part of From reaches all of To
}

// An Emit brings data of others into an output.
type Emit struct {
	What  string // "(*http.Request).FormValue"
	At    Place
	To    Output
	Keep  Class
	Steps []Step
}

// A Reach brings an input to a sink.
type Reach struct {
	From  Input
	Class Class
	What  string // the function that is the sink
	At    Place
	Steps []Step // from the entry of the function to the sink, which is the last
}

// A Callback hands data to a function that is an input.
type Callback struct {
	Func int // number of the input
	Arg  int
	At   string // path in the argument
	From Input
	Keep Class
	Wide bool // the paths lost detail, as in Move
}

// A Vouch says that an input is harmless when a result has a certain value.
type Vouch struct {
	In     Input
	Result int
	When   uint8 // guardKind
	Class  Class
}

// Limits of one summary. As moves and calls grow towards theirs, new ones lose
// detail ([widen]), so that none is lost. Emits and reaches over theirs are
// dropped, and the function is one that the engine gave up on.
const (
	maxMoves   = 1024
	maxCalls   = 128
	maxEmits   = 256
	maxReaches = 256
)

// widen takes detail from paths where there are n of at most max: all but the
// first element from half of max on, then all. It reports whether it did.
func widen(n, max int, paths ...*string) bool {
	wide := false
	for _, p := range paths {
		to := *p
		switch {
		case n >= max:
			to = ""
		case n >= max/2:
			to = string(path(*p).head())
		}
		wide = wide || to != *p
		*p = to
	}
	return wide
}

func (s *Summary) empty() bool {
	return len(s.Moves)+len(s.Emits)+len(s.Reaches)+len(s.Calls)+len(s.Vouches) == 0
}

func (s *Summary) sort() {
	slices.SortFunc(s.Moves, func(a, b Move) int { return cmp.Or(a.From.compare(b.From), a.To.compare(b.To)) })
	slices.SortFunc(s.Emits, func(a, b Emit) int {
		return cmp.Or(a.At.compare(b.At), cmp.Compare(a.What, b.What), a.To.compare(b.To))
	})
	slices.SortFunc(s.Reaches, func(a, b Reach) int {
		return cmp.Or(a.From.compare(b.From), a.At.compare(b.At), cmp.Compare(a.Class, b.Class), cmp.Compare(a.What, b.What))
	})
	slices.SortFunc(s.Calls, func(a, b Callback) int {
		return cmp.Or(cmp.Compare(a.Func, b.Func), cmp.Compare(a.Arg, b.Arg), cmp.Compare(a.At, b.At), a.From.compare(b.From))
	})
	slices.SortFunc(s.Vouches, func(a, b Vouch) int {
		return cmp.Or(a.In.compare(b.In), cmp.Compare(a.Result, b.Result), cmp.Compare(a.When, b.When))
	})
}

func (i Input) compare(j Input) int {
	return cmp.Or(cmp.Compare(i.Index, j.Index), cmp.Compare(i.At, j.At))
}

func (o Output) compare(p Output) int {
	r := 0
	if o.Result != p.Result {
		r = 1
		if o.Result {
			r = -1
		}
	}
	return cmp.Or(r, cmp.Compare(o.Index, p.Index), cmp.Compare(o.At, p.At))
}

func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Package, q.Package), cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// move adds m and reports whether it is news.
func (s *Summary) move(m Move) bool {
	news, known := s.joinMove(m)
	if !known && widen(len(s.Moves), maxMoves, &m.From.At, &m.To.At) {
		m.Wide = true
		news, known = s.joinMove(m)
	}
	if !known {
		s.Moves = append(s.Moves, m)
	}
	return news || !known
}

// joinMove adds what m says to the move between the same places, if there is one.
func (s *Summary) joinMove(m Move) (news, known bool) {
	for i := range s.Moves {
		if x := &s.Moves[i]; x.From == m.From && x.To == m.To {
			news := m.Keep&^x.Keep != 0 || m.Alias && !x.Alias || m.Wide && !x.Wide
			x.Keep |= m.Keep
			x.Alias = x.Alias || m.Alias
			x.Wide = x.Wide || m.Wide
			return news, true
		}
	}
	return false, false
}

func (s *Summary) emit(m Emit) bool {
	for i := range s.Emits {
		if x := &s.Emits[i]; x.What == m.What && x.At == m.At && x.To == m.To {
			news := m.Keep&^x.Keep != 0
			x.Keep |= m.Keep
			return news
		}
	}
	if len(s.Emits) >= maxEmits {
		s.full = true
		return false
	}
	s.Emits = append(s.Emits, m)
	return true
}

func (s *Summary) reach(r Reach) bool {
	for i := range s.Reaches {
		if x := &s.Reaches[i]; x.From == r.From && x.At == r.At && x.Class == r.Class {
			return false
		}
	}
	if len(s.Reaches) >= maxReaches {
		s.full = true
		return false
	}
	s.Reaches = append(s.Reaches, r)
	return true
}

// call adds c and reports whether it is news.
func (s *Summary) call(c Callback) bool {
	news, known := s.joinCall(c)
	if !known && widen(len(s.Calls), maxCalls, &c.At, &c.From.At) {
		c.Wide = true
		news, known = s.joinCall(c)
	}
	if !known {
		s.Calls = append(s.Calls, c)
	}
	return news || !known
}

// joinCall is joinMove for calls.
func (s *Summary) joinCall(c Callback) (news, known bool) {
	for i := range s.Calls {
		if x := &s.Calls[i]; x.Func == c.Func && x.Arg == c.Arg && x.At == c.At && x.From == c.From {
			news := c.Keep&^x.Keep != 0 || c.Wide && !x.Wide
			x.Keep |= c.Keep
			x.Wide = x.Wide || c.Wide
			return news, true
		}
	}
	return false, false
}

// summarise turns a model into the summary of a function with this signature.
// Sinks are not part of it.
func (m *model) summarise(sig *types.Signature) *Summary {
	s := new(Summary)
	for _, f := range m.flows {
		if out, ok := output(f.to, sig); ok {
			s.move(Move{From: Input{Index: f.from}, To: out, Keep: f.keep, Alias: f.alias})
		}
	}
	return s
}

// output turns a place into an output; false if the function has no such result.
func output(place int, sig *types.Signature) (Output, bool) {
	if place < resultPlace {
		return Output{Index: place}, true
	}
	i := place - resultPlace
	if place == anyResult {
		i = 0
	}
	if i >= sig.Results().Len() {
		return Output{}, false
	}
	return Output{Result: true, Index: i}, true
}

// textSummary is that of a function whose results are made of its arguments.
func textSummary(sig *types.Signature, textOnly bool) *Summary {
	s := new(Summary)
	from := func(i int, t types.Type) {
		if !carries(t) || textOnly && !isText(t) {
			return
		}
		for j := range sig.Results().Len() {
			r := sig.Results().At(j).Type()
			if carries(r) && (!textOnly || isText(r)) {
				s.move(Move{From: Input{Index: i}, To: Output{Result: true, Index: j}, Keep: All})
			}
		}
	}
	shift := 0
	if recv := sig.Recv(); recv != nil {
		from(0, recv.Type())
		shift = 1
	}
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if textOnly && sig.Variadic() && i == sig.Params().Len()-1 {
			if sl, ok := t.Underlying().(*types.Slice); ok && isText(sl.Elem()) {
				t = sl.Elem()
			}
		}
		from(i+shift, t)
	}
	return s
}
