package sast

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/report"
)

// home is where the manual of the rules is, which is made of [Rules].
const home = "https://github.com/merlonsec/merlon/blob/main/sast/RULES.md#"

// A check is one rule with what finds it.
type check struct {
	rule     report.Rule
	analyzer func(report.Rule, *analysis.Analyzer) *analysis.Analyzer // the second one is the taint engine
}

// checks lists the rules of this package by id.
func checks() []check {
	return []check{
		{commandInjectionRule(), newCommandInjection},
		{serverTimeoutsRule(), newServerTimeouts},
		{sqlInjectionRule(), newSQLInjection},
		{tlsVerifyRule(), newTLSVerify},
	}
}

// Recommended returns the analyzers that earned their place on real code, in
// order of name, made anew at each call: two sets share nothing.
func Recommended() []*analysis.Analyzer {
	engine, err := taint.New()
	if err != nil {
		panic(err) // the tables of this module, which a test reads
	}
	var list []*analysis.Analyzer
	for _, c := range checks() {
		list = append(list, c.analyzer(c.rule, engine))
	}
	return list
}

// Rules returns the rules of this package's analyzers, by id. Rule
// "sast/NAME" is that of the analyzer NAME.
func Rules() []report.Rule {
	var rules []report.Rule
	for _, c := range checks() {
		rules = append(rules, c.rule)
	}
	return rules
}

// analyzerName is the name of the analyzer of a rule.
func analyzerName(rule string) string { return strings.TrimPrefix(rule, "sast/") }

// newAnalyzer returns an analyzer for a rule that reports what find finds.
func newAnalyzer(rule report.Rule, find func(*analysis.Pass, *problems) error, requires ...*analysis.Analyzer) *analysis.Analyzer {
	name := analyzerName(rule.ID)
	return &analysis.Analyzer{
		Name:       name,
		Doc:        strings.ToLower(rule.Title[:1]) + rule.Title[1:] + "\n\n" + rule.Help,
		URL:        rule.URL,
		Requires:   slices.Clone(requires),
		ResultType: problemsType,
		Run: func(pass *analysis.Pass) (any, error) {
			ps := &problems{rule: rule.ID, pass: pass}
			if err := find(pass, ps); err != nil {
				return nil, err
			}
			return ps, nil
		},
	}
}
