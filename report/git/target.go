package git

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// Staged returns the files of the index that differ from HEAD, as staged and
// not as in the work tree: added, changed, renamed and of another type. Before
// the first commit that is all of the index. Target.Only is set to the lines
// that were added or lie around a deletion, and is empty but not nil if there
// are none. The target can be read until ctx ends or it is closed. A file with
// a merge conflict is an error: it cannot be committed either.
func (r *Repo) Staged(ctx context.Context) (*report.Target, error) {
	if r.top == "" {
		return nil, fmt.Errorf("staged files: %w", errBare)
	}
	head, err := r.head(ctx)
	if err != nil {
		return nil, fmt.Errorf("staged files: %w", err)
	}
	entries, err := r.listStaged(ctx, head)
	if err != nil {
		return nil, fmt.Errorf("staged files: %w", err)
	}
	only, err := r.patch(ctx, "diff-index", "--cached", "--ita-invisible-in-index", head)
	if err != nil {
		return nil, fmt.Errorf("staged files: %w", err)
	}
	t, err := r.newTarget(ctx, entries, nil, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("staged files: %w", err)
	}
	t.Only = only
	return t, nil
}

// At returns the tree of a revision: a commit, branch or tag. Its subject has
// the full id of the commit as version and that of the tree as digest
// ("gitTree:…"). The target can be read until ctx ends or it is closed.
func (r *Repo) At(ctx context.Context, rev string) (*report.Target, error) {
	commit, err := r.resolve(ctx, rev, "commit")
	if err != nil {
		return nil, err
	}
	id, when, err := r.commit(ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	entries, missing, err := r.listAll(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	t, err := r.newTarget(ctx, entries, missing, when)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	t.Subject.Version, t.Subject.Digest = commit, "gitTree:"+id
	return t, nil
}

// Tree is [Repo.At] without the rest of a target. rev may also name a tree
// ("HEAD:dir"). The tree is an [io.Closer]; closing it, or the end of ctx, ends the
// process that reads it.
func (r *Repo) Tree(ctx context.Context, rev string) (fs.FS, error) {
	id, err := r.resolve(ctx, rev, "tree")
	if err != nil {
		return nil, err
	}
	entries, missing, err := r.listAll(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	t, err := r.newTree(ctx, entries, missing, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	return t, nil
}

// listAll is listTree, with the ids of what a partial clone lacks.
func (r *Repo) listAll(ctx context.Context, tree string) ([]entry, map[string]bool, error) {
	entries, err := r.listTree(ctx, tree)
	if err != nil {
		return nil, nil, err
	}
	missing, err := r.git.Missing(ctx, tree)
	return entries, missing, err
}

func (r *Repo) newTarget(ctx context.Context, entries []entry, missing map[string]bool, when time.Time) (*report.Target, error) {
	fsys, err := r.newTree(ctx, entries, missing, when)
	if err != nil {
		return nil, err
	}
	t := report.NewTarget(r.subject.Name, fsys)
	t.Subject = r.subject
	t.OnClose(fsys.Close)
	var submodules []string
	for _, e := range entries {
		if e.mode == modeSubmodule {
			submodules = append(submodules, e.path)
		}
	}
	if submodules != nil {
		text, err := json.Marshal(submodules)
		if err != nil {
			return nil, err
		}
		t.Subject.Props = report.Props{"git:submodules": text}
	}
	return t, nil
}

// commit reads the tree and the committer's time of a commit.
func (r *Repo) commit(ctx context.Context, id string) (tree string, when time.Time, err error) {
	text, err := r.git.Run(ctx, nil, "cat-file", "commit", id)
	if err != nil {
		return "", when, err
	}
	header, _, _ := strings.Cut(string(text), "\n\n")
	for line := range strings.Lines(header) {
		line = strings.TrimSuffix(line, "\n")
		if v, ok := strings.CutPrefix(line, "tree "); ok {
			tree = v
		} else if v, ok := strings.CutPrefix(line, "committer "); ok {
			if f := strings.Fields(v); len(f) > 1 { // "name <mail> seconds zone"
				if n, err := strconv.ParseInt(f[len(f)-2], 10, 64); err == nil {
					when = time.Unix(n, 0).UTC()
				}
			}
		}
	}
	if tree == "" {
		return "", when, fmt.Errorf("commit %s has no tree", id)
	}
	return tree, when, nil
}

// patch runs a diff command and reads the lines it touches.
func (r *Repo) patch(ctx context.Context, command string, args ...string) (lines report.Lines, err error) {
	all := []string{command, "-p", "-U0", "--inter-hunk-context=0", "-M", "--full-index", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"}
	err = r.git.Stream(ctx, nil, func(out io.Reader) (err error) {
		lines, err = report.ReadPatch(out)
		return err
	}, append(append(all, args...), "--")...)
	return lines, err
}
