package gatefile

import (
	"errors"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

// maxNesting bounds "not" within "not".
const maxNesting = 16

// conditions reads a mapping of conditions, all of which must hold.
func (r *reader) conditions(n *yaml.Node, what string, depth int) []policy.Predicate {
	if depth > maxNesting {
		r.errorf(n, "%s: nested more than %d deep", what, maxNesting)
		return nil
	}
	w := &when{reader: r, depth: depth}
	if !r.fields(n, what, map[string]field{
		"severity":   w.severity,
		"confidence": w.confidence,
		"kind":       w.kind,
		"scope":      w.scope,
		"rule":       w.globs("rule", policy.IsRule),
		"path":       w.globs("path", policy.InPath),
		"subject":    w.globs("subject", policy.InSubject),
		"purl":       w.globs("purl", policy.IsComponent),
		"cwe":        w.cwe,
		"epss":       w.epss,
		"new":        w.flag("new", policy.IsNew),
		"exploited":  w.flag("exploited", policy.IsExploited),
		"reachable":  w.flag("reachable", policy.IsReachable),
		"fixable":    w.flag("fixable", policy.IsFixable),
		"base-image": w.flag("base-image", policy.InBaseImage),
		"not":        w.not,
	}) {
		return nil
	}
	if len(n.Content) == 0 {
		r.errorf(n, "%s: no condition", what)
	}
	return w.all
}

// when gathers the conditions of one mapping, in the order of the file.
type when struct {
	*reader
	depth int
	all   []policy.Predicate
}

// add adds a condition written at n, or what is wrong with it.
func (w *when) add(n *yaml.Node, key string, p policy.Predicate) bool {
	err := p.Err()
	if err == nil {
		w.all = append(w.all, p)
		return true
	}
	if inner := errors.Unwrap(err); inner != nil { // without the name of the Go function
		err = inner
	}
	w.errorf(n, "%s: %w", key, err)
	return false
}

func (w *when) severity(n *yaml.Node) {
	if name, ok := choice(w.reader, n, "severity", "info", "low", "medium", "high", "critical"); ok {
		s, _ := report.ParseSeverity(name)
		w.add(n, "severity", policy.AtLeast(s))
	}
}

func (w *when) confidence(n *yaml.Node) {
	if name, ok := choice(w.reader, n, "confidence", "low", "medium", "high", "certain"); ok {
		c, _ := report.ParseConfidence(name)
		w.add(n, "confidence", policy.Sure(c))
	}
}

func (w *when) kind(n *yaml.Node) {
	var kinds []report.Kind
	for _, item := range w.oneOrMore(n, "kind") {
		if k, ok := choice(w.reader, item, "kind", report.KindCode, report.KindDependency, report.KindMalware, report.KindSecret,
			report.KindConfig, report.KindLicense, report.KindDynamic, report.KindThreat, report.KindEvent); ok {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) > 0 {
		w.add(n, "kind", policy.IsKind(kinds...))
	}
}

func (w *when) scope(n *yaml.Node) {
	var scopes []report.Scope
	for _, item := range w.oneOrMore(n, "scope") {
		if s, ok := choice(w.reader, item, "scope", report.ScopeRuntime, report.ScopeDev, report.ScopeTest, report.ScopeOptional); ok {
			scopes = append(scopes, s)
		}
	}
	if len(scopes) > 0 {
		w.add(n, "scope", policy.InScopeOf(scopes...))
	}
}

// globs reads a pattern or a list of them.
func (w *when) globs(key string, make func(...string) policy.Predicate) field {
	return func(n *yaml.Node) {
		var list []string
		trial := &when{reader: w.reader}
		for _, item := range w.oneOrMore(n, key) {
			if s, ok := w.str(item, key); ok && trial.add(item, key, make(s)) {
				list = append(list, s)
			}
		}
		if len(list) > 0 {
			w.add(n, key, make(list...))
		}
	}
}

// cwe reads numbers, as 89 or "CWE-89".
func (w *when) cwe(n *yaml.Node) {
	var ids []int
	for _, item := range w.oneOrMore(n, "cwe") {
		if item.Kind != yaml.ScalarNode {
			w.wrong(item, "cwe", "a number")
			continue
		}
		id, err := strconv.ParseUint(strings.TrimPrefix(item.Value, "CWE-"), 10, 31)
		if err != nil || id == 0 {
			w.errorf(item, "cwe: %s is no number, such as 89 or CWE-89", quote(item))
			continue
		}
		ids = append(ids, int(id))
	}
	if len(ids) > 0 {
		w.add(n, "cwe", policy.HasCWE(ids...))
	}
}

func (w *when) epss(n *yaml.Node) {
	if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!float" && tag != "!!int" {
		w.wrong(n, "epss", "a number above 0 and up to 1")
		return
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || !(v > 0 && v <= 1) {
		w.errorf(n, "epss: a number above 0 and up to 1 is wanted, got %s", quote(n))
		return
	}
	w.add(n, "epss", policy.EPSS(v))
}

// flag reads true, or false for the opposite.
func (w *when) flag(key string, make func() policy.Predicate) field {
	return func(n *yaml.Node) {
		if yes, ok := w.boolean(n, key); ok && yes {
			w.add(n, key, make())
		} else if ok {
			w.add(n, key, policy.Not(make()))
		}
	}
}

// not reads conditions that must not hold all at once.
func (w *when) not(n *yaml.Node) {
	switch inner := w.conditions(n, "not", w.depth+1); len(inner) {
	case 0:
	case 1:
		w.add(n, "not", policy.Not(inner[0]))
	default:
		w.add(n, "not", policy.Not(policy.And(inner...)))
	}
}
