package sca

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

const (
	maxRecord   = 16 << 20 // bytes of one record; the largest of osv.dev have about 3 MB
	maxFile     = 64 << 20 // bytes of a .json file, which may hold a list of records
	maxManifest = 1 << 20
	maxTotal    = 8 << 30 // bytes of all records, unpacked; osv.dev has about 3 GB
	batchBytes  = 1 << 20 // of records parsed at a time
)

// A loader reads a database into an index.
type loader struct {
	name     string // as the caller wrote it
	data     report.Data
	declared []string // ecosystems that a manifest or a layout vouches for
	build    *builder
	sum      hash.Hash
	left     int64 // bytes that may still be unpacked; below zero nothing more is read

	batch     []rawRecord
	batchSize int
	ready     [][]rawRecord // batches to parse side by side
}

// A rawRecord is a record that is not parsed yet.
type rawRecord struct {
	path string
	line int // zero: the file is one record
	data []byte
}

func newLoader(name string) *loader {
	return &loader{name: name, data: report.Data{Name: path.Base(name)}, build: newBuilder(), sum: sha256.New(), left: maxTotal}
}

func (l *loader) gap(op, path string, err error) {
	l.build.gap(&report.Error{Op: op, Path: path, Err: err})
}

// partial keeps an error that concerns a part and returns any other.
func (l *loader) partial(err error, prefix string) error {
	e, ok := errors.AsType[*report.Error](err)
	if !ok {
		return err
	}
	g := *e
	g.Path = prefix + g.Path
	l.build.gap(&g)
	return nil
}

// finish parses what is left. A database without a record is an error, unless
// it says itself what it covers or its records were there but broken.
func (l *loader) finish(ctx context.Context) (*Index, error) {
	if err := l.flush(ctx, true); err != nil {
		return nil, fmt.Errorf("opening advisories %s: %w", l.name, err)
	}
	l.data.Version = fmt.Sprintf("sha256:%x", l.sum.Sum(nil))
	x, err := l.build.finish(l.data, l.declared)
	if err != nil {
		return nil, err
	}
	if len(x.info.Ecosystems) == 0 && len(x.info.Gaps) == 0 {
		return nil, fmt.Errorf("opening advisories %s: no OSV record in it", l.name)
	}
	return x, nil
}

// file loads a .json, .jsonl or gzipped file, called display in messages.
// What is wrong with it is a gap.
func (l *loader) file(ctx context.Context, fsys fs.FS, name, display string) error {
	if l.left < 0 {
		return nil
	}
	err := l.readFile(ctx, fsys, name, display)
	if err == nil || ctx.Err() != nil {
		return err
	}
	cause := err
	op := report.OpRead
	if e, ok := errors.AsType[*report.Error](err); ok {
		op, cause = e.Op, e.Err
	}
	l.gap(op, display, cause)
	return nil
}

func (l *loader) readFile(ctx context.Context, fsys fs.FS, name, display string) error {
	plain := strings.TrimSuffix(name, ".gz")
	if strings.HasSuffix(plain, ".json") {
		if plain != name {
			if _, err := fs.Stat(fsys, plain); err == nil {
				return nil // served in both forms
			}
		}
		data, err := walk.Read(ctx, fsys, name, maxFile)
		if err != nil {
			return err
		}
		if plain != name {
			if data, err = gunzip(data, maxFile); err != nil {
				return err
			}
		}
		return l.document(ctx, display, data)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return walk.Cause(err)
	}
	defer f.Close()
	var r io.Reader = f
	if plain != name {
		z, err := gzip.NewReader(bufio.NewReader(f))
		if err != nil {
			return err
		}
		r = z
	}
	return l.lines(ctx, display, r)
}

func gunzip(data []byte, max int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, max+1))
	if err == nil && int64(len(out)) > max {
		err = walk.TooLarge("", max)
	}
	return out, err
}

// spend counts bytes. What is over the limit ends the reading, which is a gap.
func (l *loader) spend(path string, n int64) {
	if l.left < 0 {
		return
	}
	if l.left -= n; l.left < 0 {
		l.gap(report.OpLimit, path, errors.New("the database is too large from here on: use fewer ecosystems in one"))
	}
}

// record takes a record, to be parsed with others.
func (l *loader) record(ctx context.Context, r rawRecord) error {
	if len(r.data) > maxRecord {
		l.build.gap(&report.Error{Op: report.OpLimit, Path: r.path, Line: r.line, Err: walk.TooLarge("", maxRecord).Err})
		return nil
	}
	if l.spend(r.path, int64(len(r.data))); l.left < 0 {
		return nil
	}
	fmt.Fprintf(l.sum, "%d:", len(r.data))
	l.sum.Write(r.data)
	l.batch = append(l.batch, r)
	if l.batchSize += len(r.data); l.batchSize < batchBytes {
		return nil
	}
	return l.flush(ctx, false)
}

// flush parses batches side by side and indexes their records in order.
func (l *loader) flush(ctx context.Context, last bool) error {
	if len(l.batch) > 0 {
		l.ready = append(l.ready, l.batch)
		l.batch, l.batchSize = nil, 0
	}
	if !last && len(l.ready) < work.Width(0) {
		return nil
	}
	parsed := make([][]parsedRecord, len(l.ready))
	work.Each(len(l.ready), 0, func(i int) {
		for _, r := range l.ready[i] {
			if ctx.Err() != nil {
				return
			}
			parsed[i] = append(parsed[i], parseRecord(r))
		}
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, batch := range parsed {
		for _, p := range batch {
			if p.err != nil {
				l.build.gap(&report.Error{Op: report.OpParse, Path: p.path, Line: p.line, Err: p.err})
			}
			if p.advisory == nil {
				continue
			}
			if len(l.build.x.records) == maxRecords {
				l.spend(p.path, l.left+1)
				break
			}
			if err := l.build.add(p.advisory, p.data); err != nil {
				return err
			}
		}
	}
	l.ready = nil
	return nil
}

type parsedRecord struct {
	rawRecord
	advisory *Advisory
	err      error
}

func parseRecord(r rawRecord) parsedRecord {
	a, err := ParseAdvisory(r.data)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok && r.line == 0 {
		before := r.data[:min(max(e.Offset, 0), int64(len(r.data)))]
		r.line = 1 + bytes.Count(before, []byte{'\n'})
	}
	if a != nil {
		a.Origin = r.path
		if r.line > 0 {
			a.Origin = fmt.Sprintf("%s:%d", r.path, r.line)
		}
	}
	return parsedRecord{r, a, err}
}
