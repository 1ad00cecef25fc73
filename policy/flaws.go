package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/merlonsec/merlon/report"
)

// IsComponent asks whether the component of the finding matches a package URL,
// or a glob of one: "pkg:npm/lodash", "pkg:npm/lodash@4.*",
// "pkg:golang/github.com/acme/**". Version and qualifiers may be left out. A
// finding about no component is none of them; for a component without a
// package URL it is unknown.
func IsComponent(purls ...string) Predicate {
	return matching("IsComponent", "component", purls, compilePURL, func(in *Input, p patterns) Truth {
		if in.Finding.Component == "" {
			return False
		}
		return truthIf(in.Component != nil && in.Component.PURL != "", in.Component != nil && p.match(in.Component.PURL))
	})
}

// InScopeOf asks whether the component of the finding is used in one of the
// scopes. A finding about no component is in none; for a component whose scope
// is not known it is unknown.
func InScopeOf(s ...report.Scope) Predicate {
	s = slices.Clone(s)
	p := leaf("scope "+alternatives(s), "scope", func(in *Input) Truth {
		switch {
		case in.Finding.Component == "":
			return False
		case in.Component == nil || in.Component.Scope == "":
			return Unknown
		}
		return truth(slices.Contains(s, in.Component.Scope))
	})
	if len(s) == 0 {
		p.err = fmt.Errorf("InScopeOf: no scope")
	}
	all := []report.Scope{report.ScopeRuntime, report.ScopeDev, report.ScopeTest, report.ScopeOptional}
	for _, scope := range s {
		if !slices.Contains(all, scope) {
			p.err = fmt.Errorf("InScopeOf: unknown scope %q", string(scope))
		}
	}
	return p
}

// InBaseImage asks whether a layer of the base image brought the finding, or
// else its component. What is in no image is in no base image; for a finding
// in an image that names no layer it is unknown.
func InBaseImage() Predicate {
	return leaf("in the base image", "layer", func(in *Input) Truth {
		layer := in.Finding.Location.Layer
		if layer == nil && in.Component != nil {
			for i := range in.Component.Found {
				layer = cmp.Or(layer, in.Component.Found[i].Layer)
			}
		}
		if layer != nil {
			return truth(layer.Base)
		}
		if in.Subject != nil {
			switch in.Subject.Kind {
			case "directory", "repository", "document", "service":
				return False
			}
		}
		return Unknown
	})
}

// published reports whether the finding is a flaw of somebody else's software
// that catalogues can know. Flaws of one's own code are in none of them.
func (in *Input) published() bool {
	k := in.kind()
	return len(in.Finding.Advisories) > 0 || k == report.KindDependency || k == "" && in.Finding.Component != ""
}

// IsExploited asks whether the flaw is in a catalogue of exploited ones
// ([report.KEV]). It is false for what no catalogue can know, such as a
// finding in one's own code, and unknown if no catalogue was asked.
func IsExploited() Predicate {
	return leaf("exploited", "catalogue of exploited flaws (KEV)", func(in *Input) Truth {
		if kev := in.Finding.Intel.KEV; kev != nil {
			return truth(kev.Listed)
		}
		return truthIf(!in.published(), false)
	})
}

// EPSS asks whether the estimated probability of exploitation within 30 days
// is least or more, from above 0 to 1. It is false for what has no estimate by
// nature, such as a finding in one's own code, and unknown if none was looked up.
func EPSS(least float64) Predicate {
	p := leaf("EPSS ≥ "+strconv.FormatFloat(least, 'g', -1, 64), "EPSS", func(in *Input) Truth {
		if e := in.Finding.Intel.EPSS; e != nil {
			return truth(e.Score >= least)
		}
		return truthIf(!in.published(), false)
	})
	if !(least > 0 && least <= 1) {
		p.err = fmt.Errorf("EPSS: a probability above 0 and up to 1 is wanted, got %v", least)
	}
	return p
}

// IsReachable asks whether an analysis found the flaw to be reachable. It is
// unknown if none did either way.
func IsReachable() Predicate {
	return leaf("reachable", "reachability", func(in *Input) Truth {
		switch in.Finding.Reach.State {
		case report.Reachable:
			return True
		case report.NotReachable:
			return False
		}
		return Unknown
	})
}

// IsFixable asks whether those who own the subject can make the finding go
// away: a fix is at hand, a version without the flaw exists, or it is in their
// own code, configuration or secrets. It is false if a component has no version
// without the flaw, and unknown if nobody looked.
func IsFixable() Predicate {
	return leaf("fixable", "fixed versions", func(in *Input) Truth {
		f := in.Finding
		if len(f.Fixes) > 0 || len(f.FixedIn) > 0 {
			return True
		}
		if f.FixedIn != nil {
			return False
		}
		switch in.kind() {
		case report.KindCode, report.KindConfig, report.KindSecret:
			return truthIf(f.Component == "", true)
		}
		return Unknown
	})
}
