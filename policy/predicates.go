package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// AtLeast asks whether the severity of a finding, or else of its rule, is s or
// worse. If neither is rated it is unknown. [report.Unrated] is malformed.
func AtLeast(s report.Severity) Predicate {
	p := leaf("severity ≥ "+s.String(), "severity", func(in *Input) Truth {
		if have := in.severity(); have != report.Unrated {
			return truth(have >= s)
		}
		return Unknown
	})
	if s == report.Unrated || s > report.Critical {
		p.err = fmt.Errorf("AtLeast: %q is no severity", s.String())
	}
	return p
}

// Sure asks whether the confidence is c or better. If the scanner did not
// state one it is unknown. [report.ConfidenceUnknown] is malformed.
func Sure(c report.Confidence) Predicate {
	p := leaf("confidence ≥ "+c.String(), "confidence", func(in *Input) Truth {
		if have := in.confidence(); have != report.ConfidenceUnknown {
			return truth(have >= c)
		}
		return Unknown
	})
	if c == report.ConfidenceUnknown || c > report.ConfidenceCertain {
		p.err = fmt.Errorf("Sure: %q is no confidence", c.String())
	}
	return p
}

// IsNew asks whether the finding was not in the baseline. Without a baseline,
// the gate's or one that the report was compared with before, it is unknown.
// Where it keeps a secret or malware from counting, the verdict says so.
func IsNew() Predicate {
	p := leaf("new", "baseline", func(in *Input) Truth {
		if in.Finding.Baseline == "" {
			return Unknown
		}
		return truth(in.Finding.Baseline == report.BaselineNew)
	})
	p.baseline = true
	return p
}

// OnLines asks whether the finding, or a step of its flows, lies on the lines
// l ([report.Lines.Covers]). For a finding without a path it is unknown. Nil
// lines are malformed: they would let everything pass where a diff could not be made.
func OnLines(l report.Lines) Predicate {
	lines := make(report.Lines, len(l))
	var def strings.Builder
	for path, ranges := range l {
		lines[path] = slices.Clone(ranges)
	}
	for _, path := range sortedKeys(lines) {
		fmt.Fprintf(&def, "%d:%s%v", len(path), path, lines[path])
	}
	p := leaf("on the lines that changed", "path", func(in *Input) Truth {
		if lines.Covers(in.Finding) {
			return True
		}
		return truthIf(in.Finding.Location.Path != "", false)
	})
	p.def = "lines " + digest(def.String())
	if l == nil {
		p.err = fmt.Errorf("OnLines: nil lines")
	}
	return p
}

// truthIf is b where it is known.
func truthIf(known, b bool) Truth {
	if !known {
		return Unknown
	}
	return truth(b)
}

var kinds = []report.Kind{report.KindCode, report.KindDependency, report.KindMalware, report.KindSecret, report.KindConfig,
	report.KindLicense, report.KindDynamic, report.KindThreat, report.KindEvent}

// IsKind asks whether the finding, or else its rule, is of one of the kinds.
// Without a kind it is unknown.
func IsKind(k ...report.Kind) Predicate {
	k = slices.Clone(k)
	p := leaf("kind "+alternatives(k), "kind", func(in *Input) Truth {
		have := in.kind()
		return truthIf(have != "", slices.Contains(k, have))
	})
	if len(k) == 0 {
		p.err = fmt.Errorf("IsKind: no kind")
	}
	for _, kind := range k {
		if !slices.Contains(kinds, kind) {
			p.err = fmt.Errorf("IsKind: unknown kind %q", string(kind))
		}
	}
	return p
}

// IsRule asks whether the id of the rule matches a glob, such as "sast/*".
func IsRule(globs ...string) Predicate {
	return matching("IsRule", "rule", globs, compilePattern, func(in *Input, p patterns) Truth {
		return truth(p.match(in.Finding.Rule))
	})
}

// InPath asks whether the path of the finding matches a glob. "*" and "?" stay
// within one element, "**" is any number of them, and a pattern without a slash
// matches the last one. A finding without a path is in none.
func InPath(globs ...string) Predicate {
	return matching("InPath", "path", globs, compilePattern, func(in *Input, p patterns) Truth {
		path := in.Finding.Location.Path
		return truth(path != "" && p.match(path))
	})
}

// InSubject asks whether the name of the subject matches a glob.
func InSubject(globs ...string) Predicate {
	return matching("InSubject", "subject", globs, compilePattern, func(in *Input, p patterns) Truth {
		return truth(p.match(in.Finding.Subject))
	})
}

func matching(name, word string, globs []string, compile func(string) (*pattern, error), eval func(*Input, patterns) Truth) Predicate {
	set, err := compilePatterns(globs, compile)
	p := leaf(word+" "+alternatives(globs), word, func(in *Input) Truth { return eval(in, set) })
	p.def = fmt.Sprintf("%s %q", word, globs)
	if err != nil {
		p.err = fmt.Errorf("%s: %w", name, err)
	}
	return p
}

// HasCWE asks whether the finding, or else its rule, has one of the CWE
// numbers. If neither names any it is unknown.
func HasCWE(ids ...int) Predicate {
	ids = slices.Clone(ids)
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "CWE-" + strconv.Itoa(id)
	}
	p := leaf(alternatives(names), "CWE", func(in *Input) Truth {
		have := in.Finding.CWEs
		if len(have) == 0 {
			have = in.Rule.CWEs
		}
		return truthIf(len(have) > 0, slices.ContainsFunc(have, func(id int) bool { return slices.Contains(ids, id) }))
	})
	if len(ids) == 0 || slices.Min(ids) <= 0 {
		p.err = fmt.Errorf("HasCWE: numbers from one are wanted, got %v", ids)
	}
	return p
}

// HasControl asks whether the finding, or else its rule, is mapped to one of
// the controls. A control without a version is that of any version. If neither
// names any control it is unknown.
func HasControl(c ...report.Control) Predicate {
	c = slices.Clone(c)
	names := make([]string, len(c))
	for i, k := range c {
		names[i] = strings.Join(strings.Fields(k.Framework+" "+k.Version+" "+k.ID), " ")
	}
	p := leaf("control "+alternatives(names), "controls", func(in *Input) Truth {
		have := in.Finding.Controls
		if len(have) == 0 {
			have = in.Rule.Controls
		}
		return truthIf(len(have) > 0, slices.ContainsFunc(have, func(h report.Control) bool {
			return slices.ContainsFunc(c, func(k report.Control) bool {
				return h.Framework == k.Framework && h.ID == k.ID && (k.Version == "" || h.Version == k.Version)
			})
		}))
	})
	p.def = fmt.Sprintf("control %q", c)
	if len(c) == 0 || slices.ContainsFunc(c, func(k report.Control) bool { return k.Framework == "" || k.ID == "" }) {
		p.err = fmt.Errorf("HasControl: framework and id are wanted")
	}
	return p
}

// alternatives writes a list of which one is enough: "secret|code".
func alternatives[T ~string](list []T) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = string(s)
	}
	return strings.Join(parts, "|")
}
