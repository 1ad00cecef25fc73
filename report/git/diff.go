package git

import (
	"context"
	"errors"
	"fmt"

	"github.com/merlonsec/merlon/internal/gitcmd"
	"github.com/merlonsec/merlon/report"
)

// Diff returns the lines that were added, or lie around a deletion, between
// the merge base of two revisions and head, as a pull request shows them. The
// lines are those of head. A file that was only renamed has none.
//
// An empty head means the work tree: its files as they are on disk, staged or
// not, those that are not tracked and not ignored included, compared with the
// merge base of base and HEAD. Differences in line ends alone do not count,
// since git may have made them. Renames are not looked for: there such a file
// stands as a whole.
func (r *Repo) Diff(ctx context.Context, base, head string) (report.Lines, error) {
	from, err := r.resolve(ctx, base, "commit")
	if err != nil {
		return nil, err
	}
	name := head
	if head == "" {
		name = "HEAD"
	}
	to, err := r.resolve(ctx, name, "commit")
	if err != nil {
		return nil, err
	}
	fork, err := r.line(ctx, "merge-base", from, to)
	if e, ok := errors.AsType[*gitcmd.Error](err); ok && e.Code == 1 {
		return nil, fmt.Errorf("%q and %q have no common commit in this clone: fetch more of the history (git fetch --unshallow)", base, name)
	}
	if err != nil {
		return nil, fmt.Errorf("merge base of %q and %q: %w", base, name, err)
	}
	var lines report.Lines
	if head == "" {
		lines, err = r.diffWorkTree(ctx, fork)
	} else {
		lines, err = r.patch(ctx, "diff-tree", "-r", fork, to)
	}
	if err != nil {
		return nil, fmt.Errorf("difference of %q and %q: %w", base, name, err)
	}
	return lines, nil
}
