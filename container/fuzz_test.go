package container

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/internal/walk"
)

// FuzzOpen opens archives and walks through what they hold.
func FuzzOpen(f *testing.F) {
	s := shop(f)
	s.layers[0] = tarOf(f, entry{name: "a/b", data: "x"}, entry{name: "l", link: "a"}, entry{name: "h", link: "a/b", typ: '1'}, entry{name: "../x"})
	s.layers[1] = tarOf(f, entry{name: "a/.wh.b"}, entry{name: "l/c", data: "y"}, entry{name: "l/.wh..wh..opq"}, entry{name: "k", link: "l/c", typ: '1'})
	plain := s
	plain.pack = raw
	f.Add(s.archive(f, s.saved(f, false)))
	f.Add(s.archive(f, s.saved(f, true)))
	f.Add(s.archive(f, s.oci(f)))
	f.Add(plain.archive(f, plain.oci(f)))
	f.Add(gz(s.archive(f, s.saved(f, false))))
	f.Add(zst(s.archive(f, s.oci(f))))
	f.Fuzz(func(t *testing.T, data []byte) {
		walkAll(t, data)
	})
}

// FuzzLayers does the same with the layers of one image.
func FuzzLayers(f *testing.F) {
	f.Add(tarOf(f, entry{name: "a/b", data: "x"}, entry{name: "l", link: "a"}), tarOf(f, entry{name: "l/.wh.b"}, entry{name: "h", link: "a/b", typ: '1'}))
	f.Add(gz(tarOf(f, entry{name: "a", link: "b"}, entry{name: "b", link: "a"})), tarOf(f, entry{name: "a/x", data: "x"}, entry{name: "a/.wh..wh..opq"}))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		s := spec{layers: [][]byte{one, two}}
		walkAll(t, s.archive(t, s.saved(t, false)))
	})
}

func walkAll(t *testing.T, data []byte) {
	op := &opening{label: "x", o: OpenOptions{MaxSize: 1 << 20, TempDir: t.TempDir()}}
	defer func() { closeAll(op.closers) }()
	all, err := op.file(context.Background(), bytes.NewReader(data), int64(len(data)))
	if err != nil || len(all) == 0 {
		return
	}
	img, err := op.read(context.Background(), all[0])
	if err != nil {
		t.Fatalf("reading: %v", err) // there is nothing that should fail but the disk
	}
	trees := []fs.FS{img.Target().FS, img.Hidden().FS}
	for _, l := range img.Layers() {
		trees = append(trees, l.FS)
	}
	for _, fsys := range trees {
		for name, err := range walk.Files(context.Background(), fsys, func(string, string) {}) {
			if err != nil {
				continue
			}
			if _, err := fs.Lstat(fsys, name); err != nil {
				t.Errorf("%q is listed and not there: %v", name, err)
			}
			walk.Read(context.Background(), fsys, name, 1<<20)
		}
	}
	scan(t, img, Options{})
}

// FuzzConfig parses configurations. What encoding/json takes is taken as it is.
func FuzzConfig(f *testing.F) {
	f.Add(shop(f).configJSON(f))
	f.Add([]byte(`{"created": 5, "config": {"Env": "x", "User": 1}, "rootfs": {"diff_ids": ["x", "sha256:` + digest(nil)[7:] + `"]}, "history": [1, {"created_by": "x", "empty_layer": "y"}]}`))
	f.Add([]byte(`{"os": 5, "os": "linux"}`))
	f.Add([]byte(`{"config": null, "rootfs": null, "history": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		cf, err := parseConfig(data)
		if cf == nil && err == nil {
			t.Fatal("neither configuration nor error")
		}
		if cf == nil {
			return
		}
		if err == nil {
			if want := new(v1.ConfigFile); json.Unmarshal(data, want) != nil || !reflect.DeepEqual(cf, want) {
				t.Errorf("got %+v, want %+v", cf, want)
			}
		}
		(&Image{config: cf}).history()
	})
}

// FuzzMask looks for a secret that masking leaves in.
func FuzzMask(f *testing.F) {
	f.Add("RUN --password ", " x https://a:b@c")
	f.Fuzz(func(t *testing.T, before, after string) {
		mask(before + after)
	})
}

// FuzzMerge stacks layers of any entries. Whatever a layer has must be in the
// merged tree or among the hidden files, unless a gap says that it is not.
func FuzzMerge(f *testing.F) {
	f.Add("f a/b\nl l>a\n=\nf l/c\nf l/.wh.b\n=\nd l\nh x>a/c")
	f.Add("l a>b\nl b>a\n=\nf a/x\nf a/.wh..wh..opq\n=\nl a>/\nf a/y\nf a")
	f.Add("l a>..\nf d/e\n=\nf a/d/.wh.e\nf a/d\n=\nf a/.wh.d\nf a/d/e\nf .wh..wh..opq")
	f.Add("f x\nl y>x\n=\nf y/z\nf x/z\n=\nf x/.wh.z\nh y>x/z\nd y/z/")
	f.Fuzz(func(t *testing.T, script string) {
		var s spec
		contents := map[string]string{}
		for _, layer := range strings.Split(script, "\n=\n") {
			var entries []entry
			for line := range strings.Lines(layer) {
				line = strings.TrimSuffix(line, "\n")
				kind, rest, ok := strings.Cut(line, " ")
				name, link, _ := strings.Cut(rest, ">")
				if !ok || name == "" || strings.Contains(rest, "\x00") || len(contents) > 50 {
					continue
				}
				e := entry{name: name}
				switch kind {
				case "d":
					e.typ = tar.TypeDir
				case "l":
					e.typ, e.link = tar.TypeSymlink, link
				case "h":
					e.typ, e.link = tar.TypeLink, link
				default:
					if strings.HasSuffix(name, "/") {
						continue
					}
					e.typ = tar.TypeReg
					if !strings.HasPrefix(path.Base(name), whiteoutPrefix) {
						e.data = fmt.Sprintf("content %d;", len(contents))
						contents[e.data] = name
					}
				}
				if tar.NewWriter(io.Discard).WriteHeader(&tar.Header{Name: e.name, Linkname: e.link, Typeflag: e.typ}) == nil {
					entries = append(entries, e)
				} else {
					delete(contents, e.data)
				}
			}
			s.layers = append(s.layers, tarOf(t, entries...))
		}
		op := &opening{label: "x", o: OpenOptions{MaxSize: 1 << 24, TempDir: t.TempDir()}}
		defer func() { closeAll(op.closers) }()
		data := s.archive(t, s.saved(t, false))
		all, err := op.file(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		img, err := op.read(t.Context(), all[0])
		if err != nil {
			t.Fatal(err)
		}
		gaps, _ := problemsOf(t, img)
		seen := map[string]bool{}
		for _, fsys := range []fs.FS{img.Target().FS, img.Hidden().FS} {
			got, unread := list(t, fsys)
			gaps = append(gaps, unread...)
			for _, data := range got {
				seen[data] = true
			}
		}
		for data, name := range contents {
			if !seen[data] && len(gaps) == 0 {
				t.Errorf("%q is neither in the tree nor hidden, and nothing says so", name)
			}
		}
	})
}
