package container

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync/atomic"
)

// Limits on the entries of all layers together. A runtime takes no longer
// paths and names either (PATH_MAX, NAME_MAX).
const (
	maxEntries   = 2_000_000 // about 130 bytes of memory each
	maxNameBytes = 256 << 20
	maxPath      = 4096
	maxName      = 255
	maxDepth     = 1000
	maxLayers    = 1000 // overlay file systems end at 500
)

// errOver marks what a limit on the image as a whole ended.
var errOver = errors.New("over a limit")

// A budget counts what the layers of an image take. If they are read side by
// side, all are stopped once they take too much together, and they have to be
// read again in order, so that what is left out does not depend on chance.
type budget struct {
	max     int64 // bytes
	most    int64 // entries
	ordered bool  // layers are read in order: what fits is taken

	bytes, entries, names atomic.Int64
	over                  atomic.Bool
	reason                error // why over, if ordered
}

func newBudget(max int64, ordered bool) *budget {
	return &budget{max: max, most: maxEntries, ordered: ordered}
}

// take takes n bytes and returns how many there are.
func (b *budget) take(n int) (int, error) {
	used := b.bytes.Add(int64(n))
	if b.over.Load() {
		return 0, b.stopped()
	}
	if used <= b.max {
		return n, nil
	}
	err := b.stop(fmt.Errorf("%w: the image is larger than OpenOptions.MaxSize, %d bytes", errOver, b.max))
	return max(0, n-int(used-b.max)), err
}

// stop notes what ended the reading. Side by side it is read again, and chance
// decides what is seen now.
func (b *budget) stop(err error) error {
	b.over.Store(true)
	if b.ordered {
		b.reason = err
	}
	return err
}

func (b *budget) stopped() error {
	if b.reason != nil {
		return b.reason
	}
	return errOver
}

// left returns how many bytes there are.
func (b *budget) left() int64 { return max(0, b.max-b.bytes.Load()) }

// entry takes an entry whose names have n bytes. A nil budget has no end.
func (b *budget) entry(n int) error {
	if b == nil {
		return nil
	}
	entries, names := b.entries.Add(1), b.names.Add(int64(n))
	switch {
	case b.over.Load():
		return b.stopped()
	case entries > b.most:
		return b.stop(fmt.Errorf("%w: the image has more than %d files", errOver, b.most))
	case names > maxNameBytes:
		return b.stop(fmt.Errorf("%w: the names of the image's files have more than %d bytes", errOver, maxNameBytes))
	}
	return nil
}

// A metered reader stops at the end of a budget or a context, and hashes what
// it gives. Budget and hash may be nil.
type metered struct {
	ctx    context.Context // of the one call that it lives for
	r      io.Reader
	budget *budget
	hash   hash.Hash
}

func (m *metered) Read(p []byte) (int, error) {
	if m.ctx.Err() != nil {
		return 0, context.Cause(m.ctx)
	}
	n, err := m.r.Read(p)
	if m.budget != nil && n > 0 {
		k, over := m.budget.take(n)
		if over != nil {
			n, err = k, over
		}
	}
	if m.hash != nil {
		m.hash.Write(p[:n])
	}
	return n, err
}
