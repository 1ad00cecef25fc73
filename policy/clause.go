package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// A Clause is one line of a gate. The zero Clause is an error of [New].
type Clause struct {
	name    string
	outcome report.Outcome // where all predicates hold, or a requirement is not met
	unknown report.Outcome
	when    Predicate     // of Fail and Warn
	demands []Requirement // of Require
	strict  bool          // not waivable
	err     error
}

// DefaultClauses returns the clauses of the zero [Options], in this order:
// "exploited" fails on flaws known to be exploited, "malware" on malware and
// "severity" on everything of High and above, secrets included. Suppressed
// findings do not count, but malware cannot be suppressed.
func DefaultClauses() []Clause {
	return []Clause{
		Fail("exploited", IsExploited()),
		// What is malware is called so by the scanner that looks for it: a
		// finding of no kind is not half suspected of it.
		Fail("malware", IsKind(report.KindMalware)).OnUnknown(report.Pass).NotWaivable(),
		Fail("severity", AtLeast(report.High)),
	}
}

// Fail objects to every open finding that all predicates hold of; without
// predicates, to every open finding. Unknown warns.
func Fail(name string, p ...Predicate) Clause {
	return Clause{name: name, outcome: report.Fail, unknown: report.Warn, when: conjunction(p)}
}

// Warn is [Fail] with a lesser outcome.
func Warn(name string, p ...Predicate) Clause {
	return Clause{name: name, outcome: report.Warn, unknown: report.Warn, when: conjunction(p)}
}

// Require fails unless the report meets all requirements. Unknown fails.
func Require(name string, q ...Requirement) Clause {
	c := Clause{name: name, outcome: report.Fail, unknown: report.Fail, demands: slices.Clone(q)}
	if len(q) == 0 {
		c.err = errors.New("no requirement")
	}
	return c
}

// OnUnknown says what an unknown answer does: [report.Pass], [report.Warn] or [report.Fail].
func (c Clause) OnUnknown(o report.Outcome) Clause {
	if c.unknown = o; o < report.Pass || o > report.Fail {
		c.err = fmt.Errorf("OnUnknown: outcome %q; pass, warn or fail is wanted", o.String())
	}
	return c
}

// NotWaivable makes waivers, comments in the source and other suppressions
// powerless against the clause. A waiver does not suppress what the clause
// objects to.
func (c Clause) NotWaivable() Clause {
	c.strict = true
	return c
}

// Name returns the name that the clause has in reasons.
func (c Clause) Name() string { return c.name }

// Err says what is malformed, or nil.
func (c Clause) Err() error {
	switch {
	case c.err != nil:
		return c.err
	case strings.TrimSpace(c.name) == "":
		return errors.New("no name")
	case slices.Contains([]string{inComplete, inWaivers, inScope, inSuppressed, inBaseline}, c.name):
		return fmt.Errorf("the name %q is taken by the gate itself", c.name)
	case c.demands == nil:
		return c.when.Err()
	}
	for _, q := range c.demands {
		if err := q.Err(); err != nil {
			return err
		}
	}
	return nil
}

// String is the clause in words: "fail new-high: new and severity ≥ high; unknown warns".
func (c Clause) String() string {
	text := c.when.text
	if c.demands != nil {
		parts := make([]string, len(c.demands))
		for i, q := range c.demands {
			parts[i] = q.text
		}
		text = "require " + strings.Join(parts, " and ")
	}
	text = c.outcome.String() + " " + c.name + ": " + text + "; unknown " + map[report.Outcome]string{report.Pass: "passes", report.Warn: "warns", report.Fail: "fails"}[c.unknown]
	if c.strict {
		text += "; not waivable"
	}
	return text
}

// asks evaluates the clause for a finding. Requirements have no say about findings.
func (c *Clause) asks(in *Input) (Truth, report.Outcome) {
	if c.demands != nil {
		return False, report.Pass
	}
	switch t := c.when.eval(in); t {
	case True:
		return True, c.outcome
	case False:
		return False, report.Pass
	}
	return Unknown, c.unknown
}

// The names of reasons that no clause gives.
const (
	inComplete   = "complete"
	inWaivers    = "waivers"
	inScope      = "scope"
	inSuppressed = "suppressed"
	inBaseline   = "baseline"
)
