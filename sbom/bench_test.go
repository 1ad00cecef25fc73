package sbom_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// bigLock is a lock file of n packages, each of which depends on two others.
func bigLock(n int) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"name\": \"big\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": {\"dependencies\": {\"p0\": \"1\"}}")
	for i := range n {
		fmt.Fprintf(&b, ",\n    \"node_modules/p%d\": {\n      \"version\": \"1.0.%d\",\n      \"resolved\": \"https://registry.example/p%d/-/p%d-1.0.%d.tgz\",\n"+
			"      \"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\",\n"+
			"      \"license\": \"MIT\",\n      \"dependencies\": {\"p%d\": \"^1\", \"p%d\": \"^1\"}\n    }", i, i, i, i, i, (i+1)%n, (i*7)%n)
	}
	b.WriteString("\n  }\n}\n")
	return []byte(b.String())
}

// all counts components without making a report of them.
func all(b *testing.B, fsys fstest.MapFS) (n int) {
	s, err := sbom.New(sbom.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, err := range s.All(context.Background(), fsys) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}

func BenchmarkNPMLock(b *testing.B) {
	data := bigLock(5000)
	fsys := fstest.MapFS{"package-lock.json": {Data: data}}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if n := all(b, fsys); n != 5001 {
			b.Fatalf("got %d components", n)
		}
	}
}

func BenchmarkDpkg(b *testing.B) {
	var db strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&db, "Package: p%d\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.%d\nDepends: p%d, p%d | none\nDescription: text\n more text\n\n", i, i, (i+1)%1000, (i*3)%1000)
	}
	fsys := fstest.MapFS{"var/lib/dpkg/status": {Data: []byte(db.String())}, "etc/os-release": {Data: []byte(debian12)}}
	b.SetBytes(int64(db.Len()))
	for b.Loop() {
		all(b, fsys)
	}
}

// BenchmarkWalk is a tree in which next to nothing is of interest.
func BenchmarkWalk(b *testing.B) {
	fsys := fstest.MapFS{"go.mod": {Data: []byte("module m\n\ngo 1.24\n")}}
	for i := range 2000 {
		fsys[fmt.Sprintf("d%d/f%d.go", i%50, i)] = &fstest.MapFile{Data: []byte("package d\n")}
	}
	for b.Loop() {
		all(b, fsys)
	}
}

func BenchmarkCycloneDX(b *testing.B) {
	rep := scan(b, fstest.MapFS{"package-lock.json": {Data: bigLock(5000)}})
	var buf bytes.Buffer
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			buf.Reset()
			if err := report.Write(&buf, rep, sbom.CycloneDX{}); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(buf.Len()))
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(buf.Len()))
		for b.Loop() {
			if _, err := sbom.Read(bytes.NewReader(buf.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
}
