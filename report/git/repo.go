package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/gitcmd"
	"github.com/merlonsec/merlon/report"
)

// A Repo is a repository on disk. It is safe for concurrent use.
type Repo struct {
	git     *gitcmd.Git
	top     string // of the work tree, absolute; empty: bare
	subject report.Subject
}

// errBare is what asks for a work tree get of a bare repository.
var errBare = errors.New("a bare repository has no work tree")

// Open finds the repository that dir lies in, which may be bare. It fails if
// there is none, if git is not installed, or if the repository's
// configuration puts its work tree elsewhere.
func Open(ctx context.Context, dir string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening repository %s: %w", dir, err)
	}
	r := new(Repo)
	if r.git, err = gitcmd.New(abs); err != nil {
		return nil, fmt.Errorf("opening repository %s: %w", dir, err)
	}
	bare, err := r.line(ctx, "rev-parse", "--is-bare-repository")
	if err != nil {
		return nil, fmt.Errorf("opening repository %s: %w", dir, err)
	}
	gitDir, err := r.line(ctx, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, fmt.Errorf("opening repository %s: %w", dir, err)
	}
	home := gitDir
	if bare != "true" {
		if home, err = r.line(ctx, "rev-parse", "--show-toplevel"); err != nil {
			return nil, fmt.Errorf("opening repository %s: %w", dir, err)
		}
		r.top = filepath.FromSlash(home)
	}
	if r.git, err = gitcmd.New(filepath.FromSlash(home)); err != nil {
		return nil, err
	}
	// The configuration could make any directory the work tree (core.worktree).
	if again, err := r.line(ctx, "rev-parse", "--absolute-git-dir"); err != nil || again != gitDir || r.top != "" && !inside(abs, r.top) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("opening repository %s: its configuration puts the work tree in %s, which is another place", dir, home)
	}
	if r.subject, err = r.describe(ctx, home); err != nil {
		return nil, fmt.Errorf("opening repository %s: %w", dir, err)
	}
	return r, nil
}

// inside reports whether dir is top or below it, links resolved.
func inside(dir, top string) bool {
	d, err1 := filepath.EvalSymlinks(dir)
	t, err2 := filepath.EvalSymlinks(top)
	if err1 != nil || err2 != nil {
		return false
	}
	rel, err := filepath.Rel(t, d)
	return err == nil && filepath.IsLocal(rel)
}

// describe is the subject of all targets of r, without a version. A work tree
// is named as [report.OpenDir] names it.
func (r *Repo) describe(ctx context.Context, home string) (report.Subject, error) {
	if r.top != "" {
		t, err := report.OpenDir(r.top)
		if err != nil {
			return report.Subject{}, err
		}
		defer t.Close()
		return report.Subject{Name: t.Subject.Name, Kind: "repository"}, nil
	}
	origin, err := r.line(ctx, "config", "--get", "remote.origin.url")
	if e, ok := errors.AsType[*gitcmd.Error](err); err != nil && (!ok || e.Code != 1) { // 1: not set
		return report.Subject{}, err
	}
	name := report.RepositoryName(origin)
	if name == "" {
		name = strings.TrimSuffix(path.Base(filepath.ToSlash(home)), ".git")
	}
	return report.Subject{Name: name, Kind: "repository"}, nil
}

// line runs a command that writes one line.
func (r *Repo) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.git.Run(ctx, nil, args...)
	return strings.TrimSuffix(strings.TrimSuffix(string(out), "\n"), "\r"), err
}

// resolve returns the full id of what rev names, as a "commit" or "tree".
func (r *Repo) resolve(ctx context.Context, rev, kind string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsFunc(rev, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "", fmt.Errorf("%q is not a revision", rev)
	}
	id, err := r.line(ctx, "rev-parse", "--verify", "--quiet", rev)
	if err == nil && !gitcmd.ValidID(id) { // "^x", which is not one object
		return "", fmt.Errorf("%q is not a revision", rev)
	}
	if err == nil {
		id, err = r.line(ctx, "rev-parse", "--verify", "--quiet", id+"^{"+kind+"}")
	}
	if e, ok := errors.AsType[*gitcmd.Error](err); ok && e.Code == 1 {
		return "", fmt.Errorf("revision %q is not a %s in this clone: check its name, or fetch it", rev, kind)
	}
	if err != nil {
		return "", fmt.Errorf("revision %q: %w", rev, err)
	}
	return id, nil
}

// emptyTree is the id of the tree without entries, which git knows without storing it.
func (r *Repo) emptyTree(ctx context.Context) (string, error) {
	out, err := r.git.Run(ctx, strings.NewReader(""), "hash-object", "-t", "tree", "--stdin")
	return strings.TrimSpace(string(out)), err
}

// head returns the id of HEAD's commit, or of the empty tree before the first commit.
func (r *Repo) head(ctx context.Context) (string, error) {
	id, err := r.line(ctx, "rev-parse", "--verify", "--quiet", "HEAD")
	if e, ok := errors.AsType[*gitcmd.Error](err); ok && e.Code == 1 {
		return r.emptyTree(ctx)
	}
	return id, err
}
