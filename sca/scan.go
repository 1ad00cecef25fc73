package sca

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// Options configure a Scanner. The zero value is ready, and says of every
// ecosystem that it finds that a database is missing.
type Options struct {
	Database  Database      // nil means none: the components of each ecosystem that OSV knows are a gap
	Inventory *sbom.Scanner // what is there; nil means sbom.New(sbom.Options{})
}

// A Scanner matches components with advisories. It is immutable and safe for concurrent use.
type Scanner struct {
	db        Database
	inventory *sbom.Scanner
}

// New returns a scanner.
func New(o Options) (*Scanner, error) {
	s := &Scanner{o.Database, o.Inventory}
	if s.inventory == nil {
		var err error
		if s.inventory, err = sbom.New(sbom.Options{}); err != nil {
			return nil, fmt.Errorf("Options.Inventory: %w", err)
		}
	}
	return s, nil
}

// Name implements [report.Scanner].
func (s *Scanner) Name() string { return "sca" }

// Config implements [report.Memo]: what the inventory and the databases
// depend on. It is empty if one of them does not say.
func (s *Scanner) Config() string {
	inventory := s.inventory.Config()
	if inventory == "" {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", inventory)
	if s.db != nil {
		info := s.db.Info()
		if len(info.Data) == 0 {
			return ""
		}
		for _, d := range info.Data {
			if d.Version == "" {
				return ""
			}
			fmt.Fprintf(h, "%q %q\n", d.Name, d.Version)
		}
		fmt.Fprintf(h, "%q %q\n", info.Ecosystems, info.Partial)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// Match yields the findings about components, in the order of their packages.
// It reads nothing but the database, and changes no component. A
// *report.Error is a gap: an ecosystem without a database, a broken record, a version
// that cannot be compared. Any other error is the last pair.
func (s *Scanner) Match(ctx context.Context, components []*report.Component) iter.Seq2[*report.Finding, error] {
	return func(yield func(*report.Finding, error) bool) {
		m := newMatcher(s.db, components)
		gaps, _ := coverage(s.db, m.info, components)
		if m.relevant {
			gaps = append(gaps, m.info.Gaps...)
		}
		for _, g := range gaps {
			if !yield(nil, g) {
				return
			}
		}
		graph := newGraph(components)
		for o, err := range m.run(ctx) {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case o.gap != nil:
				if !yield(nil, o.gap) {
					return
				}
			case o.finding != nil:
				o.finding.Via = graph.path(o.component)
				if !yield(o.finding, nil) {
					return
				}
			}
		}
	}
}

// Scan implements [report.Scanner]: the inventory of t, and what is known
// about it. Within a run the inventory is made once for the sbom scanner and
// this one. The report has its components and its gaps, since what was not
// inventoried was not matched either.
func (s *Scanner) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	inventory, err := s.inventory.Scan(ctx, t)
	if err != nil && (inventory == nil || !errors.Is(err, report.ErrIncomplete)) {
		return inventory, err
	}
	c := report.NewCollector(s.Name(), t)
	c.Rules(rules()...)
	for n := range inventory.Gaps() {
		c.Gap(&report.Error{Op: n.Op, Path: n.Path, Line: n.Line, Err: errors.New(n.Message)})
	}
	c.AddComponents(clones(inventory.Components)...)
	fatal := s.match(ctx, t, c, inventory.Components)
	rep, err := c.Report()
	if fatal != nil {
		return rep, fatal
	}
	return rep, err
}

func (s *Scanner) match(ctx context.Context, t *report.Target, c *report.Collector, components []*report.Component) error {
	m := newMatcher(s.db, components)
	gaps, notes := coverage(s.db, m.info, components)
	if m.relevant {
		c.Data(m.info.Data...)
		gaps = append(gaps, m.info.Gaps...)
	}
	if m.matched > 0 {
		c.Examined("components", m.matched)
	}
	for _, g := range gaps {
		c.Gap(g)
	}
	note := func(n *report.Notice) { c.Note(n.Op, n.Path, n.Message) }
	for i := range notes {
		note(&notes[i])
	}
	m.progress = func(done, total int) {
		t.Progress(report.Progress{Scanner: s.Name(), Phase: "match", Done: int64(done), Total: int64(total)})
	}
	graph := newGraph(components)
	for o, err := range m.run(ctx) {
		switch {
		case err != nil:
			return err
		case o.gap != nil:
			c.Gap(o.gap)
		case o.note != nil:
			note(o.note)
		case o.finding != nil:
			o.finding.Via = graph.path(o.component)
			c.Add(o.finding)
		}
	}
	return nil
}

// clones copies components for the report of this scan: those of the
// inventory are shared, and a collector changes what it is given.
func clones(components []*report.Component) []*report.Component {
	out := make([]*report.Component, len(components))
	for i, c := range components {
		d := *c
		d.DependsOn, d.Found = slices.Clone(c.DependsOn), slices.Clone(c.Found)
		out[i] = &d
	}
	return out
}
