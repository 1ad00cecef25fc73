package container

import (
	"archive/tar"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

type layers [][]entry

// What a stack of layers looks like.
func TestMerge(t *testing.T) {
	hard := func(name, to string) entry { return entry{name: name, link: to, typ: tar.TypeLink} }
	for _, c := range []struct {
		what   string
		layers layers
		want   map[string]string
		hidden map[string]string
		notes  string // part of a note
	}{
		{"whiteout",
			layers{{{name: "a/b", data: "1"}, {name: "a/c", data: "2"}}, {{name: "a/.wh.b"}}},
			map[string]string{"a/c": "2"}, map[string]string{"0/a/b": "1"}, ""},
		{"whiteout of a directory",
			layers{{{name: "a/b/x", data: "1"}, {name: "a/b/y/z", data: "2"}, {name: "c"}}, {{name: "a/.wh.b"}}},
			map[string]string{"c": ""}, map[string]string{"0/a/b/x": "1", "0/a/b/y/z": "2"}, ""},
		{"whiteout, then the same name in the same layer, either order",
			layers{{{name: "a/b/old", data: "1"}, {name: "x/b/old", data: "1"}}, {{name: "a/.wh.b"}, {name: "a/b/new", data: "2"}, {name: "x/b/new", data: "2"}, {name: "x/.wh.b"}}},
			map[string]string{"a/b/new": "2", "x/b/new": "2"}, map[string]string{"0/a/b/old": "1", "0/x/b/old": "1"}, ""},
		{"opaque, marker first or last",
			layers{{{name: "a/old", data: "1"}, {name: "b/old", data: "1"}}, {{name: "a/.wh..wh..opq"}, {name: "a/new", data: "2"}, {name: "b/new", data: "2"}, {name: "b/.wh..wh..opq"}}},
			map[string]string{"a/new": "2", "b/new": "2"}, map[string]string{"0/a/old": "1", "0/b/old": "1"}, ""},
		{"opaque root",
			layers{{{name: "a", data: "1"}}, {{name: ".wh..wh..opq"}, {name: "b", data: "2"}}},
			map[string]string{"b": "2"}, map[string]string{"0/a": "1"}, ""},
		{"a removed file comes back",
			layers{{{name: "a", data: "1"}}, {{name: ".wh.a"}}, {{name: "a", data: "3"}}},
			map[string]string{"a": "3"}, map[string]string{"0/a": "1"}, ""},
		{"markers without effect",
			layers{{{name: "a", data: "1"}}, {{name: ".wh.none"}, {name: "d/.wh.x"}, {name: ".wh..wh.plnk/1.2"}, {name: ".wh..wh.aufs"}}},
			map[string]string{"a": "1", ".wh..wh.plnk/1.2": ""}, nil, ""},
		{"whiteout without a name would remove its directory",
			layers{{{name: "a/b", data: "1"}}, {{name: "a/.wh."}, {name: "a/.wh.."}, {name: "a/.wh..."}}},
			map[string]string{"a/b": "1"}, nil, "whiteout without a name"},
		{"markers in the middle of a path",
			layers{{{name: "a/b", data: "1"}}, {{name: ".wh..wh..opq/x", data: "2"}, {name: "a/.wh.b/y", data: "3"}}},
			map[string]string{"a/b": "1", ".wh..wh..opq/x": "2", "a/.wh.b/y": "3"}, nil, ""},
		{"file becomes directory, directory becomes file, link becomes file",
			layers{{{name: "a", data: "1"}, {name: "b/x", data: "2"}, {name: "c", link: "a"}}, {{name: "a/"}, {name: "a/y", data: "3"}, {name: "b", data: "4"}, {name: "c", data: "5"}}},
			map[string]string{"a/y": "3", "b": "4", "c": "5"}, map[string]string{"0/a": "1", "0/b/x": "2"}, ""},
		{"an entry below a file of a lower layer",
			layers{{{name: "a", data: "1"}}, {{name: "a/b", data: "2"}}},
			map[string]string{"a/b": "2"}, map[string]string{"0/a": "1"}, ""},
		{"a whiteout below a file of a lower layer",
			layers{{{name: "a", data: "1"}}, {{name: "a/.wh.b"}}},
			map[string]string{"a": "1"}, nil, ""},
		{"replaced by an equal file",
			layers{{{name: "a", data: "same"}, {name: "b", data: "one"}}, {{name: "a", data: "same", mode: 0o600}, {name: "b", data: "two"}}},
			map[string]string{"a": "same", "b": "two"}, map[string]string{"0/b": "one"}, ""},
		{"two entries of one name: the last counts",
			layers{{{name: "a", data: "1"}, {name: "./a", data: "2"}, {name: "d/x", data: "3"}, {name: "d", data: "4"}, {name: "/e", data: "5"}, {name: "e/"}, {name: "e/f", data: "6"}}},
			map[string]string{"a": "2", "d": "4", "e/f": "6"}, map[string]string{"0/a": "1", "0/d/x": "3", "0/e": "5"}, "3 entries"},
		{"hard links in a layer",
			layers{{{name: "a", data: "1"}, hard("b", "a"), hard("c", "./b"), {name: "a", data: "2"}}},
			map[string]string{"a": "2", "b": "1", "c": "1"}, map[string]string{"0/a": "1"}, "1 entries"},
		{"the same file hidden twice over",
			layers{{{name: "y", link: "x"}, {name: "x/f", data: "1"}, {name: "x/f", data: "2"}}, {{name: "x/.wh.f"}}},
			map[string]string{"y": "-> x"}, map[string]string{"0/x/f": "1", "0/~1/x/f": "2"}, "1 entries"},
		{"hard link to a lower layer",
			layers{{{name: "a/x", data: "1"}, {name: "l", link: "a"}}, {hard("b", "/a/x"), hard("c", "l/x"), hard("d", "b"), {name: "a/.wh.x"}}},
			map[string]string{"b": "1", "c": "1", "d": "1", "l": "-> a"}, map[string]string{"0/a/x": "1"}, ""},
		{"hard link to a symbolic link",
			layers{{{name: "s", link: "/a"}, {name: "a", data: "1"}, hard("h", "s")}},
			map[string]string{"a": "1", "s": "-> a", "h": "-> a"}, nil, ""},
		{"through a link of the same layer",
			layers{{{name: "usr/lib/a", data: "1"}, {name: "lib", link: "usr/lib"}, {name: "lib/b", data: "2"}, {name: "abs", link: "/usr"}, {name: "abs/c", data: "3"}}},
			map[string]string{"usr/lib/a": "1", "usr/lib/b": "2", "usr/c": "3", "lib": "-> usr/lib", "abs": "-> usr"}, nil, ""},
		{"through a link of a lower layer",
			layers{{{name: "usr/lib/a", data: "1"}, {name: "usr/lib/gone", data: "x"}, {name: "lib", link: "usr/lib"}}, {{name: "lib/b", data: "2"}, {name: "lib/.wh.gone"}, {name: "lib/a", data: "3"}}},
			map[string]string{"usr/lib/a": "3", "usr/lib/b": "2", "lib": "-> usr/lib"}, map[string]string{"0/usr/lib/gone": "x", "0/usr/lib/a": "1"}, ""},
		{"opaque marker through a link",
			layers{{{name: "usr/lib/a", data: "1"}, {name: "lib", link: "/usr/lib"}}, {{name: "lib/.wh..wh..opq"}, {name: "lib/b", data: "2"}}},
			map[string]string{"usr/lib/b": "2", "lib": "-> usr/lib"}, map[string]string{"0/usr/lib/a": "1"}, ""},
		{"a directory of its own replaces a link",
			layers{{{name: "usr/lib/a", data: "1"}, {name: "lib", link: "usr/lib"}}, {{name: "lib/"}, {name: "lib/b", data: "2"}}},
			map[string]string{"usr/lib/a": "1", "lib/b": "2"}, nil, ""},
		{"through a link to nothing",
			layers{{{name: "a", link: "b"}, {name: "b", link: "x/c"}}, {{name: "a/f", data: "1"}}},
			map[string]string{"a": "-> b", "b": "-> x/c", "x/c/f": "1"}, nil, ""},
		{"through a loop of links",
			layers{{{name: "a", link: "b"}, {name: "b", link: "a"}}, {{name: "a/f", data: "1"}}},
			map[string]string{"a/f": "1", "b": "-> a"}, nil, ""},
		{"through a link to a file",
			layers{{{name: "a", link: "f"}, {name: "f", data: "1"}}, {{name: "a/g", data: "2"}}},
			map[string]string{"a/g": "2", "f": "1"}, nil, ""},
		{"through a link that climbs out",
			layers{{{name: "a", link: "../../../etc"}, {name: "etc/x", data: "1"}}, {{name: "a/y", data: "2"}}},
			map[string]string{"a": "-> etc", "etc/x": "1", "etc/y": "2"}, nil, ""},
		{"through a link to the root",
			layers{{{name: "d/a", link: "/"}}, {{name: "d/a/y", data: "2"}}},
			map[string]string{"d/a": "-> ..", "y": "2"}, nil, ""},
		{"devices are named, not opened",
			layers{{{name: "dev/null", typ: tar.TypeChar}, {name: "p", typ: tar.TypeFifo}, {name: "b", typ: tar.TypeBlock}, {name: "a", data: "1"}}},
			map[string]string{"a": "1"}, nil, ""},
		{"names",
			layers{{{name: "//abs", data: "1"}, {name: "a/./b/../c", data: "2"}, {name: "caf\xe9", data: "3"}, {name: "A", data: "4"}, {name: "a\\b", data: "5"}, {name: strings.Repeat("n", 200) + "/" + strings.Repeat("m", 200), data: "6"}}},
			map[string]string{"abs": "1", "a/c": "2", "caf\xe9": "3", "A": "4", "a\\b": "5", strings.Repeat("n", 200) + "/" + strings.Repeat("m", 200): "6"}, nil, ""},
		{"no layers", nil, map[string]string{}, nil, ""},
		{"an empty layer, and one twice",
			layers{{}, {{name: "a", data: "1"}}, {{name: "a", data: "1"}}, {}},
			map[string]string{"a": "1"}, nil, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			var s spec
			for _, l := range c.layers {
				s.layers = append(s.layers, tarOf(t, l...))
			}
			img := s.open(t)
			got, gaps := list(t, img.Target().FS)
			if !maps.Equal(got, c.want) || len(gaps) > 0 {
				t.Errorf("got %q, want %q; gaps %q", got, c.want, gaps)
			}
			hidden, gaps := list(t, img.Hidden().FS)
			if !maps.Equal(hidden, c.hidden) && len(hidden)+len(c.hidden) > 0 || len(gaps) > 0 {
				t.Errorf("hidden: got %q, want %q; gaps %q", hidden, c.hidden, gaps)
			}
			gaps, notes := problemsOf(t, img)
			if len(gaps) > 0 || c.notes == "" && len(notes) > 0 || !strings.Contains(strings.Join(notes, "\n"), c.notes) {
				t.Errorf("gaps %q, notes %q, want %q", gaps, notes, c.notes)
			}
		})
	}
}

// Each layer has its own tree, and trees that share nodes do not disturb one another.
func TestLayerTrees(t *testing.T) {
	s := spec{layers: [][]byte{
		tarOf(t, entry{name: "a/x", data: "1"}, entry{name: "a/y", data: "2"}),
		tarOf(t, entry{name: "a/.wh.x"}, entry{name: "a/z", data: "3"}, entry{name: "h", link: "a/y", typ: tar.TypeLink}),
	}}
	s.config = map[string]any{"history": []any{
		map[string]any{"created_by": "ADD base"}, map[string]any{"created_by": "ENV A=b", "empty_layer": true},
		map[string]any{"created_by": "RUN x PASSWORD=" + "hunter2"},
	}}
	name := writeDir(t, s.oci(t))
	img := mustOpen(t, name, OpenOptions{Base: []string{digest(s.layers[0])}})
	for i, want := range []map[string]string{{"a/x": "1", "a/y": "2"}, {"a/z": "3", "h": "2"}} {
		l := img.Layers()[i]
		if got, gaps := list(t, l.FS); !maps.Equal(got, want) || len(gaps) > 0 {
			t.Errorf("layer %d: got %v, want %v; gaps %q", i, got, want, gaps)
		}
		if l.Index != i || l.DiffID != digest(s.layers[i]) || l.Base != (i == 0) || l.Deleted {
			t.Errorf("layer %d: %+v", i, l.Layer)
		}
	}
	if a, b := img.Layers()[0].CreatedBy, img.Layers()[1].CreatedBy; a != "ADD base" || b != "RUN x PASSWORD=***" {
		t.Errorf("history %q, %q", a, b)
	}
}

func TestFiles(t *testing.T) {
	s := spec{layers: [][]byte{tarOf(t, entry{name: "a", data: "0123456789", mode: 0o4755}, entry{name: "dev", typ: tar.TypeChar}, entry{name: "l", link: "l"})}}
	img := s.open(t)
	fsys := img.Target().FS
	f, err := fsys.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 4)
	if n, err := f.(io.ReaderAt).ReadAt(p, 3); n != 4 || err != nil || string(p) != "3456" {
		t.Errorf("ReadAt: %d %v %s", n, err, p)
	}
	if n, err := f.(io.ReaderAt).ReadAt(p, 8); n != 2 || err != io.EOF {
		t.Errorf("ReadAt the end: %d %v", n, err)
	}
	if at, err := f.(io.Seeker).Seek(-2, io.SeekEnd); at != 8 || err != nil {
		t.Errorf("Seek: %d %v", at, err)
	}
	if rest, err := io.ReadAll(f); string(rest) != "89" || err != nil {
		t.Errorf("rest: %s %v", rest, err)
	}
	if info, _ := f.Stat(); info.Mode() != 0o755|fs.ModeSetuid || info.Size() != 10 || info.Name() != "a" {
		t.Errorf("%v", info)
	}
	f.Close()
	if _, err := f.Read(p); err == nil {
		t.Error("Read after Close")
	}
	if _, err := fsys.Open("dev"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("device: %v", err)
	}
	if _, err := fsys.Open("l"); err == nil || !strings.Contains(err.Error(), "too many levels") {
		t.Errorf("loop: %v", err)
	}
	for _, bad := range []string{"", "/a", "a/", "../a", "x/../a", "./a"} {
		if _, err := fsys.Open(bad); err == nil {
			t.Errorf("Open(%q): no error", bad)
		}
	}
	if err := fstest.TestFS(img.Hidden().FS); err != nil {
		t.Error(err)
	}
}

func TestRelative(t *testing.T) {
	for _, c := range []struct {
		link  string
		depth int
		want  string
	}{
		{"/bin/busybox", 1, "../bin/busybox"}, {"/", 0, "."}, {"/", 2, "../.."}, {"x", 0, "x"}, {"../x", 1, "../x"}, {"../../x", 1, "../x"},
		{"../..", 1, ".."}, {"./x", 3, "x"}, {"/../../x", 1, "../x"}, {"a/../..", 0, "a/../.."}, {"..x", 0, "..x"}, {"", 1, "."}, {"//x//y", 0, "x//y"},
	} {
		if got := relative(c.link, c.depth); got != c.want {
			t.Errorf("relative(%q, %d): got %q, want %q", c.link, c.depth, got, c.want)
		}
	}
}
