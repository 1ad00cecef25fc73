package work

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
)

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestEach(t *testing.T) {
	var sum, now, most atomic.Int64
	Each(100, 3, func(i int) {
		most.Store(max(most.Load(), now.Add(1)))
		sum.Add(int64(i))
		now.Add(-1)
	})
	if sum.Load() != 4950 || most.Load() > 3 {
		t.Errorf("sum %d, %d at a time", sum.Load(), most.Load())
	}
	Each(0, 0, func(int) { t.Error("called") })
}

func TestPanicsReachTheCaller(t *testing.T) {
	p := Contain(func() {
		Each(10, 0, func(i int) {
			if i > 2 {
				panic(i)
			}
		})
	})
	if p == nil || p.Value != 3 || len(p.Stack) == 0 {
		t.Errorf("got %v, want the panic of call 3 with its stack", p)
	}
	p = Contain(func() {
		for range Map(t.Context(), 2, count(10), func(_ context.Context, i int) int { panic("boom") }) {
			t.Error("a value")
		}
	})
	if p == nil || p.Error() != "boom" {
		t.Errorf("got %v", p)
	}
}

func TestMap(t *testing.T) {
	square := func(_ context.Context, i int) int { return i * i }
	got := slices.Collect(Map(t.Context(), 4, count(50), square))
	for i, v := range got {
		if v != i*i {
			t.Fatalf("place %d holds %d", i, v)
		}
	}
	if len(got) != 50 {
		t.Errorf("%d values", len(got))
	}
	// Stopping early ends the calls under way.
	for range Map(t.Context(), 2, count(1000), func(ctx context.Context, i int) int {
		if i > 0 {
			<-ctx.Done()
		}
		return i
	}) {
		break
	}
}
