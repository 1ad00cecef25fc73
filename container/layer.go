package container

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// A layerSource is where a layer comes from.
type layerSource struct {
	name    string // digest or path, for messages
	digest  string // of the layer as it is stored; empty if nobody says
	foreign bool   // by its media type it is not shipped with the image
	open    func(context.Context) (*blob, error)
}

// A layerReader reads one layer, in one pass.
type layerReader struct {
	label  string // image file and layer, for messages
	index  int
	source layerSource
	diffID v1.Hash // zero: nobody says
	spool  *spool
	budget *budget

	tree     *builder // its root is never nil once read
	problems []problem
	blob     *blob // not nil: files are read from it in place
	untold   int   // entries without a place beyond maxTold
	told     int
}

// maxTold is how many entries of a layer are told one by one.
const maxTold = 10

func (l *layerReader) gap(op, format string, args ...any) {
	l.problems = append(l.problems, gap(op, "%s: %w", l.label, fmt.Errorf(format, args...)))
}

func (l *layerReader) note(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	l.problems = append(l.problems, problem{op: report.OpSkip, note: true, err: fmt.Errorf("%s: %w", l.label, err)})
}

// read reads the layer. Its error is that of ctx, or errOver where layers are
// read side by side; everything else is a problem of the layer.
func (l *layerReader) read(ctx context.Context) error {
	b := newBuilder(l.index, l.budget)
	l.tree = b
	defer b.finish()
	blob, err := l.source.open(ctx)
	switch {
	case ctx.Err() != nil:
		if err == nil {
			blob.Close()
		}
		return context.Cause(ctx)
	case err != nil && l.source.foreign:
		l.gap(report.OpRead, "a foreign layer, which is not shipped with the image: scan it where it comes from")
		return nil
	case errors.Is(err, fs.ErrNotExist):
		l.gap(report.OpRead, "missing: %w: nothing of it is examined; save or pull the image again", walk.Cause(err))
		return nil
	case err != nil:
		l.gap(report.OpRead, "%w: nothing of it is examined", walk.Cause(err))
		return nil
	}
	defer func() {
		if l.blob == nil {
			blob.Close()
		}
	}()
	return l.unpack(ctx, b, blob)
}

// unpack reads what the layer holds and compares digests.
func (l *layerReader) unpack(ctx context.Context, b *builder, blob *blob) error {
	raw := &metered{ctx: ctx, r: blob.reader()}
	stored := bufio.NewReaderSize(raw, chunk)
	head, _ := stored.Peek(8)
	kind, _ := sniff(head)
	content := hasher(l.diffID.Algorithm)
	if algorithm, _, ok := strings.Cut(l.source.digest, ":"); ok && (kind != plain || algorithm != l.diffID.Algorithm) {
		raw.hash = hasher(algorithm)
		head, _ := stored.Peek(stored.Buffered())
		raw.hash.Write(head)
	}
	in, free, err := decompress(stored)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.gap(report.OpRead, "%w: nothing of it is examined; save or pull the image again", whyCut(err, blob))
		return nil
	}
	defer free()
	data := &metered{ctx: ctx, r: in, budget: l.budget, hash: content}
	at := &counter{r: bufio.NewReaderSize(data, chunk)}
	err = l.entries(b, at, blob, kind == plain && blob.at != nil)
	if err == nil {
		err = l.rest(at)
	}
	if err == nil {
		err = blob.cut
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errOver) && !l.budget.ordered:
		return err
	case errors.Is(err, errOver):
		l.gap(report.OpLimit, "%w: what follows byte %d of its content is not examined", err, at.n)
		return nil
	case err != nil:
		l.gap(report.OpRead, "%w: what follows byte %d of its content is not examined; save or pull the image again", whyCut(err, blob), at.n)
		return nil
	}
	if _, err := io.Copy(io.Discard, stored); err != nil { // what is behind the compressed stream counts for the digest
		l.gap(report.OpRead, "%w: its digest cannot be checked", err)
		return nil
	}
	stem := content
	if raw.hash != nil {
		stem = raw.hash
	}
	l.compare("digest", l.source.digest, stem)
	l.compare("DiffID", hashText(l.diffID), content)
	return nil
}

// compare reports that a layer is not what was promised; want is empty if nothing was.
func (l *layerReader) compare(what, want string, h hash.Hash) {
	algorithm, _, _ := strings.Cut(want, ":")
	if got := fmt.Sprintf("%s:%x", algorithm, h.Sum(nil)); want != "" && got != want {
		l.gap(report.OpRead, "its %s is %s, not %s: it was changed or damaged; get the image again", what, got, want)
	}
}

// entries reads the layer's tar into b.
func (l *layerReader) entries(b *builder, at *counter, blob *blob, inPlace bool) error {
	keep := newKeeper(l.spool, l.budget)
	defer keep.flush()
	var here *segment
	if inPlace {
		here, l.blob = &segment{at: blob.at}, blob
	}
	defer l.end(b)
	tr := tar.NewReader(at)
	for {
		hdr, err := tr.Next()
		switch {
		case errors.Is(err, tar.ErrInsecurePath): // add sees to it
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		n, err := b.add(hdr)
		if errors.Is(err, errOver) {
			return err
		}
		if err != nil {
			l.tell(hdr.Name, err)
			continue
		}
		if n == nil || !n.mode.IsRegular() || hdr.Typeflag == tar.TypeLink || hdr.Size == 0 {
			continue
		}
		sparse := isSparse(hdr)
		if inPlace && !sparse {
			n.seg, n.off, n.size = here, at.n, hdr.Size
			if n.size > blob.size-n.off {
				n.size, n.fault = max(0, blob.size-n.off), whyCut(io.ErrUnexpectedEOF, blob)
			}
			continue
		}
		var content io.Reader = tr
		if sparse { // its holes are not in the layer, so they have not been counted
			content = &metered{ctx: context.Background(), r: tr, budget: l.budget}
		}
		if n.seg, n.off, n.size, err = keep.keep(content, hdr.Size); err != nil {
			n.fault = whyCut(err, blob)
			return err
		}
	}
}

// tell reports an entry without a place in the tree.
func (l *layerReader) tell(name string, err error) {
	if err == errNoName { // nothing is unseen
		l.note("entry %.200q: %w", name, err)
		return
	}
	if l.told++; l.told > maxTold {
		l.untold++
		return
	}
	l.gap(report.OpRead, "entry %.200q: %w: it is not examined; build the layer again without it", name, err)
}

// end reports what is told by number.
func (l *layerReader) end(b *builder) {
	if l.untold > 0 {
		l.gap(report.OpRead, "%d more entries that have no place in the tree are not examined", l.untold)
	}
	if n := len(b.shadowed); n > 0 {
		l.note("%d entries have a later one of the same name in this layer, which counts; they are among the hidden files", n)
	}
}

// rest reads what follows the end of the tar, for the digest. There should be zeros only.
func (l *layerReader) rest(r io.Reader) error {
	buf := make([]byte, chunk)
	said := false
	for {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			if c != 0 && !said {
				said = true
				l.gap(report.OpRead, "there is data after the end of its tar, which is not examined")
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// whyCut says that something is cut off, and why if that is known.
func whyCut(err error, b *blob) error {
	switch {
	case !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case b.cut != nil:
		return b.cut
	}
	return fmt.Errorf("cut off: %w", err)
}

// hasher returns the hash of an algorithm of the image specification, sha256
// for one that it does not know.
func hasher(algorithm string) hash.Hash {
	h, err := v1.Hasher(algorithm)
	if err != nil {
		h, _ = v1.Hasher("sha256")
	}
	return h
}

// hashText is h as text, "" if it is none.
func hashText(h v1.Hash) string {
	if h == (v1.Hash{}) {
		return ""
	}
	return h.String()
}

// A counter counts what is read. It has no Seek, so that the tar reader does
// not leave out what is to be hashed.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
