package secrets

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/glob"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets/internal/engine"
)

// A ruleset is detectors, compiled.
type ruleset struct {
	detectors []*detector
	engine    *engine.Set
}

type detector struct {
	Detector
	group int // the group named "secret"; zero if there is none
	paths glob.Set
	near  func() *regexp.Regexp // compiled when first needed; nil without Near
}

// compile compiles detectors and tests those that are not ours.
func compile(ds []Detector) (*ruleset, error) {
	rs := &ruleset{}
	patterns := make([]string, len(ds))
	for i, d := range ds {
		c, err := newDetector(d)
		if err != nil {
			return nil, err
		}
		rs.detectors = append(rs.detectors, c)
		patterns[i] = d.Pattern
	}
	var err error
	if rs.engine, err = engine.Compile(patterns); err != nil {
		e := err.(*engine.PatternError)
		return nil, fmt.Errorf("detector %s: Pattern: %w", ds[e.Index].Rule.ID, err)
	}
	var errs errlist.List
	for i, d := range rs.detectors {
		if d.shipped != d.Pattern {
			errs.Add(rs.try(i))
		}
	}
	return rs, errs.Err()
}

func newDetector(d Detector) (*detector, error) {
	c := &detector{Detector: d}
	r := &c.Rule
	if r.Kind == "" {
		r.Kind = report.KindSecret
	}
	if r.Severity == report.Unrated {
		r.Severity = report.High
	}
	if r.Confidence == report.ConfidenceUnknown {
		r.Confidence = report.ConfidenceHigh
	}
	if r.CWEs == nil {
		r.CWEs = []int{798}
	}
	if c.Within == 0 {
		c.Within = defaultWithin
	}
	re, err := syntax.Parse(d.Pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("detector %s: Pattern: %w", r.ID, err)
	}
	c.group = max(0, slices.Index(re.CapNames(), "secret"))
	if c.paths, err = glob.CompileAll(d.Paths); err != nil {
		return nil, fmt.Errorf("detector %s: Paths: %w", r.ID, err)
	}
	if d.Near != "" {
		c.near = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(d.Near) })
	}
	return c, nil
}

// try tests a detector with its own examples, in a file that it looks at.
func (rs *ruleset) try(i int) error {
	d := rs.detectors[i]
	found := func(text string) bool {
		f := rs.newFinder()
		defer f.close()
		for _, h := range f.find(place{}, []byte(text), 0, len(text)).all {
			if h.detector == d {
				return true
			}
		}
		return false
	}
	var errs errlist.List
	for n, e := range d.Examples {
		if !found(e) {
			errs.Addf("detector %s: Examples[%d] is not found: it does not match, or looks like a placeholder", d.Rule.ID, n)
		}
	}
	for n, e := range d.Counter {
		if found(e) {
			errs.Addf("detector %s: Counter[%d] is found", d.Rule.ID, n)
		}
	}
	return errs.Err()
}

// secret returns where the secret is in a match.
func (d *detector) secret(loc []int) (start, end int) {
	if g := 2 * d.group; g > 0 && loc[g] >= 0 {
		return loc[g], loc[g+1]
	}
	if d.group == 0 {
		for g := 2; g < len(loc); g += 2 {
			if loc[g] >= 0 {
				return loc[g], loc[g+1]
			}
		}
	}
	return loc[0], loc[1]
}
