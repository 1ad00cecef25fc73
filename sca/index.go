package sca

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// An Index is a database in memory, made by [Open] or [OpenFS]. It is
// immutable and safe for concurrent use.
type Index struct {
	info    Info
	records []indexed
	byKey   map[pkgKey][]uint32 // numbers of records, ascending
	store   store
}

type indexed struct {
	ref
	origin string
}

// Info implements [Database].
func (x *Index) Info() Info { return x.info }

// Len returns the number of records, withdrawn ones included.
func (x *Index) Len() int { return len(x.records) }

// Close releases what the index holds. It is not needed today, as all is in
// memory, but callers should not have to know.
func (x *Index) Close() error { return nil }

// Lookup implements [Database].
func (x *Index) Lookup(ctx context.Context, pkgs []Package) ([][]*Advisory, error) {
	wanted := map[uint32]*Advisory{}
	for _, p := range pkgs {
		for _, n := range x.byKey[keyOf(p.Ecosystem, p.Name)] {
			wanted[n] = nil
		}
	}
	if err := x.load(ctx, wanted); err != nil {
		return nil, err
	}
	out := make([][]*Advisory, len(pkgs))
	for i, p := range pkgs {
		for _, n := range x.byKey[keyOf(p.Ecosystem, p.Name)] {
			if a := wanted[n]; a != nil {
				out[i] = append(out[i], a)
			}
		}
	}
	return out, nil
}

// load reads the records of the given numbers, each block once.
func (x *Index) load(ctx context.Context, wanted map[uint32]*Advisory) error {
	numbers := make([]uint32, 0, len(wanted))
	for n := range wanted {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers) // which sorts by block too
	blocks := func(yield func([]uint32) bool) {
		for len(numbers) > 0 {
			n := 1
			for n < len(numbers) && x.records[numbers[n]].block == x.records[numbers[0]].block {
				n++
			}
			if !yield(numbers[:n]) {
				return
			}
			numbers = numbers[n:]
		}
	}
	type loaded struct {
		numbers    []uint32
		advisories []*Advisory
		err        error
	}
	for l := range work.Map(ctx, 0, blocks, func(ctx context.Context, numbers []uint32) loaded {
		if ctx.Err() != nil {
			return loaded{err: context.Cause(ctx)}
		}
		data, err := x.store.read(x.records[numbers[0]].block)
		if err != nil {
			return loaded{err: err}
		}
		out := loaded{numbers: numbers}
		for _, n := range numbers {
			r := x.records[n]
			a, _ := ParseAdvisory(data[r.offset : r.offset+r.size]) // what is wrong with it was said when it was indexed
			if a != nil {
				a.Origin = r.origin
			}
			out.advisories = append(out.advisories, a)
		}
		return out
	}) {
		if l.err != nil {
			return l.err
		}
		for i, n := range l.numbers {
			wanted[n] = l.advisories[i]
		}
	}
	return nil
}

const (
	maxGaps    = 100     // of one database: more of them say nothing new
	maxRecords = 4 << 20 // of one database; osv.dev has about 0.75 million
)

// A builder makes an Index of records that come in order.
type builder struct {
	x          *Index
	ecosystems map[string]bool
	now        time.Time
	newest     time.Time
	dropped    int // gaps beyond maxGaps
}

func newBuilder() *builder {
	return &builder{x: &Index{byKey: map[pkgKey][]uint32{}}, ecosystems: map[string]bool{}, now: time.Now()}
}

// gap keeps what could not be read.
func (b *builder) gap(e *report.Error) {
	if len(b.x.info.Gaps) >= maxGaps {
		b.dropped++
		return
	}
	b.x.info.Gaps = append(b.x.info.Gaps, e)
}

// add indexes a record by the packages that it names.
func (b *builder) add(a *Advisory, raw []byte) error {
	if a.Modified.After(b.newest) && a.Modified.Before(b.now) { // real records have dates to come, and would hide how old the rest is
		b.newest = a.Modified
	}
	n := uint32(len(b.x.records))
	named := false
	for i := range a.Affected {
		p := &a.Affected[i].Package
		if p.Name == "" || p.Ecosystem == "" {
			continue
		}
		named = true
		key := keyOf(p.Ecosystem, p.Name)
		if have := b.x.byKey[key]; len(have) == 0 || have[len(have)-1] != n {
			b.x.byKey[key] = append(have, n)
		}
		base, release := splitEcosystem(p.Ecosystem)
		if release != "" {
			base = p.Ecosystem
		}
		b.ecosystems[base] = true
	}
	if !named {
		return nil // of commits only: nothing here could ask for it
	}
	r, err := b.x.store.add(raw)
	if err != nil {
		return err
	}
	b.x.records = append(b.x.records, indexed{r, a.Origin})
	return nil
}

// finish completes the index. What is declared is covered as a whole, other
// ecosystems of the records in part.
func (b *builder) finish(d report.Data, declared []string) (*Index, error) {
	if err := b.x.store.seal(); err != nil {
		return nil, err
	}
	b.x.store.open, b.x.store.deflate = nil, nil
	if b.dropped > 0 {
		b.x.info.Gaps = append(b.x.info.Gaps, &report.Error{Op: report.OpParse, Path: d.Name, Err: fmt.Errorf("and %d more parts that could not be read", b.dropped)})
	}
	if d.Modified.IsZero() {
		d.Modified = b.newest
	}
	b.x.info.Data = []report.Data{d}
	b.x.info.Ecosystems = sortedSet(declared)
	for _, e := range slices.Sorted(maps.Keys(b.ecosystems)) {
		if !covers(declared, e) {
			b.x.info.Ecosystems = append(b.x.info.Ecosystems, e)
			b.x.info.Partial = append(b.x.info.Partial, e)
		}
	}
	slices.Sort(b.x.info.Ecosystems)
	return b.x, nil
}
