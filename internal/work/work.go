// Package work runs functions side by side. It is the only place of the module
// that starts goroutines: they end before the call returns, and a panic in
// one of them is raised again in the caller, where it can be contained.
package work

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync"
)

// A Panic is what a panic in a worker becomes in its caller.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Width returns n, or GOMAXPROCS if n is zero or less.
func Width(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// Each calls f with 0 to n-1, at most width calls at a time (zero:
// GOMAXPROCS), and returns when all have returned. If calls panic, Each
// panics with the *Panic of the lowest number.
func Each(n, width int, f func(i int)) {
	width = min(Width(width), n)
	panics := make([]*Panic, n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range width {
		wg.Go(func() {
			for i := range next {
				panics[i] = Contain(func() { f(i) })
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

// Contain calls f and returns its panic, or nil.
func Contain(f func()) (p *Panic) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *Panic:
			p = v
		default:
			p = &Panic{v, debug.Stack()}
		}
	}()
	f()
	return nil
}

// Map yields f of each value of in, in the order of in, computing at most
// width of them at a time (zero: GOMAXPROCS) and as many ahead. When the
// caller stops, the context of the calls under way ends and Map waits for
// them. in is read on the caller's goroutine.
func Map[T, R any](ctx context.Context, width int, in iter.Seq[T], f func(context.Context, T) R) iter.Seq[R] {
	width = Width(width)
	return func(yield func(R) bool) {
		ctx, cancel := context.WithCancel(ctx)
		type result struct {
			value R
			panic *Panic
		}
		type job struct {
			in  T
			out chan result
		}
		jobs := make(chan job)
		var wg sync.WaitGroup
		for range width {
			wg.Go(func() {
				for j := range jobs {
					var r result
					r.panic = Contain(func() { r.value = f(ctx, j.in) })
					j.out <- r
				}
			})
		}
		defer wg.Wait()
		defer close(jobs)
		defer cancel()

		var ahead []chan result
		give := func(r result) bool {
			ahead = ahead[1:]
			if r.panic != nil {
				panic(r.panic)
			}
			return yield(r.value)
		}
		for v := range in {
			j := job{v, make(chan result, 1)}
			for sent := false; !sent; {
				var first chan result // nil blocks
				if len(ahead) > 0 {
					first = ahead[0]
				}
				to := jobs
				if len(ahead) >= 2*width {
					to = nil
				}
				select {
				case to <- j:
					sent = true
				case r := <-first:
					if !give(r) {
						return
					}
				}
			}
			ahead = append(ahead, j.out)
		}
		for len(ahead) > 0 {
			if !give(<-ahead[0]) {
				return
			}
		}
	}
}
