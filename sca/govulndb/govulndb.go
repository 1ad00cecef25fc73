package govulndb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

const (
	defaultURL = "https://vuln.go.dev"
	parallel   = 8        // records fetched at a time: they are waited for, not computed
	maxFailed  = 8        // records that fail before the others are given up
	maxIndex   = 64 << 20 // bytes; the index of modules has 0.5 MB
	maxRecord  = 4 << 20  // bytes; the largest record has 0.1 MB
)

// Options configure a database. Client is needed: nothing is contacted without one.
type Options struct {
	URL    string       // of layout v1, http or https; empty means https://vuln.go.dev
	Client *http.Client // its transport, proxies and time-out are used
	Cache  report.Cache // keeps what was fetched; nil means none
}

// New returns the database, whose index it fetches. If the server does not
// give that, the database says so in [sca.Info.Gaps] and a scan reports it:
// the error is for wrong options and for a context that ended.
func New(ctx context.Context, o Options) (sca.Database, error) {
	return open(ctx, o, 250*time.Millisecond)
}

type database struct {
	*fetcher
	info    sca.Info
	modules map[string][]entry

	mu    sync.Mutex
	known map[string]*sca.Advisory
}

// An entry is a record about a module, as the index has it.
type entry struct {
	ID       string    `json:"id"`
	Modified time.Time `json:"modified"`
}

func open(ctx context.Context, o Options, pause time.Duration) (*database, error) {
	if o.Client == nil {
		return nil, errors.New("Options.Client is nil: nothing is contacted without one")
	}
	u, err := url.Parse(cmp.Or(o.URL, defaultURL))
	if err != nil {
		return nil, fmt.Errorf("Options.URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("Options.URL: %s is no http or https URL of a directory", u.Redacted())
	}
	d := &database{
		fetcher: &fetcher{base: u, client: o.Client, cache: o.Cache, pause: pause},
		info:    sca.Info{Ecosystems: []string{"Go"}},
		modules: map[string][]entry{}, known: map[string]*sca.Advisory{},
	}
	if err := d.index(ctx); err != nil {
		gap, ok := errors.AsType[*report.Error](err)
		if !ok {
			return nil, err
		}
		d.info.Gaps = append(d.info.Gaps, gap)
	}
	return d, nil
}

// index fetches how old the database is, and which records it has.
func (d *database) index(ctx context.Context) error {
	var db struct {
		Modified time.Time `json:"modified"`
	}
	if err := d.getJSON(ctx, "index/db.json", maxRecord, &db); err != nil {
		return err
	}
	d.info.Data = []report.Data{{Name: "Go vulnerability database", Version: db.Modified.UTC().Format(time.RFC3339), Modified: db.Modified}}
	var modules []struct {
		Path  string  `json:"path"`
		Vulns []entry `json:"vulns"`
	}
	if err := d.getJSON(ctx, "index/modules.json", maxIndex, &modules); err != nil {
		return err
	}
	for _, m := range modules {
		d.modules[m.Path] = append(d.modules[m.Path], m.Vulns...)
	}
	return nil
}

func (d *database) getJSON(ctx context.Context, name string, limit int64, v any) error {
	data, err := d.get(ctx, name, limit, time.Time{})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return &report.Error{Op: report.OpParse, Path: d.url(name), Err: err}
	}
	return nil
}

// Info implements [sca.Database].
func (d *database) Info() sca.Info { return d.info }

var errGivenUp = errors.New("given up after other records could not be fetched")

// Lookup implements [sca.Database].
func (d *database) Lookup(ctx context.Context, pkgs []sca.Package) ([][]*sca.Advisory, error) {
	wanted := map[string]entry{}
	for _, p := range pkgs {
		for _, e := range d.entries(p) {
			wanted[e.ID] = e
		}
	}
	type fetched struct {
		id       string
		advisory *sca.Advisory
		err      error
	}
	var failed atomic.Int32
	got := map[string]*sca.Advisory{}
	var problems errlist.List
	skipped := 0
	for f := range work.Map(ctx, parallel, slices.Values(slices.Sorted(maps.Keys(wanted))), func(ctx context.Context, id string) fetched {
		if failed.Load() >= maxFailed {
			return fetched{id: id, err: errGivenUp}
		}
		a, err := d.record(ctx, wanted[id])
		if err != nil && a == nil {
			failed.Add(1)
		}
		return fetched{id, a, err}
	}) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if f.err == errGivenUp {
			skipped++
		} else {
			problems.Add(f.err)
		}
		got[f.id] = f.advisory
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if skipped > 0 {
		problems.Add(&report.Error{Op: report.OpRead, Path: d.url("ID"), Err: fmt.Errorf("%d more records not fetched: %w", skipped, errGivenUp)})
	}
	out := make([][]*sca.Advisory, len(pkgs))
	for i, p := range pkgs {
		for _, e := range d.entries(p) {
			if a := got[e.ID]; a != nil && !slices.Contains(out[i], a) {
				out[i] = append(out[i], a)
			}
		}
	}
	return out, problems.Err()
}

func (d *database) entries(p sca.Package) []entry {
	if base, _, _ := strings.Cut(p.Ecosystem, ":"); base != "Go" {
		return nil
	}
	return d.modules[p.Name]
}

// record returns a record, fetched once. A broken one comes with an error and
// what is left of it, or nil.
func (d *database) record(ctx context.Context, e entry) (*sca.Advisory, error) {
	name := "ID/" + e.ID + ".json"
	if strings.Trim(strings.ToUpper(e.ID), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" || e.ID == "" {
		return nil, &report.Error{Op: report.OpParse, Path: d.url("index/modules.json"), Err: fmt.Errorf("%q is no id of a record", e.ID)}
	}
	d.mu.Lock()
	a := d.known[e.ID]
	d.mu.Unlock()
	if a != nil {
		return a, nil
	}
	data, err := d.get(ctx, name, maxRecord, e.Modified)
	if err != nil {
		return nil, err
	}
	a, err = sca.ParseAdvisory(data)
	if err != nil {
		err = &report.Error{Op: report.OpParse, Path: d.url(name), Err: err}
	}
	if a != nil {
		a.Origin = d.url(name)
	}
	if err == nil {
		d.mu.Lock()
		d.known[e.ID] = a
		d.mu.Unlock()
	}
	return a, err
}
