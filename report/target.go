package report

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/merlonsec/merlon/internal/glob"
)

// A Target is something to scan: a subject and the tree that it consists of.
// Directory, staged files, revision, image, document, handler: all are targets.
type Target struct {
	Subject Subject
	FS      fs.FS    // never nil; empty for what has no files
	Dir     string   // the directory behind FS, absolute; empty if there is none
	Origin  any      // what FS was made from, such as a *container.Image; nil if nothing
	Only    Lines    // report findings on these lines only; nil means all
	Include []string // globs of what to examine, such as one service of a monorepo; nil means all
	Exclude []string // globs of what not to examine, or directories of it

	run   *run // of the Runner; nil outside a run
	close func() error
}

// OpenDir returns a target for a directory. Its subject is named so that the
// name is the same on every machine: after the origin in .git/config as
// host/path with the sub-path below the repository's root, else after the
// module in go.mod, else after the directory. A local origin does not count.
// Nothing outside dir is reachable through the target, links included.
func OpenDir(dir string) (*Target, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		if info, serr := os.Stat(abs); serr == nil && !info.IsDir() {
			return nil, fmt.Errorf("opening %s: not a directory", dir)
		}
		return nil, fmt.Errorf("opening %s: %w", dir, cause(err))
	}
	s := Subject{Kind: "directory"}
	s.Name, s.Version = nameDir(abs, root.FS())
	return &Target{Subject: s, FS: root.FS(), Dir: abs, close: root.Close}, nil
}

// cause strips the path of a *fs.PathError, for messages that name it already.
func cause(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}

// NewTarget returns a target for a tree in memory.
func NewTarget(name string, fsys fs.FS) *Target {
	return &Target{Subject: Subject{Name: name}, FS: fsys}
}

// With returns a target for another tree of the same subject in the same run.
// What is shared by the scanners of the run is not shared with it.
func (t *Target) With(fsys fs.FS) *Target {
	u := *t
	u.FS, u.Dir, u.close = fsys, "", nil
	if t.run != nil {
		u.run = &run{Runner: t.run.Runner, progressed: t.run.progressed}
	}
	return &u
}

// OnClose makes Close call f, for targets that hold a file or a process open.
func (t *Target) OnClose(f func() error) { t.close = f }

// Close releases what is behind t. Closing a target that holds nothing is no error.
func (t *Target) Close() error {
	if t.close == nil {
		return nil
	}
	return t.close()
}

// Logger returns the run's logger; it discards outside a run.
func (t *Target) Logger() *slog.Logger {
	if t.run == nil || t.run.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return t.run.Logger
}

// Progress tells the run how far the scan is. It does nothing outside a run.
func (t *Target) Progress(p Progress) {
	if t.run != nil {
		if p.Subject == "" {
			p.Subject = t.Subject.Name
		}
		t.run.progress(p)
	}
}

// Cache returns the run's cache; outside a run, and in one without a cache, it holds nothing.
func (t *Target) Cache() Cache {
	if t.run == nil || t.run.Cache == nil {
		return noCache{}
	}
	return t.run.Cache
}

// Covers reports whether Include and Exclude let name be examined. [Runner.Run]
// hides what they do not cover from FS; a scanner that looks at Dir itself asks here.
// A pattern that does not compile covers nothing.
func (t *Target) Covers(name string) bool {
	v, err := newView(t.FS, t.Include, t.Exclude)
	return err == nil && v.covers(name)
}

// Share returns what make makes, made once for all scanners of a run that ask
// with an equal key: a listing, an inventory, loaded packages. The key is a
// value of an unexported type. Outside a run it calls make. If make ends
// because the context of the scanner that called it did, another one makes it anew.
func Share[T any](ctx context.Context, t *Target, key any, make func(context.Context) (T, error)) (T, error) {
	if t.run == nil {
		return make(ctx)
	}
	v, err := t.run.share(ctx, key, func() (any, error) { return make(ctx) })
	u, _ := v.(T)
	return u, err
}

// An Annotator is an Origin that knows more about places in its tree: the
// layer, the commit. The Collector asks it about every finding and component.
type Annotator interface {
	AnnotateFinding(*Finding)
	AnnotateComponent(*Component)
}

// compileGlobs names the field of a pattern that is wrong.
func compileGlobs(field string, patterns []string) (glob.Set, error) {
	set, err := glob.CompileAll(patterns)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	return set, nil
}
