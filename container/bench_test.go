package container

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// benchLayout is an image of about size bytes in files of about each bytes, as
// compressible as programs are.
func benchLayout(b *testing.B, size, each int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var entries []entry
	for n := 0; n < size; n += each {
		data := make([]byte, each)
		for i := range data {
			data[i] = byte(r.IntN(64)) * byte(i>>4&1)
		}
		entries = append(entries, entry{name: fmt.Sprintf("usr/lib/d%d/f%d", n/each%100, n), data: string(data)})
	}
	s := spec{layers: [][]byte{tarOf(b, entries[:len(entries)/2]...), tarOf(b, entries[len(entries)/2:]...)}}
	return writeDir(b, s.oci(b))
}

// BenchmarkOpen is compared with BenchmarkRaw, the least that reading takes:
// unzip, hash both ways, walk the tar.
func BenchmarkOpen(b *testing.B) {
	for _, each := range []int{256, 8 << 10, 1 << 20} {
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			dir := benchLayout(b, 32<<20, each)
			b.SetBytes(32 << 20)
			b.ReportAllocs()
			for b.Loop() {
				img, err := Open(b.Context(), dir, OpenOptions{})
				if err != nil {
					b.Fatal(err)
				}
				img.Close()
			}
		})
	}
}

func BenchmarkRaw(b *testing.B) {
	for _, each := range []int{256, 8 << 10, 1 << 20} {
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			dir := benchLayout(b, 32<<20, each)
			blobs, _ := filepath.Glob(filepath.Join(dir, "blobs/sha256/*"))
			b.SetBytes(32 << 20)
			b.ReportAllocs()
			for b.Loop() {
				for _, name := range blobs {
					rawRead(b, name)
				}
			}
		})
	}
}

func rawRead(b *testing.B, name string) {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	stored, content := sha256.New(), sha256.New()
	z, err := gzip.NewReader(bufio.NewReaderSize(io.TeeReader(f, stored), chunk))
	if err != nil {
		return // not a layer
	}
	in := bufio.NewReaderSize(io.TeeReader(z, content), chunk)
	tr := tar.NewReader(in)
	for {
		if _, err := tr.Next(); err != nil {
			break
		}
	}
	io.Copy(io.Discard, in)
}

func BenchmarkWalk(b *testing.B) {
	img, err := Open(b.Context(), benchLayout(b, 8<<20, 1<<10), OpenOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer img.Close()
	b.ReportAllocs()
	for b.Loop() {
		got, _ := list(b, img.Target().FS)
		if len(got) != 8<<10 {
			b.Fatal(len(got))
		}
	}
}

func BenchmarkMask(b *testing.B) {
	line := string(bytes.Repeat([]byte("apt-get install -y some-package PASSWORD=x && "), 100))
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		mask(line)
	}
}
