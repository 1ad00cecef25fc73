package container

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/merlonsec/merlon/report"
)

// shop is an image with something of everything that is whole.
func shop(t testing.TB) spec {
	return spec{ref: "registry.example/team/shop:1.2", layers: [][]byte{
		tarOf(t, entry{name: "./etc/"}, entry{name: "./etc/os-release", data: "ID=alpine\n"}, entry{name: "bin/busybox", data: "ELF", mode: 0o755},
			entry{name: "bin/sh", link: "/bin/busybox"}, entry{name: "app/old.txt", data: "old"}, entry{name: "big", data: strings.Repeat("0123456789", 14_000)}),
		tarOf(t, entry{name: "app/.wh.old.txt"}, entry{name: "app/main.py", data: "print(1)\n"}),
	}}
}

func shopTree() map[string]string {
	return map[string]string{"etc/os-release": "ID=alpine\n", "bin/busybox": "ELF", "bin/sh": "-> ../bin/busybox", "app/main.py": "print(1)\n", "big": strings.Repeat("0123456789", 14_000)}
}

// Every form that an image is stored in gives the same tree.
func TestForms(t *testing.T) {
	s := shop(t)
	plain, zstd := s, s
	plain.pack, zstd.pack = raw, zst
	forms := map[string]string{
		"docker save":             writeFile(t, "a.tar", s.archive(t, s.saved(t, false))),
		"docker save, gzip":       writeFile(t, "a.tgz", gz(s.archive(t, s.saved(t, false)))),
		"docker save, zstd":       writeFile(t, "a.img", zst(s.archive(t, s.saved(t, false)))),
		"docker save with layout": writeFile(t, "a.tar", s.archive(t, s.saved(t, true))),
		"docker save, unpacked":   writeDir(t, s.saved(t, false)),
		"layout":                  writeDir(t, s.oci(t)),
		"layout, plain":           writeDir(t, plain.oci(t)),
		"layout, zstd":            writeDir(t, zstd.oci(t)),
		"layout tar":              writeFile(t, "a.tar", s.archive(t, s.oci(t))),
		"layout tar, plain":       writeFile(t, "a.tar", plain.archive(t, plain.oci(t))),
	}
	for form, name := range forms {
		t.Run(form, func(t *testing.T) {
			img := mustOpen(t, name, OpenOptions{})
			got, gaps := list(t, img.Target().FS)
			if len(gaps) > 0 {
				t.Errorf("gaps: %q", gaps)
			}
			if want := shopTree(); !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if form == "layout" || form == "layout, plain" { // from the spool, and in place
				if err := fstest.TestFS(img.Target().FS, "etc/os-release", "bin/sh", "app/main.py", "big"); err != nil {
					t.Error(err)
				}
			}
			sub := img.Subject()
			if sub.Name != "registry.example/team/shop" || sub.Version != "1.2" || sub.Kind != "image" || !strings.HasPrefix(sub.Digest, "sha256:") {
				t.Errorf("subject %+v", sub)
			}
			if n := len(img.Layers()); n != 2 {
				t.Errorf("%d layers", n)
			}
			if gaps, notes := problemsOf(t, img); len(gaps)+len(notes) > 0 {
				t.Errorf("gaps %q, notes %q", gaps, notes)
			}
		})
	}
}

func TestFromV1(t *testing.T) {
	s := shop(t)
	var layers []v1.Layer
	for _, l := range s.layers {
		layer, err := tarball.LayerFromOpener(opener(l))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, layer)
	}
	in, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		t.Fatal(err)
	}
	img, err := FromV1(t.Context(), "shop:1", in, OpenOptions{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	got, gaps := list(t, img.Target().FS)
	if !maps.Equal(got, shopTree()) || len(gaps) > 0 {
		t.Errorf("got %v, gaps %q", got, gaps)
	}
	if d, _ := in.Digest(); img.Subject().Digest != d.String() || img.Subject().Name != "shop" {
		t.Errorf("subject %+v, digest %s", img.Subject(), d)
	}
}

// cancelling is an image whose second layer ends the context, or panics.
type cancelling struct {
	v1.Image
	do func()
}

func (c cancelling) Layers() ([]v1.Layer, error) {
	all, err := c.Image.Layers()
	if err == nil {
		all[1] = cancellingLayer{all[1], c.do}
	}
	return all, err
}

type cancellingLayer struct {
	v1.Layer
	do func()
}

func (c cancellingLayer) Compressed() (io.ReadCloser, error) {
	r, err := c.Layer.Compressed()
	return struct {
		io.Reader
		io.Closer
	}{iotest.OneByteReader(readerFunc(func(p []byte) (int, error) { c.do(); return r.Read(p) })), r}, err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestWhileReading(t *testing.T) {
	in, err := random.Image(1<<20, 3)
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	if img, err := FromV1(ctx, "x", cancelling{in, func() { cancel(why) }}, OpenOptions{TempDir: tmp}); err != why || img != nil {
		t.Errorf("cancelled: got %v, want %v", err, why)
	}
	img, err := FromV1(t.Context(), "x", cancelling{in, func() { panic("oops") }}, OpenOptions{TempDir: tmp})
	if err != nil {
		t.Fatal(err)
	}
	gaps, _ := problemsOf(t, img)
	wantOne(t, "panic", gaps, "layer 1", "panic: oops")
	img.Close()
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpenErrors(t *testing.T) {
	s := shop(t)
	whole := s.archive(t, s.oci(t)) // blobs come before the index
	none, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		what, name string
		want       string
	}{
		{"no file", filepath.Join(t.TempDir(), "none.tar"), "no such file"},
		{"empty", writeFile(t, "x.tar", nil), "empty"},
		{"text", writeFile(t, "x.tar", []byte(strings.Repeat("hello\n", 1000))), "neither a docker-save nor an OCI archive"},
		{"a tar of something else", writeFile(t, "x.tar", tarOf(t, entry{name: "a"})), "manifest.json"},
		{"cut before the index", writeFile(t, "x.tar", whole[:len(whole)*2/3]), "cut off"},
		{"gzip cut before the index", writeFile(t, "x.tgz", gz(whole)[:len(gz(whole))/2]), "cut off"},
		{"an empty directory", t.TempDir(), "manifest.json"},
		{"broken index", writeDir(t, map[string][]byte{"index.json": []byte(`{"manifests": [`)}), "index.json"},
		{"index of the wrong type", writeDir(t, map[string][]byte{"index.json": []byte(`{"manifests": {}}`)}), "index.json"},
		{"no images", writeDir(t, map[string][]byte{"index.json": []byte(`{"manifests": []}`)}), "holds no image"},
		{"index and manifest in one", writeDir(t, map[string][]byte{"index.json": []byte(`{"manifests": [], "layers": []}`)}), "both"},
		{"schema 1", writeDir(t, map[string][]byte{"index.json": []byte(`{"fsLayers": []}`)}), "schema 1"},
		{"a digest that is a path", writeDir(t, map[string][]byte{"index.json": []byte(`{"manifests": [{"digest": "sha256:../../../etc/passwd"}]}`)}), "digest"},
		{"broken manifest.json", writeFile(t, "x.tar", tarOf(t, entry{name: "manifest.json", data: "{}"})), "manifest.json"},
		{"xz", writeFile(t, "x.tar", []byte("\xfd7zXZ\x00\x00\x00")), "xz"},
	} {
		img, err := Open(t.Context(), c.name, OpenOptions{TempDir: t.TempDir()})
		if err == nil {
			img.Close()
			t.Errorf("%s: no error", c.what)
			continue
		}
		if !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s and %q named", c.what, err, c.name, c.want)
		}
	}
	if _, err := Open(t.Context(), "x", OpenOptions{MaxSize: -1}); err == nil || !strings.Contains(err.Error(), "MaxSize") {
		t.Errorf("MaxSize: %v", err)
	}
	if _, err := Open(t.Context(), "x", OpenOptions{Platform: "amd64"}); err == nil || !strings.Contains(err.Error(), "Platform") {
		t.Errorf("Platform: %v", err)
	}
	if _, err := Open(none, writeFile(t, "x.tar", whole), OpenOptions{}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// What is cut off behind the manifest is a gap, and the rest is there.
func TestCutArchive(t *testing.T) {
	s := shop(t)
	s.layers[0], s.layers[1] = s.layers[1], s.layers[0] // the big one last
	files := s.saved(t, false)
	s.order = []string{"manifest.json", digest(s.configJSON(t))[7:] + ".json"}
	whole := s.archive(t, files)
	img := mustOpen(t, writeFile(t, "cut.tar", whole[:len(whole)*2/3]), OpenOptions{})
	gaps, _ := problemsOf(t, img)
	wantOne(t, "scanner", gaps, "cut.tar", "layer 1", "cut off after")
	got, read := list(t, img.Target().FS)
	if got["app/main.py"] == "" || got["etc/os-release"] == "" {
		t.Errorf("got %v, want what comes before the cut", got)
	}
	if len(read) != 2 || !strings.Contains(read[0], "cut.tar") || !strings.Contains(read[1], "big") {
		t.Errorf("walking gives %q, want the root and the file that is cut", read)
	}
	if img.Subject().Digest != "" {
		t.Error("an incomplete image has a digest")
	}
	// In a gzip of the whole it is the same.
	whole = gz(whole)
	img = mustOpen(t, writeFile(t, "cut.tgz", whole[:len(whole)-20]), OpenOptions{})
	if gaps, _ := problemsOf(t, img); len(gaps) == 0 {
		t.Error("cut gzip: no gap")
	}
	// A layer that is missing as a whole.
	delete(files, "1/layer.tar")
	img = mustOpen(t, writeFile(t, "a.tar", s.archive(t, files)), OpenOptions{})
	gaps, _ = problemsOf(t, img)
	wantOne(t, "missing layer", gaps, "a.tar: layer 1 (1/layer.tar)", "missing")
}

func TestPlatforms(t *testing.T) {
	files := map[string][]byte{}
	var list []any
	put := func(data []byte, more map[string]any) map[string]any {
		files["blobs/sha256/"+digest(data)[7:]] = data
		d := map[string]any{"digest": digest(data)}
		maps.Copy(d, more)
		return d
	}
	platform := func(os, arch, variant string) map[string]any {
		return map[string]any{"platform": map[string]any{"os": os, "architecture": arch, "variant": variant}}
	}
	image := func(arch, variant, content string) map[string]any {
		s := spec{layers: [][]byte{tarOf(t, entry{name: "arch", data: content})}, config: map[string]any{"architecture": arch}}
		o := s.oci(t)
		maps.Copy(files, o)
		idx, err := parseManifest(o["index.json"])
		if err != nil {
			t.Fatal(err)
		}
		d := platform("linux", arch, variant)
		d["digest"] = idx.Manifests[0].Digest
		return d
	}
	list = append(list, image("amd64", "", "amd64"), image("arm", "v6", "armv6"), image("arm", "v7", "armv7"))
	list = append(list, put([]byte(`{"config": {}, "layers": []}`), platform("unknown", "unknown", "")))
	gone := platform("linux", "s390x", "")
	gone["digest"] = digest([]byte("not there"))
	list = append(list, gone)
	index := put(mustJSON(t, map[string]any{"manifests": list}), map[string]any{"annotations": map[string]string{"io.containerd.image.name": "docker.io/library/multi:2"}})
	files["index.json"] = mustJSON(t, map[string]any{"manifests": []any{index}})
	dir := writeDir(t, files)

	var pe *PlatformError
	_, err := Open(t.Context(), dir, OpenOptions{})
	if !errors.As(err, &pe) || len(pe.Available) != 3 || !strings.Contains(err.Error(), "linux/arm/v7") || !strings.Contains(err.Error(), dir) {
		t.Errorf("no platform: %v", err)
	}
	for _, wrong := range []string{"linux/arm", "linux/s390x", "windows/amd64"} {
		if _, err := Open(t.Context(), dir, OpenOptions{Platform: wrong}); !errors.As(err, &pe) || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	for p, want := range map[string]string{"linux/amd64": "amd64", "linux/arm/v7": "armv7"} {
		img := mustOpen(t, dir, OpenOptions{Platform: p})
		if got, _ := fs.ReadFile(img.Target().FS, "arch"); string(got) != want {
			t.Errorf("%s: got %s", p, got)
		}
		if s := img.Subject(); s.Name != "multi" || s.Version != "2" {
			t.Errorf("subject %+v", s)
		}
		_, notes := problemsOf(t, img)
		wantOne(t, "note", notes, "not there", digest([]byte("not there"))[7:])
	}
}

func TestSeveralImages(t *testing.T) {
	a := spec{ref: "a:1", layers: [][]byte{tarOf(t, entry{name: "a"})}}
	b := spec{ref: "b:1", layers: [][]byte{tarOf(t, entry{name: "b"})}}
	files, more := a.saved(t, false), b.saved(t, false)
	files["1/layer.tar"] = more["0/layer.tar"]
	config := digest(b.configJSON(t))[7:] + ".json"
	files[config] = more[config]
	files["manifest.json"] = mustJSON(t, []saved{
		{Config: digest(a.configJSON(t))[7:] + ".json", RepoTags: []string{"a:1"}, Layers: []string{"0/layer.tar"}},
		{Config: config, RepoTags: []string{"b:1"}, Layers: []string{"1/layer.tar"}},
	})
	name := writeFile(t, "two.tar", a.archive(t, files))
	var pe *PlatformError
	if _, err := Open(t.Context(), name, OpenOptions{}); !errors.As(err, &pe) || !strings.Contains(err.Error(), "a:1 linux/amd64, b:1 linux/amd64") {
		t.Errorf("got %v", err)
	}
	for _, ref := range []string{"b:1", "b", "docker.io/library/b:1", digest(b.configJSON(t))} {
		img := mustOpen(t, name, OpenOptions{Ref: ref})
		if _, err := fs.Stat(img.Target().FS, "b"); err != nil {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if _, err := Open(t.Context(), name, OpenOptions{Ref: "c"}); !errors.As(err, &pe) {
		t.Errorf("c: %v", err)
	}
}

func TestIndexRecursion(t *testing.T) {
	files := map[string][]byte{}
	data := []byte(`{"manifests": []}`)
	for range 20 {
		files["blobs/sha256/"+digest(data)[7:]] = data
		data = mustJSON(t, map[string]any{"manifests": []any{map[string]any{"digest": digest(data)}}})
	}
	files["index.json"] = data
	if _, err := Open(t.Context(), writeDir(t, files), OpenOptions{}); err == nil || !strings.Contains(err.Error(), "within one another") {
		t.Errorf("deep: %v", err)
	}
	// An index that says it is itself is another than its digest promises.
	d := digest([]byte("x"))
	self := mustJSON(t, map[string]any{"manifests": []any{map[string]any{"digest": d}, map[string]any{"digest": d}, map[string]any{"digest": d}}})
	dir := writeDir(t, map[string][]byte{"index.json": self, "blobs/sha256/" + d[7:]: self})
	if _, err := Open(t.Context(), dir, OpenOptions{}); err == nil {
		t.Error("cyclic: no error")
	}
}

// A layout in a hostile tree must not make us read anything outside.
func TestLinksOutOfLayout(t *testing.T) {
	s := shop(t)
	files := s.oci(t)
	blob := "blobs/sha256/" + digest(s.packed(s.layers[1]))[7:]
	outside := writeFile(t, "outside", files[blob])
	delete(files, blob)
	dir := writeDir(t, files)
	if err := os.Symlink(outside, filepath.Join(dir, filepath.FromSlash(blob))); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	gaps, _ := problemsOf(t, mustOpen(t, dir, OpenOptions{}))
	wantOne(t, "link in a layout", gaps, "layer 1", "escapes")

	top := t.TempDir()
	if err := os.Symlink(writeDir(t, s.oci(t)), filepath.Join(top, "image")); err != nil {
		t.Fatal(err)
	}
	target, err := report.OpenDir(top)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if _, err := OpenFS(t.Context(), target.FS, "image", OpenOptions{}); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Errorf("OpenFS through a link: %v", err)
	}
}

func TestOpenFS(t *testing.T) {
	s := shop(t)
	tree := fstest.MapFS{}
	for name, data := range s.oci(t) {
		tree["deploy/image/"+name] = &fstest.MapFile{Data: data}
	}
	tree["deploy/image.tar"] = &fstest.MapFile{Data: s.archive(t, s.saved(t, false))}
	// A file system whose files cannot be read at an offset.
	for _, fsys := range []fs.FS{tree, noReadAt{tree}} {
		for _, name := range []string{"deploy/image", "deploy/image.tar"} {
			img, err := OpenFS(t.Context(), fsys, name, OpenOptions{TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if got, gaps := list(t, img.Target().FS); !maps.Equal(got, shopTree()) || len(gaps) > 0 {
				t.Errorf("%s: got %v, gaps %q", name, got, gaps)
			}
			img.Close()
		}
	}
}

type noReadAt struct{ fs.FS }

func (n noReadAt) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return struct{ fs.File }{f}, nil
}

func TestRealLayouts(t *testing.T) {
	dir := sharedImages(t)
	for name, want := range map[string]struct {
		subject, version, file string
		layers                 int
	}{
		"alpine-3.20.3-metadata": {"alpine", "3.20.3-metadata", "lib/apk/db/installed", 1},
		"debian-12.15-metadata":  {"debian", "12.15-metadata", "var/lib/dpkg/status", 1},
		"app-on-alpine-3.7.3":    {"shop", "1.0", "app/package-lock.json", 2},
	} {
		img := mustOpen(t, filepath.Join(dir, name), OpenOptions{})
		if s := img.Subject(); s.Name != want.subject || s.Version != want.version || s.Digest == "" || len(img.Layers()) != want.layers {
			t.Errorf("%s: %+v, %d layers", name, s, len(img.Layers()))
		}
		if info, err := fs.Stat(img.Target().FS, want.file); err != nil || info.Size() == 0 {
			t.Errorf("%s: %s: %v", name, want.file, err)
		}
		if gaps, notes := problemsOf(t, img); len(gaps)+len(notes) > 0 {
			t.Errorf("%s: gaps %q, notes %q", name, gaps, notes)
		}
		if name == "app-on-alpine-3.7.3" {
			if _, err := fs.Stat(img.Target().FS, "etc/motd"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("etc/motd: %v, want it removed", err)
			}
		}
	}
}

// Nothing is left in the temporary directory, and what was spooled can be read
// until Close.
func TestSpool(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 2<<16) // 2 MiB
	var entries []entry
	for i := range 12 {
		entries = append(entries, entry{name: "big" + string(rune('a'+i)), data: string(big)})
	}
	for i := range 300 {
		entries = append(entries, entry{name: "small" + string(rune('a'+i)), data: string(big[:100<<10+i])})
	}
	entries = append(entries, entry{name: "zeros", data: string(make([]byte, 1<<20))})
	s := spec{layers: [][]byte{tarOf(t, entries...)}}
	tmp := t.TempDir()
	img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{TempDir: tmp})
	got, gaps := list(t, img.Target().FS)
	if len(gaps) > 0 {
		t.Fatal(gaps)
	}
	for _, e := range entries {
		if got[e.name] != e.data {
			t.Errorf("%s: other content, %d bytes, want %d", e.name, len(got[e.name]), len(e.data))
		}
	}
	if err := img.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := fs.ReadFile(img.Target().FS, "biga"); err == nil {
		t.Error("a spooled file can be read after Close")
	}

	// No room for a temporary file: a gap, and what fits is there.
	img = mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{TempDir: filepath.Join(tmp, "none")})
	told, _ := problemsOf(t, img)
	wantOne(t, "no temporary directory", told, "TempDir")
	if got, gaps := list(t, img.Target().FS); got["smalla"] == "" || len(gaps) < 12 {
		t.Errorf("%d files, %d gaps", len(got), len(gaps))
	}
}
