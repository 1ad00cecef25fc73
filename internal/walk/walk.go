// Package walk goes through the files of a tree in one fixed order, the same
// for every scanner, and reads them within limits.
package walk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// maxDepth bounds directories within directories, maxLinks a chain of links.
const (
	maxDepth = 1000
	maxLinks = 40
)

// Files yields the regular files of a tree in lexical order of their paths'
// elements. Links are not followed: what they point at in the tree is visited
// at its own place. note, which may be nil, is called for what is left alone
// and is no gap: links that lead out of the tree, loop or dangle, and devices,
// sockets and pipes. The .git directory, which is no part of the work tree, is
// passed over. A directory that cannot be read is a *report.Error; a context
// that ends is the last pair.
func Files(ctx context.Context, fsys fs.FS, note func(path, message string)) iter.Seq2[string, error] {
	if note == nil {
		note = func(string, string) {}
	}
	return func(yield func(string, error) bool) {
		w := walker{ctx, fsys, note, yield}
		w.dir(".", 0)
	}
}

type walker struct {
	ctx   context.Context
	fsys  fs.FS
	note  func(path, message string)
	yield func(string, error) bool
}

func (w *walker) dir(name string, depth int) bool {
	if w.ctx.Err() != nil {
		w.yield("", context.Cause(w.ctx))
		return false
	}
	if depth > maxDepth {
		return w.yield("", &report.Error{Op: report.OpLimit, Path: name, Err: fmt.Errorf("more than %d directories deep", maxDepth)})
	}
	entries, err := fs.ReadDir(w.fsys, name)
	if err != nil && !w.yield("", &report.Error{Op: report.OpRead, Path: name, Err: Cause(err)}) {
		return false
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) }) // not every ReadDirFS keeps its promise
	for _, e := range entries {
		p := path.Join(name, e.Name())
		mode := e.Type()
		switch {
		case e.Name() == ".git":
		case mode.IsDir():
			if !w.dir(p, depth+1) {
				return false
			}
		case mode&fs.ModeSymlink != 0:
			if why := link(w.fsys, p); why != "" {
				w.note(p, why)
			}
		case mode.IsRegular():
			if w.ctx.Err() != nil {
				w.yield("", context.Cause(w.ctx))
				return false
			}
			if !w.yield(p, nil) {
				return false
			}
		default:
			w.note(p, "not a regular file: "+mode.String())
		}
	}
	return true
}

// link says what is wrong with a link, or "".
func link(fsys fs.FS, name string) string {
	for range maxLinks {
		to, err := fs.ReadLink(fsys, name)
		if err != nil {
			switch _, serr := fs.Stat(fsys, name); {
			case serr == nil:
				return ""
			case errors.Is(serr, fs.ErrNotExist):
				return "link to nothing"
			}
			return "link cannot be followed: " + Cause(err).Error()
		}
		if path.IsAbs(to) {
			return "link out of the tree: not followed"
		}
		name = path.Join(path.Dir(name), to)
		if name == ".." || strings.HasPrefix(name, "../") {
			return "link out of the tree: not followed"
		}
		info, err := fs.Lstat(fsys, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "link to nothing"
		case err != nil:
			return "link cannot be followed: " + Cause(err).Error()
		case info.Mode()&fs.ModeSymlink == 0:
			return ""
		}
	}
	return "link loop: not followed"
}

// Read reads a file of at most max bytes; max zero means no limit. Its error
// is a *report.Error, or the context's cause.
func Read(ctx context.Context, fsys fs.FS, name string, max int64) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: Cause(err)}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: Cause(err)}
	}
	if max > 0 && info.Size() > max {
		return nil, TooLarge(name, max)
	}
	var r io.Reader = f
	if max > 0 {
		r = io.LimitReader(f, max+1) // files grow, and sizes lie
	}
	size := uint64(info.Size()) // a negative one is a lie like a huge one
	buf := make([]byte, 0, min(size, 64<<20)+1)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if max > 0 && int64(len(buf)) > max {
			return nil, TooLarge(name, max)
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, &report.Error{Op: report.OpRead, Path: name, Err: Cause(err)}
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

// TooLarge is the gap for a file over a limit of bytes.
func TooLarge(name string, max int64) *report.Error {
	return &report.Error{Op: report.OpLimit, Path: name, Err: fmt.Errorf("larger than %d bytes", max)}
}

// Cause strips operation and path of a *fs.PathError, for messages that name
// the path already.
func Cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
