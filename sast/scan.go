package sast

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/report"
)

// Options configure a Scanner. The zero value runs [Recommended] on ./... of
// every module of the target, without network.
type Options struct {
	Analyzers []*analysis.Analyzer               // nil means Recommended()
	Rules     map[*analysis.Analyzer]report.Rule // what the report says about analyzers not of this package; nil: their names and docs
	Patterns  []string                           // of packages, relative to each module; nil means ./...
	Go        string                             // the go command; empty means "go" on the path
	Env       []string                           // for the go command; nil means a clean one: GOPROXY=off, GOTOOLCHAIN=local, no flags
	Download  bool                               // let the go command fetch modules, by the GOPROXY of this process; not used if Env is set
}

// A Scanner runs analyzers. It is immutable and safe for concurrent use.
type Scanner struct {
	o      Options
	rules  []report.Rule
	byName map[*analysis.Analyzer]string // rule ids
}

// New returns a scanner. Its error names analyzers that cannot run together,
// and patterns that are flags.
func New(o Options) (*Scanner, error) {
	o.Analyzers = slices.Clone(o.Analyzers)
	if o.Analyzers == nil {
		o.Analyzers = Recommended()
	}
	if err := analysis.Validate(o.Analyzers); err != nil {
		return nil, fmt.Errorf("options: Analyzers: %w", err)
	}
	for _, p := range o.Patterns {
		if p == "" || strings.HasPrefix(p, "-") {
			return nil, fmt.Errorf("options: Patterns: %q is no pattern of packages", p)
		}
	}
	o.Patterns = slices.Clone(o.Patterns)
	o.Env = slices.Clone(o.Env)
	s := &Scanner{o: o, byName: map[*analysis.Analyzer]string{}}
	own := map[string]report.Rule{}
	for _, r := range Rules() {
		own[r.ID] = r
	}
	for _, a := range o.Analyzers {
		rule, ok := o.Rules[a]
		if !ok && a.ResultType == problemsType {
			rule, ok = own["sast/"+a.Name]
		}
		if !ok {
			title, help, _ := strings.Cut(a.Doc, "\n")
			rule = report.Rule{ID: a.Name, Title: title, Help: strings.TrimSpace(help), URL: a.URL, Kind: report.KindCode}
		}
		if rule.ID == "" {
			return nil, fmt.Errorf("options: Rules: the rule of analyzer %s has no ID", a.Name)
		}
		if rule.Kind == "" {
			rule.Kind = report.KindCode
		}
		s.byName[a] = rule.ID
		s.rules = append(s.rules, rule)
	}
	return s, nil
}

func (s *Scanner) patterns() []string {
	if len(s.o.Patterns) == 0 {
		return []string{"./..."}
	}
	return s.o.Patterns
}

// Name implements [report.Scanner].
func (s *Scanner) Name() string { return "sast" }

// Scan implements [report.Scanner]. A target without a go.mod has nothing to
// examine. One with a go.mod but no Dir fails with [errors.ErrUnsupported],
// except for an image, where that is a note.
func (s *Scanner) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(s.Name(), t)
	c.Rules(s.rules...)
	mods, err := modules(ctx, t, c)
	if err != nil {
		return nil, err
	}
	if len(mods) > 0 && t.Dir == "" {
		if t.Origin == nil && t.Subject.Kind != "image" {
			return nil, fmt.Errorf("%s is not in a directory, where the go command could load packages: %w", path.Join(mods[0].dir, "go.mod"), errors.ErrUnsupported)
		}
		for _, m := range mods {
			c.Note(report.OpSkip, path.Join(m.dir, "go.mod"), "not applicable: Go code is analysed in a directory, where it can be compiled")
		}
		mods = nil
	}
	for _, m := range mods {
		r := &run{Scanner: s, t: t, c: c, m: m, dir: filepath.Join(t.Dir, filepath.FromSlash(m.dir))}
		if err := r.module(ctx); err != nil {
			rep, _ := c.Report()
			return rep, err
		}
	}
	return c.Report()
}

// env is the environment of the go command, but for GOWORK.
func (s *Scanner) env() []string {
	if s.o.Env != nil {
		return slices.Clip(slices.Clone(s.o.Env))
	}
	return slices.Clip(cleanEnv(s.o.Download))
}
