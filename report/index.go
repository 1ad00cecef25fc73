package report

// An Index finds the rule and the component of findings in constant time.
type Index struct {
	rules      map[[2]string]*Rule
	components map[[2]string]*Component
}

// NewIndex indexes r, which must not change while the index is used.
func NewIndex(r *Report) *Index {
	x := &Index{make(map[[2]string]*Rule, len(r.Rules)), make(map[[2]string]*Component, len(r.Components))}
	for i := range r.Rules {
		x.rules[[2]string{r.Rules[i].Scanner, r.Rules[i].ID}] = &r.Rules[i]
	}
	for _, c := range r.Components {
		x.components[[2]string{c.Subject, c.ID}] = c
	}
	return x
}

// Rule returns the rule of f. It is never nil: a rule that the report does not
// hold is one with nothing but its ID.
func (x *Index) Rule(f *Finding) *Rule {
	if r := x.rules[[2]string{f.Scanner, f.Rule}]; r != nil {
		return r
	}
	return &Rule{ID: f.Rule, Scanner: f.Scanner}
}

// Component returns the component of f, or nil.
func (x *Index) Component(f *Finding) *Component {
	if f.Component == "" {
		return nil
	}
	return x.components[[2]string{f.Subject, f.Component}]
}

// About returns a copy of r in which everything is about s: a report read from
// another tool, which does not know what the subject is called here.
func (r *Report) About(s Subject) *Report {
	c := *r
	c.Subjects = []Subject{s}
	c.Scans = append([]Scan(nil), r.Scans...)
	for i := range c.Scans {
		c.Scans[i].Subject = s.Name
	}
	c.Findings = make([]*Finding, len(r.Findings))
	for i, f := range r.Findings {
		g := *f
		g.Subject = s.Name
		c.Findings[i] = &g
	}
	c.Components = make([]*Component, len(r.Components))
	for i, p := range r.Components {
		q := *p
		q.Subject = s.Name
		c.Components[i] = &q
	}
	c.Notices = append([]Notice(nil), r.Notices...)
	for i := range c.Notices {
		c.Notices[i].Subject = s.Name
	}
	return &c
}
