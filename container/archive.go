package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// An archive is what an image is stored in, a directory or a tar: files by name.
type archive interface {
	// open returns a file. The error matches fs.ErrNotExist if there is none.
	open(ctx context.Context, name string) (*blob, error)
}

// A blob is an open file of an archive.
type blob struct {
	at     io.ReaderAt // nil: stream only
	stream io.Reader   // used if at is nil
	size   int64       // bytes there are; known if at is not nil
	cut    error       // not nil: there should be more
	closer io.Closer
}

func (b *blob) reader() io.Reader {
	if b.at == nil {
		return b.stream
	}
	return io.NewSectionReader(b.at, 0, b.size)
}

// Close implements [io.Closer].
func (b *blob) Close() error {
	if b.closer == nil {
		return nil
	}
	return b.closer.Close()
}

// A dirArchive is a directory.
type dirArchive struct {
	fsys  fs.FS
	spill func(io.Reader) (*blob, error) // for files without ReadAt
}

func (d *dirArchive) open(ctx context.Context, name string) (*blob, error) {
	info, err := fs.Stat(d.fsys, name)
	if err != nil {
		return nil, walk.Cause(err)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, errors.New("not a regular file")
	}
	f, err := d.fsys.Open(name)
	if err != nil {
		return nil, walk.Cause(err)
	}
	if at, ok := f.(io.ReaderAt); ok {
		return &blob{at: at, size: info.Size(), closer: f}, nil
	}
	defer f.Close()
	b, err := d.spill(&metered{ctx: ctx, r: f})
	if b != nil {
		b.cut = err
		return b, nil
	}
	return nil, err
}

// Limits on what describes an image, in bytes.
const (
	maxMeta  = 8 << 20  // one index, manifest or configuration
	maxMetas = 64 << 20 // all of them
)

// readMeta reads an index, manifest or configuration.
func (op *opening) readMeta(ctx context.Context, a archive, name string) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	b, err := a.open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer b.Close()
	if b.size > maxMeta {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxMeta)
	}
	if op.meta += b.size; op.meta > maxMetas {
		return nil, fmt.Errorf("%s: more than %d bytes of manifests", name, maxMetas)
	}
	data, err := io.ReadAll(b.reader())
	if err == nil {
		err = b.cut
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, walk.Cause(err))
	}
	return data, nil
}

// readBlob reads a blob that a descriptor names. That its digest is another
// is a problem and no error: what it says is looked at all the same.
func (op *opening) readBlob(ctx context.Context, a archive, digest string) ([]byte, []problem, error) {
	name, err := blobName(digest)
	if err != nil {
		return nil, nil, err
	}
	data, err := op.readMeta(ctx, a, name)
	if err != nil {
		return nil, nil, err
	}
	if got := sum(data, digest); got != digest {
		return data, []problem{gap(report.OpRead, "%s: %s has the digest %s: it was changed or damaged; get the image again", op.label, name, got)}, nil
	}
	return data, nil, nil
}

// blobName returns where an OCI layout keeps a blob (image-spec,
// image-layout.md). What is no digest has no place: it could be any path.
func blobName(digest string) (string, error) {
	h, err := v1.NewHash(digest)
	if err != nil {
		return "", fmt.Errorf("digest %.100q: %w", digest, err)
	}
	return "blobs/" + h.Algorithm + "/" + h.Hex, nil
}

// sum returns the digest of data by the algorithm of another digest.
func sum(data []byte, like string) string {
	algorithm, _, _ := strings.Cut(like, ":")
	h, err := v1.Hasher(algorithm)
	if err != nil {
		return ""
	}
	h.Write(data)
	return fmt.Sprintf("%s:%x", algorithm, h.Sum(nil))
}
