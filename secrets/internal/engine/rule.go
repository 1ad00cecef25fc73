package engine

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"
)

// A rule is one pattern. What is costly to make is made when the pattern's
// prefix is met for the first time, which for most patterns is never.
type rule struct {
	pattern string
	plan    plan

	once    sync.Once
	program *program
	first   *regexp.Regexp // at the start of the text
	rest    *regexp.Regexp // after one rune, so that assertions see what is before

	looseOnce sync.Once
	loose     *regexp.Regexp // anywhere after one rune
}

var errEmptyMatch = errors.New("matches the empty text")

func newRule(pattern string) (*rule, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if least, _ := width(re); least == 0 {
		return nil, errEmptyMatch
	}
	// Alone it may be right and in a group not: `\Qa`.
	if _, err := syntax.Parse(wrap(``, pattern), syntax.Perl); err != nil {
		return nil, fmt.Errorf("in a group: %w", err)
	}
	return &rule{pattern: pattern, plan: makePlan(re)}, nil
}

func wrap(before, pattern string) string { return before + `(?:` + pattern + `)` }

func (r *rule) compile() *program {
	r.once.Do(func() {
		r.first = regexp.MustCompile(wrap(`\A`, r.pattern))
		r.rest = regexp.MustCompile(wrap(`\A(?s:.)`, r.pattern))
		re, err := syntax.Parse(r.pattern, syntax.Perl)
		if err != nil {
			panic(err) // newRule has parsed it
		}
		r.program = newProgram(re)
	})
	return r.program
}

// unanchored is for texts on which the DFA has cost too much.
func (r *rule) unanchored() *regexp.Regexp {
	r.looseOnce.Do(func() { r.loose = regexp.MustCompile(wrap(`(?s:.)`, r.pattern)) })
	return r.loose
}
