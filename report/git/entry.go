package git

import (
	"context"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/gitcmd"
)

// An entry is one path of a tree or of the index.
type entry struct {
	mode string // six octal digits, as git writes them
	id   string
	path string
}

// The modes of git's entries. Others are historical variants of a file.
const (
	modeTree      = "040000"
	modeExec      = "100755"
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// listTree returns all entries of a tree, directories left out.
func (r *Repo) listTree(ctx context.Context, tree string) ([]entry, error) {
	out, err := r.git.Run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", tree)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, rec := range gitcmd.Records(out) { // "<mode> <type> <id>\t<path>"
		meta, name, ok := strings.Cut(rec, "\t")
		f := strings.Fields(meta)
		if !ok || len(f) != 3 {
			return nil, fmt.Errorf("git ls-tree: answered %q", rec)
		}
		list = append(list, entry{f[0], f[2], name})
	}
	return list, nil
}

// listStaged returns what the index holds and tree does not.
func (r *Repo) listStaged(ctx context.Context, tree string) ([]entry, error) {
	out, err := r.git.Run(ctx, nil, "diff-index", "--cached", "--ita-invisible-in-index",
		"--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=dirty", tree, "--")
	if err != nil {
		return nil, err
	}
	var list []entry
	recs := gitcmd.Records(out) // ":<mode> <mode> <id> <id> <status>", path, …
	for i := 0; i < len(recs); i += 2 {
		f := strings.Fields(strings.TrimPrefix(recs[i], ":"))
		if len(f) != 5 || i+1 == len(recs) {
			return nil, fmt.Errorf("git diff-index: answered %q", recs[i])
		}
		switch name := recs[i+1]; f[4] {
		case "D":
		case "U":
			return nil, fmt.Errorf("%q is not merged: resolve the conflict and stage it", name)
		default:
			list = append(list, entry{f[1], f[3], name})
		}
	}
	return list, nil
}
