package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/merlonsec/merlon/internal/walk"
)

// OpenOptions configure how an image is opened. The zero value takes the only
// image there is.
type OpenOptions struct {
	Platform string   // "linux/arm64", "linux/arm/v7"; empty: several are a *PlatformError
	Ref      string   // of several images, the one of this name, tag or digest; empty: several are a *PlatformError
	Base     []string // DiffIDs of known base images: their layers are marked as Base
	MaxSize  int64    // bytes of unpacked layers; zero means 20 GiB; what is beyond is a gap
	TempDir  string   // for what does not fit in memory; empty means os.TempDir
}

func (o *OpenOptions) check() error {
	if o.MaxSize < 0 {
		return fmt.Errorf("OpenOptions.MaxSize: %d is negative", o.MaxSize)
	}
	if o.MaxSize == 0 {
		o.MaxSize = 20 << 30
	}
	if _, err := parsePlatform(o.Platform); err != nil {
		return fmt.Errorf("OpenOptions.Platform: %w", err)
	}
	return nil
}

// Open opens the image in a file or directory: a docker-save tarball, which
// may be compressed as a whole, or an OCI layout (directory or tar). Nothing
// outside a directory is read, links included. Its error names the file; it is
// a *[PlatformError] if there is more than one image to choose from. What is
// missing or damaged below manifest and index is no error but a gap in every
// report about the image. The caller closes the image.
func Open(ctx context.Context, name string, o OpenOptions) (*Image, error) {
	return opened(ctx, name, o, func(op *opening) ([]candidate, error) {
		info, err := os.Stat(name)
		if err != nil {
			return nil, walk.Cause(err)
		}
		if info.IsDir() {
			root, err := os.OpenRoot(name)
			if err != nil {
				return nil, walk.Cause(err)
			}
			op.keep(root)
			return op.dir(ctx, root.FS())
		}
		if !info.Mode().IsRegular() {
			return nil, errors.New("neither a file nor a directory")
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, walk.Cause(err)
		}
		op.keep(f)
		return op.file(ctx, f, info.Size())
	})
}

// OpenFS is [Open] for an image inside a tree, such as a layout directory in a
// repository: with the FS of a [report.OpenDir] target, a link in the tree
// cannot make it read anything outside.
func OpenFS(ctx context.Context, fsys fs.FS, name string, o OpenOptions) (*Image, error) {
	return opened(ctx, name, o, func(op *opening) ([]candidate, error) {
		info, err := fs.Stat(fsys, name)
		if err != nil {
			return nil, walk.Cause(err)
		}
		if info.IsDir() {
			sub, err := fs.Sub(fsys, name)
			if err != nil {
				return nil, err
			}
			return op.dir(ctx, sub)
		}
		b, err := (&dirArchive{fsys: fsys, spill: op.spill}).open(ctx, name)
		if err != nil {
			return nil, walk.Cause(err)
		}
		op.keep(b)
		return op.file(ctx, b.at, b.size)
	})
}

// opening is an Open at work.
type opening struct {
	label    string // base name, the same on every machine
	o        OpenOptions
	meta     int64 // bytes of manifests and configurations read so far
	problems []problem

	mu      sync.Mutex // layers are opened side by side
	closers []io.Closer
}

// keep closes c with the image.
func (op *opening) keep(c io.Closer) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.closers = append(op.closers, c)
}

// opened finds the images, chooses one and reads it.
func opened(ctx context.Context, name string, o OpenOptions, find func(*opening) ([]candidate, error)) (img *Image, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	op := &opening{label: path.Base(filepath.ToSlash(name)), o: o}
	defer func() {
		if img == nil {
			closeAll(op.closers)
		}
	}()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	all, err := find(op)
	if err == nil {
		var one candidate
		if one, err = choose(all, o); err == nil {
			img, err = op.read(ctx, one)
		}
	}
	if ctx.Err() != nil {
		if img != nil {
			closeAll(img.closers)
			img = nil
		}
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", name, err)
	}
	return img, nil
}

// dir finds the images of a directory.
func (op *opening) dir(ctx context.Context, fsys fs.FS) ([]candidate, error) {
	return op.find(ctx, &dirArchive{fsys: fsys, spill: op.spill})
}

// file finds the images of a tar, compressed or not.
func (op *opening) file(ctx context.Context, at io.ReaderAt, size int64) ([]candidate, error) {
	kind, err := sniffAt(at)
	if err != nil {
		return nil, err
	}
	var fault error
	if kind != plain {
		b, err := op.unpack(ctx, io.NewSectionReader(at, 0, size))
		if b == nil {
			return nil, err
		}
		at, size, fault = b.at, b.size, err
	}
	a, err := indexTar(ctx, at, size)
	if err != nil {
		return nil, err
	}
	if fault != nil {
		a.fault = fmt.Errorf("what it is compressed from is cut off or damaged after %d bytes: %w", size, fault)
	}
	return op.find(ctx, a)
}

// unpack writes a compressed archive to a temporary file. With an error comes
// what was read until then, if there is any.
func (op *opening) unpack(ctx context.Context, r io.Reader) (*blob, error) {
	in, close, err := decompress(r)
	if err != nil {
		return nil, err
	}
	defer close()
	return op.spill(&metered{ctx: ctx, r: in, budget: newBudget(op.o.MaxSize, true)})
}

// spill copies what r gives to a temporary file of its own.
func (op *opening) spill(r io.Reader) (*blob, error) {
	sp := &spool{dir: op.o.TempDir}
	op.keep(sp)
	f, err := sp.open()
	if err != nil {
		return nil, err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{r}, make([]byte, chunk))
	if err != nil && n == 0 {
		return nil, err
	}
	return &blob{at: f, size: n}, err
}

// find looks for an index or a manifest.
func (op *opening) find(ctx context.Context, a archive) ([]candidate, error) {
	index, err := op.readMeta(ctx, a, "index.json")
	if errors.Is(err, fs.ErrNotExist) {
		return op.dockerSave(ctx, a)
	}
	if err != nil {
		return nil, err
	}
	return op.layout(ctx, a, index)
}

func closeAll(cs []io.Closer) (err error) {
	for i := len(cs) - 1; i >= 0; i-- {
		if cerr := cs[i].Close(); err == nil {
			err = cerr
		}
	}
	return err
}
