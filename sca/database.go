package sca

import (
	"context"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/report"
)

// A Database holds advisories. It is safe for concurrent use.
type Database interface {
	// Info says what the database covers, how old it is, and what of it
	// could not be read. The caller does not change it.
	Info() Info

	// Lookup returns the advisories that name each package, in the order of
	// pkgs, of whatever release of the ecosystem. An error that is or joins
	// *report.Error concerns parts, and what else was found comes with it;
	// any other error is fatal.
	Lookup(ctx context.Context, pkgs []Package) ([][]*Advisory, error)
}

// A Package is what advisories are about. Name is written as in its registry
// or differently by case and separators where the registry allows that.
type Package struct {
	Ecosystem string // "npm", "Debian:12"
	Name      string
}

// Info describes a database.
type Info struct {
	Data       []report.Data   // its sources, with their dates
	Ecosystems []string        // those covered, sorted; a component of any other is a gap. Without release: all of them
	Partial    []string        // those of Ecosystems of which only some advisories may be there
	Gaps       []*report.Error // what could not be read, with file and record
}

// Combine asks several databases and unites their answers. Nil ones count
// for nothing. It returns nil if there are none.
func Combine(dbs ...Database) Database {
	var c combined
	for _, db := range dbs {
		if db != nil {
			c = append(c, db)
		}
	}
	switch len(c) {
	case 0:
		return nil
	case 1:
		return c[0]
	}
	return c
}

type combined []Database

// Info is the union. An ecosystem is partial if it is in every database that covers it.
func (c combined) Info() (out Info) {
	var whole []string
	for _, db := range c {
		i := db.Info()
		out.Data = append(out.Data, i.Data...)
		out.Ecosystems = append(out.Ecosystems, i.Ecosystems...)
		out.Gaps = append(out.Gaps, i.Gaps...)
		out.Partial = append(out.Partial, i.Partial...)
		for _, e := range i.Ecosystems {
			if !slices.Contains(i.Partial, e) {
				whole = append(whole, e)
			}
		}
	}
	out.Ecosystems = sortedSet(out.Ecosystems)
	out.Partial = slices.DeleteFunc(sortedSet(out.Partial), func(e string) bool { return covers(whole, e) })
	return out
}

// Lookup asks each database about the packages that it covers.
func (c combined) Lookup(ctx context.Context, pkgs []Package) ([][]*Advisory, error) {
	out := make([][]*Advisory, len(pkgs))
	var problems errlist.List
	for _, db := range c {
		var ask []Package
		var place []int
		ecosystems := db.Info().Ecosystems
		for i, p := range pkgs {
			if covers(ecosystems, p.Ecosystem) {
				ask, place = append(ask, p), append(place, i)
			}
		}
		if len(ask) == 0 {
			continue
		}
		found, err := db.Lookup(ctx, ask)
		for i := range found {
			out[place[i]] = append(out[place[i]], found[i]...)
		}
		parts, fatal := splitErrors(err)
		if fatal != nil {
			return nil, fatal
		}
		for _, e := range parts {
			problems.Add(e)
		}
	}
	return out, problems.Err()
}

// splitErrors separates the gaps that err is or joins from an error of another kind.
func splitErrors(err error) (gaps []*report.Error, fatal error) {
	var inner []error
	switch e := err.(type) {
	case nil:
		return nil, nil
	case *report.Error:
		return []*report.Error{e}, nil
	case interface{ Unwrap() []error }: // errors.Join, fmt.Errorf
		inner = e.Unwrap()
	case interface{ WrappedErrors() []error }: // go-multierror
		inner = e.WrappedErrors()
	case interface{ Unwrap() error }:
		inner = []error{e.Unwrap()}
	}
	for _, one := range inner {
		g, f := splitErrors(one)
		if f != nil {
			return nil, err
		}
		gaps = append(gaps, g...)
	}
	if len(gaps) == 0 {
		return nil, err
	}
	return gaps, nil
}

func sortedSet(s []string) []string {
	s = slices.Clone(s)
	slices.SortFunc(s, strings.Compare)
	return slices.Compact(s)
}
