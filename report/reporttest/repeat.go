package reporttest

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"sync"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/internal/work"
)

type testFS = fs.FS

// checkRepeat: two scans of one tree give the same report.
func checkRepeat(k *kit, ctx context.Context) error {
	rep, err := k.again(ctx)
	if err != nil {
		return err
	}
	return differ("second scan", rep, k.want)
}

// checkShuffled: the order in which directories list their entries does not matter.
func checkShuffled(k *kit, ctx context.Context) error {
	if err := k.inMemory(); err != nil {
		return err
	}
	for seed := range uint64(5) {
		var mu sync.Mutex
		rnd := rand.New(rand.NewPCG(seed, 1))
		rep, err := k.scan(ctx, &testfs.FS{Tree: k.tree, OnList: func(_ string, list []fs.DirEntry) {
			mu.Lock()
			defer mu.Unlock()
			rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}})
		if err != nil {
			return err
		}
		if err := differ("directories in another order", rep, k.want); err != nil {
			return err
		}
	}
	return nil
}

// checkConcurrent: one scanner may serve several goroutines. The race
// detector sees what this cannot.
func checkConcurrent(k *kit, ctx context.Context) error {
	errs := make([]error, 4)
	work.Each(len(errs), len(errs), func(i int) {
		rep, err := k.again(ctx)
		if err == nil {
			err = differ("one of several scans at once", rep, k.want)
		}
		errs[i] = err
	})
	return errors.Join(errs...)
}

// checkEmptyTree: nothing to examine is complete, and not an error.
func checkEmptyTree(k *kit, ctx context.Context) error {
	rep, err := k.scan(ctx, testfs.Under(nil))
	if err != nil {
		return err
	}
	if !empty(rep) {
		return errors.New("something was found in an empty tree")
	}
	return nil
}
