package container

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// An entry is one of a layer. The zero type is a file, or a directory if the
// name ends in a slash, or a symbolic link if there is a target.
type entry struct {
	name, data, link string
	typ              byte
	mode             int64
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Linkname: e.link, Typeflag: e.typ, Mode: e.mode, Size: int64(len(e.data))}
		switch {
		case e.typ != 0:
		case strings.HasSuffix(e.name, "/"):
			h.Typeflag = tar.TypeDir
		case e.link != "":
			h.Typeflag = tar.TypeSymlink
		default:
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatalf("entry %q: %v", e.name, err)
		}
		if _, err := w.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func zst(data []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(data, nil)
}

func raw(data []byte) []byte { return data }

func digest(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// A spec is an image to be made.
type spec struct {
	layers [][]byte // tars
	pack   func([]byte) []byte
	ref    string
	config map[string]any // beside rootfs
	spoil  func(files map[string][]byte)
	order  []string // names that come first in an archive
}

func (s spec) configJSON(t testing.TB) []byte {
	t.Helper()
	ids := []string{}
	for _, l := range s.layers {
		ids = append(ids, digest(l))
	}
	c := map[string]any{"os": "linux", "architecture": "amd64", "config": map[string]any{"User": "65532"}, "rootfs": map[string]any{"type": "layers", "diff_ids": ids}}
	maps.Copy(c, s.config)
	return mustJSON(t, c)
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (s spec) packed(l []byte) []byte {
	if s.pack == nil {
		return gz(l)
	}
	return s.pack(l)
}

// oci returns the files of an OCI layout.
func (s spec) oci(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	put := func(data []byte) map[string]any {
		files["blobs/sha256/"+digest(data)[7:]] = data
		return map[string]any{"digest": digest(data), "size": len(data)}
	}
	layers := []any{}
	for _, l := range s.layers {
		layers = append(layers, put(s.packed(l)))
	}
	config := put(s.configJSON(t))
	config["mediaType"] = "application/vnd.oci.image.config.v1+json"
	d := put(mustJSON(t, map[string]any{"schemaVersion": 2, "config": config, "layers": layers}))
	if s.ref != "" {
		d["annotations"] = map[string]string{"org.opencontainers.image.ref.name": s.ref}
	}
	files["index.json"] = mustJSON(t, map[string]any{"schemaVersion": 2, "manifests": []any{d}})
	if s.spoil != nil {
		s.spoil(files)
	}
	return files
}

// saved returns the files of docker save: the old form, or the one that is a layout too.
func (s spec) saved(t testing.TB, layout bool) map[string][]byte {
	t.Helper()
	config := s.configJSON(t)
	m := saved{Config: digest(config)[7:] + ".json", Layers: []string{}}
	if s.ref != "" {
		m.RepoTags = []string{s.ref}
	}
	files := map[string][]byte{}
	if layout {
		o := s
		o.spoil = nil
		if _, tag, _ := splitRef(s.ref); tag != "" {
			o.ref = tag
		}
		files = o.oci(t)
		m.Config = "blobs/sha256/" + digest(config)[7:]
	} else {
		files[m.Config] = config
	}
	for i, l := range s.layers {
		name := fmt.Sprintf("%d/layer.tar", i)
		if layout {
			name = "blobs/sha256/" + digest(s.packed(l))[7:]
		} else {
			files[name] = l
		}
		m.Layers = append(m.Layers, name)
	}
	files["manifest.json"] = mustJSON(t, []saved{m})
	if s.spoil != nil {
		s.spoil(files)
	}
	return files
}

// archive makes a tar of files.
func (s spec) archive(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var entries []entry
	for _, name := range s.order {
		entries = append(entries, entry{name: name, data: string(files[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !slices.Contains(s.order, name) {
			entries = append(entries, entry{name: name, data: string(files[name])})
		}
	}
	return tarOf(t, entries...)
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	full := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(full, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return full
}

func writeDir(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "layout")
	for name, data := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// open opens a docker-save archive of s, named image.tar.
func (s spec) open(t testing.TB) *Image {
	t.Helper()
	return mustOpen(t, writeFile(t, "image.tar", s.archive(t, s.saved(t, false))), OpenOptions{})
}

func mustOpen(t testing.TB, name string, o OpenOptions) *Image {
	t.Helper()
	if o.TempDir == "" {
		o.TempDir = t.TempDir()
	}
	img, err := Open(t.Context(), name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return img
}

// list returns what the files of a tree hold, links as "-> target", and the gaps of reading it.
func list(t testing.TB, fsys fs.FS) (map[string]string, []string) {
	t.Helper()
	got := map[string]string{}
	var gaps []string
	for name, err := range walk.Files(t.Context(), fsys, nil) {
		if err != nil {
			gaps = append(gaps, err.Error())
			continue
		}
		data, err := walk.Read(t.Context(), fsys, name, 0)
		if err != nil {
			gaps = append(gaps, err.Error())
		}
		got[name] = string(data)
	}
	fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if d.Type()&fs.ModeSymlink != 0 {
			to, err := fs.ReadLink(fsys, name)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			got[name] = "-> " + to
		}
		return nil
	})
	return got, gaps
}

// problemsOf returns what the scanner says about an image itself.
func problemsOf(t testing.TB, img *Image) (gaps, notes []string) {
	t.Helper()
	s, err := New(Options{Checks: []Check{}})
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := s.Scan(t.Context(), img.Target())
	for _, n := range rep.Notices {
		if n.Gap {
			gaps = append(gaps, n.Message)
		} else {
			notes = append(notes, n.Message)
		}
	}
	return gaps, notes
}

func wantOne(t testing.TB, what string, got []string, parts ...string) {
	t.Helper()
	if len(got) != 1 {
		t.Errorf("%s: got %q, want one with %q", what, got, parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(got[0], p) {
			t.Errorf("%s: got %q, want it to say %q", what, got[0], p)
		}
	}
}

func scan(t testing.TB, img *Image, o Options) *report.Report {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := s.Scan(t.Context(), img.Target())
	return rep
}

// sharedImages returns the directory of real layouts, or skips.
func sharedImages(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, serr := os.Stat(filepath.Join(dir, "go.mod")); serr == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("no go.mod above")
		}
		dir = filepath.Dir(dir)
	}
	images := filepath.Join(dir, "..", "shared", "data", "images", "oci")
	if _, err := os.Stat(images); err != nil {
		t.Skip("real image layouts are not there: ../shared/data/images/oci")
	}
	return images
}
func opener(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}
