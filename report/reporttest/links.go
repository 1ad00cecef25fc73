package reporttest

import (
	"context"
	"errors"

	"github.com/merlonsec/merlon/internal/testfs"
)

// checkLinks: links that lead out of the tree, loop or point at nothing are
// noted and no gap, and a file is not found a second time through a link.
func checkLinks(k *kit, ctx context.Context) error {
	if err := k.inMemory(); err != nil {
		return err
	}
	links := map[string]string{
		"reporttest-above":    "../../etc/passwd",
		"reporttest-absolute": "/etc/passwd",
		"reporttest-again":    ".",
		"reporttest-loop1":    "reporttest-loop2",
		"reporttest-loop2":    "reporttest-loop1",
		"reporttest-nothing":  "reporttest-missing",
	}
	if files := k.files(); len(files) > 0 {
		links["reporttest-file"] = files[0]
	}
	rep, err := k.scan(ctx, testfs.Links(k.tree, links))
	if err != nil {
		return err
	}
	got, want := places(rep), places(k.want)
	if lost := missing(want, got); len(lost) > 0 {
		return errors.New("with links in the tree, no longer found: " + lost[0])
	}
	if more := missing(got, want); len(more) > 0 {
		return errors.New("found through a link, which is not to be followed: " + more[0])
	}
	return nil
}
