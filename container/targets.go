package container

import (
	"context"
	"io/fs"
	"iter"

	"github.com/merlonsec/merlon/report"
)

// Targets yields the target of each named image, opened when its turn comes,
// for [report.Runner.Each]: with [OpenFS] in a tree, or with [Open] if fsys is
// nil. Closing a target closes its image. An image that cannot be opened is a
// *report.Error with its name, and the sequence goes on.
func Targets(ctx context.Context, fsys fs.FS, names []string, o OpenOptions) iter.Seq2[*report.Target, error] {
	return func(yield func(*report.Target, error) bool) {
		for _, name := range names {
			var img *Image
			var err error
			if fsys == nil {
				img, err = Open(ctx, name, o)
			} else {
				img, err = OpenFS(ctx, fsys, name, o)
			}
			if err != nil {
				if !yield(nil, &report.Error{Op: report.OpRead, Path: name, Err: err}) {
					return
				}
				continue
			}
			t := img.Target()
			t.OnClose(img.Close)
			if !yield(t, nil) {
				return
			}
		}
	}
}
