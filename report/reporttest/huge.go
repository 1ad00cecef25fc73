package reporttest

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"

	"github.com/merlonsec/merlon/internal/testfs"
)

const (
	hugeSize  = 1 << 30   // of the file
	hugeStop  = 32 << 20  // the context ends when so much was read
	hugeLate  = 16 << 20  // may be read after that
	hugeAlloc = 768 << 20 // may be allocated in all
	maxHuge   = 3         // files are made huge in turn
)

// checkHuge: a file of 1 GiB, which says so or claims to be small, is read as
// a stream or is a gap. When 32 MiB of it were read, the context ends.
func checkHuge(k *kit, ctx context.Context) error {
	if err := k.inMemory(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range k.files() {
		if kind := path.Ext(name); seen[kind] || len(seen) == maxHuge {
			continue
		} else {
			seen[kind] = true
		}
		for _, stated := range []int64{hugeSize, 100} {
			if err := k.huge(ctx, name, stated); err != nil {
				return fmt.Errorf("%s with %d bytes, stated as %d: %w", name, hugeSize, stated, err)
			}
		}
	}
	return nil
}

var errLate = errors.New("read after the context ended")

func (k *kit) huge(ctx context.Context, name string, stated int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	before := allocated()
	tree, meter := testfs.Lengthen(k.tree, name, hugeSize, stated, func(total int64) error {
		if total >= hugeStop {
			cancel(errStop)
		}
		if total > hugeStop+hugeLate {
			return errLate
		}
		return nil
	})
	rep, err := k.scan(ctx, tree)
	total := allocated() - before
	if read := meter.Read(); read > hugeStop+hugeLate {
		return fmt.Errorf("the scan read on, %d MiB and more, after its context had ended", hugeLate>>20)
	}
	if total > hugeAlloc {
		return fmt.Errorf("the scan allocated %d MiB", total>>20)
	}
	if ctx.Err() != nil {
		if errors.Is(err, errStop) || errors.Is(err, context.Canceled) || rep != nil && !rep.Complete() {
			return nil
		}
		return fmt.Errorf("its context ended, and the error is %v", err)
	}
	return k.mustTell(rep, err, name, false)
}

// allocated returns the bytes that were allocated since the program started.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
