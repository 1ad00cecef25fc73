package gatefile

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

// gate reads the key of that name.
func (r *reader) gate(n *yaml.Node) {
	o := &r.file.Gate
	o.Source = r.name
	var fail, warn []policy.Clause
	names := map[string]int{}
	var places []namedAt
	clauses := func(key string, to *[]policy.Clause, make func(string, ...policy.Predicate) policy.Clause) field {
		return unlessNull(func(n *yaml.Node) {
			*to = []policy.Clause{}
			for _, item := range r.items(n, key) {
				if c, at, ok := r.clause(item, key, make); ok {
					*to = append(*to, c)
					places = append(places, namedAt{c.Name(), at})
				}
			}
		})
	}
	r.fields(n, "gate", map[string]field{
		"allow-incomplete": unlessNull(func(n *yaml.Node) { o.AllowIncomplete, _ = r.boolean(n, "allow-incomplete") }),
		"fail":             clauses("fail", &fail, policy.Fail),
		"warn":             clauses("warn", &warn, policy.Warn),
		"waivers":          unlessNull(r.waivers),
		"longest-waiver":   unlessNull(func(n *yaml.Node) { o.LongestWaiver = r.days(n, "longest-waiver") }),
	})
	if fail == nil && warn == nil {
		return // o.Clauses stays nil, which is the default
	}
	if fail == nil {
		fail = policy.DefaultClauses()
		for _, c := range fail {
			names[c.Name()] = -1
		}
	}
	for _, p := range places {
		switch line := names[p.name]; {
		case line < 0:
			r.errorf(p.at, "name %q is that of a default clause", p.name)
		case line > 0:
			r.errorf(p.at, "name %q is that of the clause in line %d already", p.name, line)
		}
		names[p.name] = p.at.Line
	}
	o.Clauses = append(fail, warn...)
}

// namedAt is where a clause's name is written.
type namedAt struct {
	name string
	at   *yaml.Node
}

// clause reads one element of "fail" or "warn", and returns where its name is.
func (r *reader) clause(n *yaml.Node, key string, make func(string, ...policy.Predicate) policy.Clause) (c policy.Clause, at *yaml.Node, ok bool) {
	var name string
	var when []policy.Predicate
	var unknown report.Outcome
	waivable, asked := true, false
	before := r.n
	if !r.fields(n, "a clause of "+key, map[string]field{
		"name": func(n *yaml.Node) { name, _ = r.str(n, "name"); at = n },
		"when": func(n *yaml.Node) { when, asked = r.conditions(n, "when", 0), true },
		"on-unknown": func(n *yaml.Node) {
			if word, ok := choice(r, n, "on-unknown", "pass", "warn", "fail"); ok {
				unknown = map[string]report.Outcome{"pass": report.Pass, "warn": report.Warn, "fail": report.Fail}[word]
			}
		},
		"waivable": func(n *yaml.Node) {
			if b, ok := r.boolean(n, "waivable"); ok {
				waivable = b
			}
		},
	}) {
		return c, nil, false
	}
	if at == nil {
		r.errorf(n, "a clause of %s lacks its name", key)
	}
	if !asked {
		r.errorf(n, "a clause of %s lacks its condition (when)", key)
	}
	if r.n > before {
		return c, nil, false
	}
	c = make(name, when...)
	if unknown != report.Undecided {
		c = c.OnUnknown(unknown)
	}
	if !waivable {
		c = c.NotWaivable()
	}
	if err := c.Err(); err != nil {
		r.errorf(at, "clause %s: %w", name, err)
		return c, nil, false
	}
	return c, at, true
}

// maxDays bounds durations: a hundred years.
const maxDays = 36500

// days reads "90d".
func (r *reader) days(n *yaml.Node, what string) time.Duration {
	s, ok := r.str(n, what)
	if !ok {
		return 0
	}
	d, err := strconv.ParseUint(strings.TrimSuffix(s, "d"), 10, 32)
	if err != nil || !strings.HasSuffix(s, "d") || d == 0 || d > maxDays {
		r.errorf(n, "%s: days are wanted, such as 90d, got %q", what, s)
		return 0
	}
	return time.Duration(d) * 24 * time.Hour
}
