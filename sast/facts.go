package sast

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// facts keeps what analyzers tell about packages and their objects, encoded,
// so that a package's facts outlive its types. It is safe for concurrent use.
type facts struct {
	mu    sync.Mutex
	table map[factKey][]byte
}

type factKey struct {
	pkg  string
	obj  objectpath.Path // empty: the package
	kind reflect.Type
}

func newFacts() *facts { return &facts{table: map[factKey][]byte{}} }

func (f *facts) put(k factKey, fact analysis.Fact) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(fact); err != nil {
		return fmt.Errorf("encoding fact %T of %s: %w", fact, k.pkg, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.table[k] = b.Bytes()
	return nil
}

func (f *facts) get(k factKey, fact analysis.Fact) bool {
	f.mu.Lock()
	data, ok := f.table[k]
	f.mu.Unlock()
	return ok && gob.NewDecoder(bytes.NewReader(data)).Decode(fact) == nil
}

// bind sets the functions of a pass that deal with facts.
func (f *facts) bind(pass *analysis.Pass) {
	key := func(pkg *types.Package, obj objectpath.Path, fact analysis.Fact) factKey {
		return factKey{pkg.Path(), obj, reflect.TypeOf(fact)}
	}
	put := func(k factKey, fact analysis.Fact) {
		if err := f.put(k, fact); err != nil {
			panic(err) // contained by the driver: a mistake of the analyzer
		}
	}
	pass.ImportPackageFact = func(pkg *types.Package, fact analysis.Fact) bool {
		return pkg != nil && f.get(key(pkg, "", fact), fact)
	}
	pass.ExportPackageFact = func(fact analysis.Fact) { put(key(pass.Pkg, "", fact), fact) }
	pass.ImportObjectFact = func(obj types.Object, fact analysis.Fact) bool {
		if obj == nil || obj.Pkg() == nil {
			return false
		}
		p, err := objectpath.For(obj)
		return err == nil && f.get(key(obj.Pkg(), p, fact), fact)
	}
	pass.ExportObjectFact = func(obj types.Object, fact analysis.Fact) {
		if p, err := objectpath.For(obj); err == nil { // else nobody outside can name it
			put(key(pass.Pkg, p, fact), fact)
		}
	}
	pass.AllPackageFacts = func() []analysis.PackageFact {
		var all []analysis.PackageFact
		for _, pkg := range append(pass.Pkg.Imports(), pass.Pkg) {
			for _, kind := range pass.Analyzer.FactTypes {
				fact := reflect.New(reflect.TypeOf(kind).Elem()).Interface().(analysis.Fact)
				if pass.ImportPackageFact(pkg, fact) {
					all = append(all, analysis.PackageFact{Package: pkg, Fact: fact})
				}
			}
		}
		return all
	}
	pass.AllObjectFacts = func() []analysis.ObjectFact {
		var all []analysis.ObjectFact
		for _, pkg := range append(pass.Pkg.Imports(), pass.Pkg) {
			for _, name := range pkg.Scope().Names() {
				for _, kind := range pass.Analyzer.FactTypes {
					fact := reflect.New(reflect.TypeOf(kind).Elem()).Interface().(analysis.Fact)
					if obj := pkg.Scope().Lookup(name); pass.ImportObjectFact(obj, fact) {
						all = append(all, analysis.ObjectFact{Object: obj, Fact: fact})
					}
				}
			}
		}
		return all
	}
}
