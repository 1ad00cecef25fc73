package sca

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// Manifest is the name of an optional file at the top of a database, by which
// its maker says what it covers:
//
//	{"name": "mirror of osv.dev", "modified": "2026-01-31T00:00:00Z", "ecosystems": ["npm", "Debian:12"]}
//
// Without one a database is taken to cover the ecosystems of its records, in part.
const Manifest = "manifest.json"

type manifest struct {
	Name       string    `json:"name"`
	Modified   time.Time `json:"modified"`
	Ecosystems []string  `json:"ecosystems"`
}

// Open reads a local database: a directory of OSV records (*.json, *.jsonl,
// *.jsonl.gz, and zips of them, in whatever directories), one such zip or
// .jsonl file (an ecosystem's all.zip), or the Go vulnerability database as
// it is served (https://go.dev/doc/security/vuln/database, v1), as directory or zip.
//
// What cannot be read of it is in [Info.Gaps]; a scan reports that as its
// own. The error is for what holds no advisories at all. For a database over
// the network see package govulndb.
func Open(ctx context.Context, name string) (*Index, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("opening advisories: %w", err)
	}
	if !info.IsDir() {
		dir, err := os.OpenRoot(filepath.Dir(name))
		if err != nil {
			return nil, fmt.Errorf("opening advisories: %w", err)
		}
		defer dir.Close()
		l := newLoader(filepath.ToSlash(name))
		if err := l.only(ctx, dir.FS(), filepath.Base(name)); err != nil {
			return nil, fmt.Errorf("opening advisories %s: %w", name, err)
		}
		return l.finish(ctx)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("opening advisories: %w", err)
	}
	defer root.Close()
	l := newLoader(filepath.ToSlash(name))
	if err := l.tree(ctx, root.FS(), strings.TrimSuffix(l.name, "/")+"/"); err != nil {
		return nil, fmt.Errorf("opening advisories %s: %w", name, err)
	}
	return l.finish(ctx)
}

// OpenFS is Open for a directory within a tree, or a tree in memory. Paths in
// its gaps are relative to it.
func OpenFS(ctx context.Context, fsys fs.FS) (*Index, error) {
	l := newLoader("advisories")
	if err := l.tree(ctx, fsys, ""); err != nil {
		return nil, fmt.Errorf("opening advisories: %w", err)
	}
	return l.finish(ctx)
}

// only loads a database that is one file.
func (l *loader) only(ctx context.Context, fsys fs.FS, name string) error {
	if !strings.HasSuffix(name, ".zip") {
		if !readable(name) {
			return errors.New("neither a directory nor .json, .jsonl, .jsonl.gz or .zip")
		}
		return l.file(ctx, fsys, name, l.name)
	}
	z, closer, err := openZip(fsys, name)
	if err != nil {
		return err
	}
	defer closer.Close()
	l.sift(z, l.name)
	return l.tree(ctx, z, l.name+"!/")
}

// tree loads a directory or zip, whose files are called prefix and their path.
func (l *loader) tree(ctx context.Context, fsys fs.FS, prefix string) error {
	if isGoLayout(fsys) {
		return l.goLayout(ctx, fsys, prefix)
	}
	if err := l.readManifest(ctx, fsys, prefix); err != nil {
		return err
	}
	for name, err := range walk.Files(ctx, fsys, func(name, message string) {
		l.gap(report.OpRead, prefix+name, errors.New(message))
	}) {
		if err != nil {
			if err := l.partial(err, prefix); err != nil {
				return err
			}
			continue
		}
		if err := l.member(ctx, fsys, name, prefix); err != nil || l.left < 0 {
			return err
		}
	}
	return nil
}

// member loads one file of a tree.
func (l *loader) member(ctx context.Context, fsys fs.FS, name, prefix string) error {
	switch {
	case name == Manifest:
		return nil
	case readable(name):
		return l.file(ctx, fsys, name, prefix+name)
	case unreadable(name):
		l.gap(report.OpRead, prefix+name, errors.New("no form of a database that is read: unpack it"))
	case path.Ext(name) == ".zip":
		if strings.Contains(prefix, "!/") {
			l.gap(report.OpRead, prefix+name, errors.New("a zip in a zip is not read: unpack it"))
			return nil
		}
		z, closer, err := openZip(fsys, name)
		if err != nil {
			l.gap(report.OpRead, prefix+name, walk.Cause(err))
			return nil
		}
		defer closer.Close()
		l.sift(z, prefix+name)
		return l.tree(ctx, z, prefix+name+"!/")
	}
	return nil
}

// readable reports whether a file holds records, by its name.
func readable(name string) bool {
	name = strings.TrimSuffix(name, ".gz")
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".jsonl")
}

// unreadable reports whether a file may well hold records that are not read.
func unreadable(name string) bool {
	switch path.Ext(name) {
	case ".tar", ".tgz", ".gz", ".xz", ".zst", ".bz2", ".7z":
		return true
	}
	return false
}

func (l *loader) readManifest(ctx context.Context, fsys fs.FS, prefix string) error {
	data, err := walk.Read(ctx, fsys, Manifest, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return l.partial(err, prefix)
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		l.gap(report.OpParse, prefix+Manifest, err)
		return nil
	}
	l.declared = append(l.declared, m.Ecosystems...)
	if m.Name != "" {
		l.data.Name = m.Name
	}
	if m.Modified.After(l.data.Modified) {
		l.data.Modified = m.Modified
	}
	return nil
}

func openZip(fsys fs.FS, name string) (*zip.Reader, fs.File, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, walk.Cause(err)
	}
	z, err := readZip(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return z, f, nil
}
