package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// Input is what a predicate may look at. It must not keep or change it.
type Input struct {
	Report    *report.Report
	Finding   *report.Finding
	Rule      *report.Rule      // never nil; nothing but its ID if the report does not describe it
	Component *report.Component // nil if the finding has none
	Subject   *report.Subject   // nil if the report does not describe it
	Now       time.Time
}

// severity is the finding's, or its rule's where it says nothing.
func (in *Input) severity() report.Severity { return cmp.Or(in.Finding.Severity, in.Rule.Severity) }

func (in *Input) confidence() report.Confidence {
	return cmp.Or(in.Finding.Confidence, in.Rule.Confidence)
}

func (in *Input) kind() report.Kind { return cmp.Or(in.Finding.Kind, in.Rule.Kind) }

// A Predicate is a question about a finding. A malformed one is an error of
// [New]; the zero Predicate is malformed.
type Predicate struct {
	text     string
	def      string // what the gate's hash covers
	fact     string // what is missing if a simple predicate does not know
	eval     func(*Input) Truth
	word     string      // "and", "or", "not"; empty: a simple predicate
	parts    []Predicate // of And, Or and Not
	baseline bool        // asks whether a finding is new
	err      error
}

// String returns the question in words: "severity ≥ high and not (path test/**)".
func (p Predicate) String() string { return p.text }

// Err says what is malformed, or nil. It is for readers of gates in files,
// which know the place.
func (p Predicate) Err() error {
	switch {
	case p.err != nil:
		return p.err
	case p.eval == nil:
		return errors.New("empty predicate")
	}
	return nil
}

// Func makes a predicate of a function. name stands for it in messages and in
// the gate's hash, so a function that means something else gets another name.
// Where f answers Unknown, the missing fact is called name as well. f must be
// safe for concurrent use if the gate is used so.
func Func(name string, f func(*Input) Truth) Predicate {
	p := leaf(name, name, f)
	p.def = "func " + name
	switch {
	case strings.TrimSpace(name) == "":
		p.err = errors.New("Func: no name")
	case f == nil:
		p.err = fmt.Errorf("Func %s: no function", name)
	}
	return p
}

// Not is true where p is false, and unknown where p is.
func Not(p Predicate) Predicate {
	q := compound("not", []Predicate{p}, func(in *Input) Truth { return p.eval(in).not() })
	q.text = "not " + p.enclosed()
	return q
}

// And is true where all of p are, and false where one is false.
func And(p ...Predicate) Predicate {
	p = slices.Clone(p)
	return compound("and", p, func(in *Input) Truth {
		t := True
		for i := range p {
			if t = t.and(p[i].eval(in)); t == False {
				break
			}
		}
		return t
	})
}

// Or is true where one of p is, and false where all are false.
func Or(p ...Predicate) Predicate {
	p = slices.Clone(p)
	return compound("or", p, func(in *Input) Truth {
		t := False
		for i := range p {
			if t = t.or(p[i].eval(in)); t == True {
				break
			}
		}
		return t
	})
}

// leaf is a predicate about one fact.
func leaf(text, fact string, eval func(*Input) Truth) Predicate {
	return Predicate{text: text, def: text, fact: fact, eval: eval}
}

func compound(word string, parts []Predicate, eval func(*Input) Truth) Predicate {
	q := Predicate{eval: eval, word: word, parts: parts}
	texts := make([]string, len(parts))
	var def strings.Builder
	def.WriteString(word)
	for i := range parts {
		texts[i] = parts[i].enclosed()
		fmt.Fprintf(&def, " %d:%s", len(parts[i].def), parts[i].def)
		q.baseline = q.baseline || parts[i].baseline
		if err := parts[i].Err(); err != nil && q.err == nil {
			q.err = fmt.Errorf("%s: %w", word, err)
		}
	}
	if len(parts) == 0 {
		q.err = fmt.Errorf("%s of nothing", word)
	}
	q.text, q.def = strings.Join(texts, " "+word+" "), def.String()
	return q
}

// conjunction is And for the lists of clauses: of nothing it is true.
func conjunction(p []Predicate) Predicate {
	switch len(p) {
	case 0:
		return leaf("any finding", "", func(*Input) Truth { return True })
	case 1:
		return p[0]
	}
	return And(p...)
}

func (p *Predicate) enclosed() string {
	if len(p.parts) > 1 {
		return "(" + p.text + ")"
	}
	return p.text
}

// missing names the facts for want of which p is unknown.
func (p *Predicate) missing(in *Input) string {
	if p.word == "" {
		return p.fact
	}
	var facts []string
	for i := range p.parts {
		if p.parts[i].eval(in) == Unknown {
			if f := p.parts[i].missing(in); !slices.Contains(facts, f) {
				facts = append(facts, f)
			}
		}
	}
	return strings.Join(facts, ", ")
}

// denial says what made p false of the input, in words.
func (p *Predicate) denial(in *Input) string {
	switch p.word {
	case "not":
		return p.parts[0].text
	case "and":
		for i := range p.parts {
			if p.parts[i].eval(in) == False {
				return p.parts[i].denial(in)
			}
		}
	}
	return "not " + p.enclosed()
}
