package container

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// What is wrong in a layer is a gap that names image, layer and entry, seen by
// the scanner and by whoever walks the tree; the rest is there.
func TestHostileLayers(t *testing.T) {
	good := entry{name: "good", data: "fine"}
	whole := tarOf(t, good, entry{name: "long", data: strings.Repeat("x", 300_000)})
	deep := strings.Repeat("d/", 1100) + "f"
	for _, c := range []struct {
		what  string
		layer []byte
		pack  func([]byte) []byte
		spoil func(map[string][]byte)
		want  string
		rest  bool // good is there
	}{
		{"climbs out", tarOf(t, entry{name: "../../evil", data: "x"}, good), raw, nil, `entry "../../evil": climbs out`, true},
		{"climbs out by the middle", tarOf(t, entry{name: "a/../../evil", data: "x"}, good), raw, nil, "climbs out", true},
		{"absolute and climbs out", tarOf(t, entry{name: "/../evil", data: "x"}, good), raw, nil, "climbs out", true},
		{"hard link to outside", tarOf(t, entry{name: "h", link: "../../etc/shadow", typ: tar.TypeLink}, good), raw, nil, "hard link", true},
		{"hard link to nothing", tarOf(t, entry{name: "h", link: "etc/shadow", typ: tar.TypeLink}, good), raw, nil, "does not have", true},
		{"hard link to itself", tarOf(t, entry{name: "h", link: "h", typ: tar.TypeLink}, good), raw, nil, "does not have", true},
		{"hard link to a directory", tarOf(t, entry{name: "d/"}, entry{name: "h", link: "d", typ: tar.TypeLink}, good), raw, nil, "directory", true},
		{"in place of the root", tarOf(t, good, entry{name: "./.", data: "x"}), raw, nil, "root directory", true},
		{"below a file", tarOf(t, good, entry{name: "good/x", data: "x"}), raw, nil, "below a file", true},
		{"below a loop", tarOf(t, good, entry{name: "l", link: "l"}, entry{name: "l/x", data: "x"}), raw, nil, "levels of symbolic links", true},
		{"a long name", tarOf(t, good, entry{name: strings.Repeat("n", 256), data: "x"}), raw, nil, "more than 255", true},
		{"a long path", tarOf(t, good, entry{name: strings.Repeat("n/", 2100) + "f", data: "x"}), raw, nil, "4096", true},
		{"deep", tarOf(t, good, entry{name: deep, data: "x"}), raw, nil, "directories deep", true},
		{"whiteout with content", tarOf(t, good, entry{name: ".wh.x", data: "secret"}), raw, nil, "whiteout with content", true},
		{"data after the end", append(bytes.Clone(whole), tarOf(t, entry{name: "late", data: "x"})...), raw, nil, "after the end", true},
		{"truncated gzip", whole, func(b []byte) []byte { return gz(b)[:len(gz(b))-9] }, nil, "cut off", true},
		{"truncated zstd", whole, func(b []byte) []byte { return zst(b)[:len(zst(b))-5] }, nil, "cut off", true},
		{"damaged gzip", whole, func(b []byte) []byte { z := gz(b); z[len(z)-6] ^= 1; return z }, nil, "checksum", true},
		{"truncated tar", whole[:len(whole)/2], raw, nil, "cut off", true},
		{"damaged tar", append(bytes.Clone(whole[:1024]), bytes.Repeat([]byte("x"), 2048)...), raw, nil, "invalid tar header", true},
		{"no tar", []byte(strings.Repeat("hello ", 200)), raw, nil, "invalid tar header", false},
		{"xz", []byte("\xfd7zXZ\x00 and so on"), raw, nil, "xz", false},
		{"missing", whole, gz, func(f map[string][]byte) { delete(f, blobOf(gz(whole))) }, "missing", false},
		{"another blob", whole, gz, func(f map[string][]byte) { f[blobOf(gz(whole))] = gz(tarOf(t, good)) }, "its digest is", true},
		{"another content", tarOf(t, good), func(b []byte) []byte { return gz(tarOf(t, good, entry{name: "more"})) }, nil, "its DiffID is", true},
		{"zstd that asks for memory", whole, func(b []byte) []byte {
			w, _ := zstd.NewWriter(nil, zstd.WithWindowSize(512<<20), zstd.WithSingleSegment(false))
			var out bytes.Buffer
			w.Reset(&out)
			w.Write(b)
			w.Flush()
			w.Write(b)
			w.Close()
			return out.Bytes()
		}, nil, "window size", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := spec{layers: [][]byte{tarOf(t, entry{name: "base", data: "ok"}), c.layer}, spoil: c.spoil}
			s.pack = func(b []byte) []byte {
				if bytes.Equal(b, c.layer) {
					return c.pack(b)
				}
				return gz(b)
			}
			img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{})
			gaps, _ := problemsOf(t, img)
			if len(gaps) == 0 || !strings.Contains(strings.Join(gaps, "\n"), c.want) || !strings.HasPrefix(gaps[0], "layout: layer 1 (sha256:") {
				t.Errorf("gaps %q, want %q", gaps, c.want)
			}
			got, walked := list(t, img.Target().FS)
			if got["base"] != "ok" || c.rest != (got["good"] == "fine") {
				t.Errorf("got %d files, good %q", len(got), got["good"])
			}
			if len(walked) == 0 || !strings.Contains(walked[0], c.want) {
				t.Errorf("walking the tree: %q, want %q", walked, c.want)
			}
			for _, name := range []string{"evil", "etc/shadow"} {
				if _, err := fs.Stat(img.Target().FS, name); err == nil {
					t.Errorf("%s is in the tree", name)
				}
			}
			if img.Subject().Digest != "" || img.Hidden().Subject.Digest != "" {
				t.Error("the digest is claimed")
			}
		})
	}
}

func blobOf(data []byte) string { return "blobs/sha256/" + digest(data)[7:] }

func TestForeignLayer(t *testing.T) {
	s := shop(t)
	s.spoil = func(f map[string][]byte) {
		// the manifest again, with another media type and its new digest
		for name, data := range f {
			if bytes.Contains(data, []byte(`"layers":[`)) {
				old := digest(data)
				l := digest(gz(s.layers[0]))
				data = bytes.Replace(data, []byte(`"digest":"`+l), []byte(`"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","urls":["https://example.com/x"],"digest":"`+l), 1)
				delete(f, name)
				f[blobOf(data)] = data
				f["index.json"] = bytes.Replace(f["index.json"], []byte(old), []byte(digest(data)), 1)
				delete(f, blobOf(gz(s.layers[0])))
				return
			}
		}
	}
	img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{})
	gaps, _ := problemsOf(t, img)
	wantOne(t, "foreign", gaps, "foreign layer")
	if got, _ := list(t, img.Target().FS); got["app/main.py"] == "" {
		t.Error("the other layer is lost")
	}
}

// Many bad entries are told by number.
func TestManyBadEntries(t *testing.T) {
	var entries []entry
	for i := range 500 {
		entries = append(entries, entry{name: fmt.Sprintf("../%d", i), data: "x"})
	}
	img := spec{layers: [][]byte{tarOf(t, entries...)}}.open(t)
	gaps, _ := problemsOf(t, img)
	if len(gaps) != maxTold+1 || !strings.Contains(strings.Join(gaps, "\n"), "490 more entries") {
		t.Errorf("%d gaps: %q", len(gaps), gaps)
	}
	if _, walked := list(t, img.Target().FS); len(walked) != 1 || len(walked[0]) > 1000 {
		t.Errorf("walked: %q", walked)
	}
}

// A bomb ends at MaxSize, the same way each time, and takes no disk for zeros.
func TestMaxSize(t *testing.T) {
	bomb := tarOf(t, entry{name: "first", data: "1"}, entry{name: "zeros", data: string(make([]byte, 4<<20))}, entry{name: "after", data: "2"})
	s := spec{layers: [][]byte{tarOf(t, entry{name: "base", data: "ok"}), bomb, tarOf(t, entry{name: "last", data: "3"})}}
	if z := gz(bomb); len(z)*500 > len(bomb) {
		t.Fatalf("no bomb: %d of %d", len(z), len(bomb))
	}
	var before []string
	for range 3 {
		img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{MaxSize: 1 << 20})
		gaps, _ := problemsOf(t, img)
		if len(gaps) != 2 || !strings.Contains(gaps[0], "layer 1") || !strings.Contains(gaps[0], "MaxSize") || !strings.Contains(gaps[1], "layer 2") {
			t.Errorf("gaps %q", gaps)
		}
		got, walked := list(t, img.Target().FS)
		if got["base"] != "ok" || got["first"] != "1" || got["after"] != "" || len(walked) != 2 {
			t.Errorf("%d files; walked %q", len(got), walked)
		}
		if before != nil && strings.Join(before, "\n") != strings.Join(append(gaps, walked...), "\n") {
			t.Errorf("got %q, before %q", append(gaps, walked...), before)
		}
		before = append(gaps, walked...)
	}
	// A limit on the whole of a compressed archive.
	if _, err := Open(t.Context(), writeFile(t, "x.tgz", gz(s.archive(t, s.saved(t, false)))), OpenOptions{MaxSize: 100}); err == nil {
		t.Error("compressed archive over MaxSize: no error")
	}
}

func TestEntryLimit(t *testing.T) {
	b := newBuilder(0, newBudget(1<<20, true))
	b.budget.most = 10
	var err error
	for i := 0; err == nil && i < 100; i++ {
		_, err = b.add(&tar.Header{Name: fmt.Sprintf("d%d/f", i), Typeflag: tar.TypeReg})
	}
	if err == nil || !strings.Contains(err.Error(), "more than 10 files") {
		t.Errorf("got %v", err)
	}
	if n := len(b.finish().dir.kids); n > 10 {
		t.Errorf("%d entries", n)
	}
}

// A sparse file has its holes counted, and reads as zeros. (Format: GNU tar
// manual, "PAX Format, Version 1.0".)
func TestSparse(t *testing.T) {
	sparse := func(size int64) []byte {
		m := fmt.Sprintf("1\n%d\n4\n", size-4)
		body := m + strings.Repeat("\x00", 512-len(m)) + "DATA"
		var b bytes.Buffer
		pax := func(k, v string) string {
			n := len(k) + len(v) + 3
			for len(fmt.Sprint(n))+len(k)+len(v)+3 != n {
				n = len(fmt.Sprint(n)) + len(k) + len(v) + 3
			}
			return fmt.Sprintf("%d %s=%s\n", n, k, v)
		}
		records := pax("GNU.sparse.major", "1") + pax("GNU.sparse.minor", "0") + pax("GNU.sparse.name", "holes") + pax("GNU.sparse.realsize", fmt.Sprint(size))
		block := func(name string, typ byte, data string) {
			h := make([]byte, 512)
			copy(h, name)
			copy(h[100:], "0000644\x000000000\x000000000\x00")
			copy(h[124:], fmt.Sprintf("%011o\x00%011o\x00", len(data), 0))
			h[156] = typ
			copy(h[257:], "ustar\x0000")
			copy(h[148:], "        ")
			var sum int
			for _, c := range h {
				sum += int(c)
			}
			copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
			b.Write(h)
			b.WriteString(data)
			b.Write(make([]byte, (512-len(data)%512)%512))
		}
		block("pax", 'x', records)
		block("GNUSparseFile.0/holes", '0', body)
		return append(b.Bytes(), tarOf(t, entry{name: "after", data: "x"})...)
	}
	img := spec{layers: [][]byte{sparse(1 << 20)}}.open(t)
	got, gaps := list(t, img.Target().FS)
	if want := string(make([]byte, 1<<20-4)) + "DATA"; got["holes"] != want || got["after"] != "x" || len(gaps) > 0 {
		t.Errorf("%d bytes, after %q, gaps %q", len(got["holes"]), got["after"], gaps)
	}
	s := spec{layers: [][]byte{sparse(1 << 50)}}
	start := time.Now()
	img = mustOpen(t, writeFile(t, "x.tar", s.archive(t, s.saved(t, false))), OpenOptions{MaxSize: 1 << 20})
	gaps, _ = problemsOf(t, img)
	wantOne(t, "a petabyte of holes", gaps, "MaxSize")
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
}

// Names that need PAX or GNU headers, and links through docker save's own tar.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("directory-of-some-length/", 20) + "file"
	for _, format := range []tar.Format{tar.FormatPAX, tar.FormatGNU} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		w.WriteHeader(&tar.Header{Name: long, Size: 1, Format: format, Mode: 0o600})
		w.Write([]byte("x"))
		w.WriteHeader(&tar.Header{Name: "l", Linkname: long, Typeflag: tar.TypeSymlink, Format: format})
		w.Close()
		img := spec{layers: [][]byte{b.Bytes()}}.open(t)
		if got, gaps := list(t, img.Target().FS); got[long] != "x" || got["l"] != "-> "+long || len(gaps) > 0 {
			t.Errorf("%v: %v, gaps %q", format, got, gaps)
		}
	}
	// Old docker versions save a layer that occurs twice as a link.
	layer := tarOf(t, entry{name: "a", data: "1"})
	s := spec{layers: [][]byte{layer, layer}}
	files := s.saved(t, false)
	var entries []entry
	for name, data := range files {
		if name != "1/layer.tar" {
			entries = append(entries, entry{name: name, data: string(data)})
		}
	}
	entries = append(entries, entry{name: "1/layer.tar", link: "../0/layer.tar"})
	img := mustOpen(t, writeFile(t, "x.tar", tarOf(t, entries...)), OpenOptions{})
	if got, gaps := list(t, img.Target().FS); !maps.Equal(got, map[string]string{"a": "1"}) || len(gaps) > 0 {
		t.Errorf("%v, gaps %q", got, gaps)
	}
}

func TestConfigProblems(t *testing.T) {
	for _, c := range []struct {
		what  string
		spoil func(config map[string]any)
		want  []string
	}{
		{"wrong types", func(c map[string]any) {
			c["created"] = 5
			c["config"] = map[string]any{"User": 7, "Env": "A=b", "ExposedPorts": map[string]any{"22/tcp": map[string]any{}}}
			c["history"] = "x"
		}, []string{`"config.Env"`, `"config.User"`, `"created"`, `"history"`}},
		{"no config object", func(c map[string]any) { c["config"] = []int{1} }, []string{`"config"`}},
		{"broken DiffID", func(c map[string]any) { c["rootfs"] = map[string]any{"diff_ids": []any{"sha256:zz", 5}} }, []string{"diff_ids[0]", "2 of 2"}},
		{"too few DiffIDs", func(c map[string]any) { c["rootfs"] = map[string]any{"diff_ids": []any{}} }, []string{"2 layers", "0 DiffIDs"}},
	} {
		s := shop(t)
		s.config = map[string]any{}
		c.spoil(s.config)
		img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{})
		gaps, _ := problemsOf(t, img)
		for _, w := range c.want {
			if !strings.Contains(strings.Join(gaps, "\n"), w) {
				t.Errorf("%s: gaps %q, want %s", c.what, gaps, w)
			}
		}
		if got, _ := list(t, img.Target().FS); got["app/main.py"] == "" {
			t.Errorf("%s: the tree is lost", c.what)
		}
		if c.what == "wrong types" && len(img.Config().Config.ExposedPorts) != 1 {
			t.Errorf("%s: what is right is lost: %+v", c.what, img.Config())
		}
	}
	// A configuration that is missing, or other than its digest.
	s := shop(t)
	config := blobOf(s.configJSON(t))
	for what, spoil := range map[string]func(map[string][]byte){
		"missing": func(f map[string][]byte) { delete(f, config) },
		"changed": func(f map[string][]byte) { f[config] = append(f[config], ' ') },
		"no JSON": func(f map[string][]byte) { f[config] = []byte("[") },
	} {
		s.spoil = spoil
		img := mustOpen(t, writeDir(t, s.oci(t)), OpenOptions{})
		gaps, _ := problemsOf(t, img)
		if len(gaps) == 0 {
			t.Errorf("%s: no gap", what)
		}
		if got, walked := list(t, img.Target().FS); got["app/main.py"] == "" || len(walked) != 1 {
			t.Errorf("%s: %d files, walked %q", what, len(got), walked)
		}
	}
}
