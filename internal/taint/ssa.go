package taint

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// SSA is the SSA form of the package under analysis, built when first asked
// for. Unlike that of go/analysis/passes/buildssa it needs no facts, so an
// analyzer that uses it is not dragged over all dependencies, and generic
// functions of the package are instantiated.
type SSA struct{ build func() (*ssa.Package, error) }

// Package builds the package once. What it imports is there as types only.
// The error says that the builder gave up.
func (s *SSA) Package() (*ssa.Package, error) { return s.build() }

// NewSSA returns the analyzer that provides an [*SSA].
func NewSSA() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "merlonssa",
		Doc:        "build the SSA form of a package when asked",
		URL:        "https://pkg.go.dev/github.com/merlonsec/merlon/sast",
		ResultType: reflect.TypeFor[*SSA](),
		Run: func(pass *analysis.Pass) (any, error) {
			return &SSA{sync.OnceValues(func() (*ssa.Package, error) { return build(pass) })}, nil
		},
	}
}

func build(pass *analysis.Pass) (pkg *ssa.Package, err error) {
	defer func() {
		if v := recover(); v != nil {
			pkg, err = nil, fmt.Errorf("building the SSA form of %s: %v", pass.Pkg.Path(), v)
		}
	}()
	prog := ssa.NewProgram(pass.Fset, ssa.InstantiateGenerics)
	prog.SetNoReturn(noReturn)
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg = prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()
	return pkg, nil
}

// noReturn knows the functions that end the program or the goroutine.
func noReturn(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	switch modelName(fn) {
	case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln",
		"log.Logger.Fatal", "log.Logger.Fatalf", "log.Logger.Fatalln", "log.Logger.Panic", "log.Logger.Panicf", "log.Logger.Panicln",
		"testing.common.Fatal", "testing.common.Fatalf", "testing.common.FailNow", "testing.common.Skip", "testing.common.Skipf", "testing.common.SkipNow",
		"github.com/sirupsen/logrus.Fatal", "github.com/sirupsen/logrus.Fatalf", "github.com/sirupsen/logrus.Fatalln",
		"k8s.io/klog.Fatal", "k8s.io/klog.Fatalf", "k8s.io/klog.Exit", "k8s.io/klog.Exitf":
		return true
	}
	return false
}
