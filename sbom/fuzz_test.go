package sbom_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// fuzzTree inventories a tree and checks what must hold for any input: no
// panic, a graph without loose ends, a document that can be written and read.
func fuzzTree(t *testing.T, fsys fstest.MapFS) {
	rep, err := inventory(t, fsys)
	if err != nil && !errors.Is(err, report.ErrIncomplete) {
		t.Fatal(err)
	}
	for n := range rep.Gaps() {
		if n.Op == report.OpPanic {
			t.Fatal(n.String())
		}
	}
	checkGraph(t, rep)
	var b bytes.Buffer
	if err := (sbom.CycloneDX{}).Encode(&b, rep); err != nil {
		t.Fatal(err)
	}
	d, err := sbom.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Components) > len(rep.Components) {
		t.Errorf("got %d components back of %d", len(d.Components), len(rep.Components))
	}
}

func FuzzGoMod(f *testing.F) {
	f.Add([]byte("module m\n\ngo 1.21\n\nrequire (\n\ta v1.0.0 // indirect\n\t\"b\" v1.0.0\n)\nreplace a => ../a\nexclude b v1.0.1\n"), []byte(""))
	f.Add([]byte("\ufeffmodule m\r\ngo 1.16\r\nrequire a v1.0.0"), []byte("a v1.0.0 h1:x=\nb v1.0.0 h1:x=\nb v1.1.0/go.mod h1:x=\n"))
	f.Add([]byte("require (\n<<<<<<< HEAD\n=======\n"), []byte("x"))
	f.Fuzz(func(t *testing.T, mod, sum []byte) {
		fuzzTree(t, fstest.MapFS{"go.mod": {Data: mod}, "go.sum": {Data: sum}})
	})
}

func FuzzNPMLock(f *testing.F) {
	f.Add([]byte(lockV3), []byte(""))
	f.Add([]byte(lockV1), []byte(`{"dependencies": {"a": "1"}}`))
	f.Add([]byte(`{"lockfileVersion":3,"packages":{"":{},"a":{"link":true,"resolved":"a"},"node_modules/b":{"link":true,"resolved":"../.."}}}`), []byte("{"))
	f.Fuzz(func(t *testing.T, lock, manifest []byte) {
		fuzzTree(t, fstest.MapFS{"package-lock.json": {Data: lock}, "package.json": {Data: manifest}})
	})
}

func FuzzDpkg(f *testing.F) {
	f.Add([]byte(status), []byte(debian12))
	f.Add([]byte("Package: a\nVersion: 1\nProvides: b | c, d (= 1)\nDepends: a, b\n"), []byte("ID=\"\\\"\nVERSION_ID='"))
	f.Fuzz(func(t *testing.T, db, release []byte) {
		fuzzTree(t, fstest.MapFS{"var/lib/dpkg/status": {Data: db}, "etc/os-release": {Data: release}})
	})
}

func FuzzApk(f *testing.F) {
	f.Add([]byte(installed), []byte("ID=alpine\nVERSION_ID=3.18.0\n"), []byte("busybox>1\n"))
	f.Fuzz(func(t *testing.T, db, release, world []byte) {
		fuzzTree(t, fstest.MapFS{"lib/apk/db/installed": {Data: db}, "etc/os-release": {Data: release}, "etc/apk/world": {Data: world}})
	})
}

func FuzzGoBinary(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 2048)))
	f.Add([]byte("MZ" + strings.Repeat("\x00", 1024) + "\xff Go buildinf:\x08\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzTree(t, fstest.MapFS{"tool": {Data: data}})
	})
}

func FuzzReadCycloneDX(f *testing.F) {
	f.Add([]byte(foreign))
	for _, r := range manifests(f) {
		f.Add(encode(f, r, ""))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := sbom.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		rep := d.Report()
		b, err := d.CycloneDX(0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sbom.FromCycloneDX(b); err != nil {
			t.Fatal(err)
		}
		if !rep.Complete() {
			t.Errorf("the report of a document is incomplete: %v", rep.Err())
		}
	})
}
