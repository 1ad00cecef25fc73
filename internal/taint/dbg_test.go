package taint

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"
	"os"
)

func TestDbg(t *testing.T) {
	a, _ := New()
	dbg = func(e *engine) {
		for _, f := range e.order {
			if f.fn.Name() == os.Getenv("DBG") {
				f.fn.WriteTo(os.Stdout)
				for _, b := range f.fn.Blocks {
					for _, i := range b.Instrs {
						if v, ok := i.(ssa.Value); ok && f.vals[v] != nil {
							fmt.Printf("%s: ", v.Name())
							for _, x := range f.vals[v].list {
								fmt.Printf(" {%v %d %q -> %q %v}", x.origin.source, x.origin.input, x.origin.at, x.at, x.class)
							}
							fmt.Println()
						}
					}
				}
				fmt.Printf("%+v\n", f.sum)
				fmt.Println(f.guards.tested, f.guards.roots)
			}
		}
	}
	analysistest.Run(t, "/work/main/sast/testdata", &analysis.Analyzer{Name: "x", Doc: "x", Requires: []*analysis.Analyzer{a}, Run: func(*analysis.Pass) (any, error) { return nil, nil }}, "sqlinjection")
}
