package sca_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

// record is an OSV record about all versions of a package before 2.0.0.
func record(id, ecosystem, name string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2024-01-02T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},`+
		`"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}`, id, ecosystem, name)
}

func tree(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range files {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

func zipped(tb testing.TB, files map[string]string) string {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		w.Write([]byte(data))
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func gzipped(data string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(data))
	z.Close()
	return b.String()
}

// ids returns what a database says about packages of npm.
func ids(tb testing.TB, db sca.Database, names ...string) (out []string) {
	tb.Helper()
	for _, name := range names {
		found, err := db.Lookup(tb.Context(), []sca.Package{{Ecosystem: "npm", Name: name}})
		if err != nil {
			tb.Fatal(err)
		}
		for _, a := range found[0] {
			out = append(out, a.ID)
		}
	}
	return out
}

func TestOpenLayouts(t *testing.T) {
	a, b := record("A-1", "npm", "a"), record("B-1", "npm", "b")
	for _, c := range []struct {
		name  string
		files map[string]string
	}{
		{"directory", map[string]string{"a.json": a, "deep/er/b.json": b, "README.md": "not a record"}},
		{"lines", map[string]string{"npm.jsonl": a + "\n\n" + b + "\n"}},
		{"lines without end", map[string]string{"npm.jsonl": a + "\n" + b}},
		{"gzipped lines", map[string]string{"npm.jsonl.gz": gzipped(a + "\n" + b + "\n")}},
		{"gzipped record", map[string]string{"a.json.gz": gzipped(a), "a.json": a, "b.json.gz": gzipped(b)}},
		{"list", map[string]string{"npm.json": "[" + a + ",\n" + b + "]"}},
		{"zip", map[string]string{"npm/all.zip": zipped(t, map[string]string{"a.json": a, "x/b.json": b})}},
		{"lines in a zip", map[string]string{"all.zip": zipped(t, map[string]string{"npm.jsonl": a + "\n" + b})}},
	} {
		db, err := sca.OpenFS(t.Context(), tree(c.files))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		info := db.Info()
		if got := ids(t, db, "a", "b", "c"); !slices.Equal(got, []string{"A-1", "B-1"}) {
			t.Errorf("%s: got %q, want A-1 and B-1", c.name, got)
		}
		if !slices.Equal(info.Ecosystems, []string{"npm"}) || !slices.Equal(info.Partial, []string{"npm"}) || len(info.Gaps) > 0 {
			t.Errorf("%s: got %+v, want npm in part, without gaps", c.name, info)
		}
		if d := info.Data[0]; !d.Modified.Equal(time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)) || !strings.HasPrefix(d.Version, "sha256:") {
			t.Errorf("%s: got %+v, want a date and a digest", c.name, d)
		}
	}
}

func TestOpenNames(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		return p
	}
	a := record("A-1", "npm", "a")
	write("dir/a.json", a)
	for _, name := range []string{
		filepath.Join(dir, "dir"), write("all.zip", zipped(t, map[string]string{"a.json": a})), write("n.jsonl", a), write("n.jsonl.gz", gzipped(a)), write("one.json", a),
	} {
		db, err := sca.Open(t.Context(), name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := ids(t, db, "a"); len(got) != 1 {
			t.Errorf("%s: got %q, want A-1", name, got)
		}
		if got := db.Info().Data[0].Name; got != filepath.Base(name) {
			t.Errorf("%s: got the name %q", name, got)
		}
	}
	empty := filepath.Join(dir, "empty")
	os.Mkdir(empty, 0o777)
	for _, name := range []string{filepath.Join(dir, "missing"), empty, write("x.txt", a), write("bad.zip", "PK"), write("empty.jsonl", "\n")} {
		if _, err := sca.Open(t.Context(), name); err == nil || !strings.Contains(err.Error(), filepath.Base(name)) {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
	}
}

// TestOpenBroken: what is broken is a gap that names file, record and line,
// and the rest is kept.
func TestOpenBroken(t *testing.T) {
	good := record("A-1", "npm", "a")
	noise := ""
	for i := range 5000 {
		noise += fmt.Sprintf("%x", i*i*i*i)
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // part of the gap; empty: no gap
		kept  string // ids that are there nonetheless
	}{
		{"not JSON", map[string]string{"x.json": "{\n\"id\": \"X\",\n!"}, "parse x.json:3: not JSON", ""},
		{"cut", map[string]string{"x.json": good[:40]}, "x.json", ""},
		{"empty", map[string]string{"x.json": ""}, "x.json", ""},
		{"no id", map[string]string{"x.json": "{}"}, "x.json: no OSV record", ""},
		{"id is a number", map[string]string{"x.json": `{"id":1}`}, "x.json: no OSV record", ""},
		{"a line", map[string]string{"x.jsonl": record("X-1", "npm", "x") + "\n{\n" + record("Y-1", "npm", "y")}, "x.jsonl:2: not JSON", "X-1 Y-1"},
		{"in a list", map[string]string{"x.json": "[" + record("X-1", "npm", "x") + ",\n{}]"}, "x.json:", "X-1"},
		{"unknown fields", map[string]string{"x.json": strings.Replace(record("X-1", "npm", "x"), `{"id"`, `{"new":[{}],"id"`, 1)}, "", "X-1"},
		{"range type", map[string]string{"x.json": strings.Replace(record("X-1", "npm", "x"), "ECOSYSTEM", "VIBES", 1)}, `record X-1: affected[0].ranges[0]: unknown type "VIBES"`, "X-1"},
		{"events", map[string]string{"x.json": strings.Replace(record("X-1", "npm", "x"), `{"introduced":"0"},`, "", 1)}, "record X-1: affected[0].ranges[0]: no event says where it begins", "X-1"},
		{"event", map[string]string{"x.json": strings.Replace(record("X-1", "npm", "x"), `{"introduced":"0"}`, `{"began":"0"}`, 1)}, "record X-1: affected[0].ranges[0]: events[0] says nothing", "X-1"},
		{"ranges is text", map[string]string{"x.json": `{"id":"X-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":"all"}]}`}, "record X-1: affected[0].ranges: not a list", "X-1"},
		{"range is text", map[string]string{"x.json": `{"id":"X-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":["all"]}]}`}, "record X-1: affected[0].ranges[0]: string where", "X-1"},
		{"affected is text", map[string]string{"x.json": `{"id":"X-1","affected":"all"}`}, "record X-1: affected: not a list", ""},
		{"date", map[string]string{"x.json": strings.Replace(record("X-1", "npm", "x"), "2024-01-02T", "2024-13-02T", 1)}, "record X-1: modified:", "X-1"},
		{"package without name", map[string]string{"x.json": record("X-1", "npm", "")}, "record X-1: affected[0]: package needs", ""},
		{"gzip cut", map[string]string{"x.jsonl.gz": gzipped(record("X-1", "npm", "x") + "\n" + noise)[:1<<10]}, "x.jsonl.gz", "X-1"},
		{"gzip not", map[string]string{"x.jsonl.gz": "hello"}, "x.jsonl.gz", ""},
		{"zip not", map[string]string{"all.zip": "hello"}, "all.zip", ""},
		{"zip in zip", map[string]string{"all.zip": zipped(t, map[string]string{"b.zip": zipped(t, map[string]string{"x.json": good})})}, "all.zip!/b.zip: a zip in a zip", ""},
		{"zip climbs", map[string]string{"all.zip": zipped(t, map[string]string{"../x.json": record("X-1", "npm", "x"), "x.json": record("X-1", "npm", "x")})}, "all.zip!/x.json: there are two entries", "X-1"},
		{"zip bomb", map[string]string{"all.zip": zipped(t, map[string]string{"x.json": `{"id":"X-1","details":"` + strings.Repeat("a", 17<<20) + `"}`})}, "limit all.zip!/x.json", ""},
		{"file bomb", map[string]string{"all.zip": zipped(t, map[string]string{"x.json": strings.Repeat(" ", 65<<20)})}, "limit all.zip!/x.json", ""},
		{"line bomb", map[string]string{"x.jsonl.gz": gzipped(strings.Repeat("a", 17<<20) + "\n" + record("X-1", "npm", "x"))}, "limit x.jsonl.gz:1", "X-1"},
		{"deep", map[string]string{"x.json": `{"id":"X-1","affected":` + strings.Repeat("[", 1<<20)}, "x.json", ""},
		{"archive of another kind", map[string]string{"x.tar.gz": "data"}, "x.tar.gz: no form", ""},
		{"manifest", map[string]string{sca.Manifest: "{"}, sca.Manifest, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.files["a.json"] = good
			db, err := sca.OpenFS(t.Context(), tree(c.files))
			if err != nil {
				t.Fatal(err)
			}
			gaps := db.Info().Gaps
			switch {
			case c.want == "" && len(gaps) > 0:
				t.Errorf("got %v, want no gap", gaps[0])
			case c.want != "" && (len(gaps) != 1 || !strings.Contains(gaps[0].Error(), c.want)):
				t.Errorf("got %v, want one gap with %q", gaps, c.want)
			}
			want := append([]string{"A-1"}, strings.Fields(c.kept)...)
			if got := ids(t, db, "a", "x", "y"); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestOpenManyBroken(t *testing.T) {
	db, err := sca.OpenFS(t.Context(), tree(map[string]string{"x.jsonl": strings.Repeat("{}\n", 5000), "a.json": record("A-1", "npm", "a")}))
	if err != nil {
		t.Fatal(err)
	}
	gaps := db.Info().Gaps
	if len(gaps) != 101 || !strings.Contains(gaps[100].Error(), "4900 more") {
		t.Errorf("got %d gaps, the last %v, want 100 and their number", len(gaps), gaps[len(gaps)-1])
	}
}

func TestOpenManifest(t *testing.T) {
	db, err := sca.OpenFS(t.Context(), tree(map[string]string{
		sca.Manifest: `{"name":"mirror","ecosystems":["npm","Debian:12"],"modified":"2025-01-01T00:00:00Z"}`,
		"a.json":     record("A-1", "npm", "a"), "b.json": record("B-1", "PyPI", "b"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	info := db.Info()
	if want := []string{"Debian:12", "PyPI", "npm"}; !slices.Equal(info.Ecosystems, want) || !slices.Equal(info.Partial, []string{"PyPI"}) {
		t.Errorf("got %+v, want %v with PyPI in part", info, want)
	}
	if d := info.Data[0]; d.Name != "mirror" || d.Modified.Year() != 2025 {
		t.Errorf("got %+v, want what the manifest says", d)
	}
}

func TestOpenGoLayout(t *testing.T) {
	files := map[string]string{
		"index/db.json":      `{"modified":"2026-01-02T03:04:05Z"}`,
		"index/modules.json": `[{"path":"example.com/a","vulns":[{"id":"GO-1"}]},{"path":"example.com/b","vulns":[{"id":"GO-1"},{"id":"GO-2"}]}]`,
		"index/vulns.json":   `[]`,
		"ID/GO-1.json":       record("GO-1", "Go", "example.com/a"),
		"ID/index.json":      `[]`,
	}
	for _, fsys := range []fs.FS{tree(files), tree(map[string]string{"vulndb.zip": zipped(t, files)})} {
		db, err := sca.OpenFS(t.Context(), fsys)
		if err != nil {
			t.Fatal(err)
		}
		info := db.Info()
		if !slices.Equal(info.Ecosystems, []string{"Go"}) || len(info.Partial) > 0 {
			t.Errorf("got %+v, want all of Go", info)
		}
		if len(info.Gaps) != 1 || !strings.Contains(info.Gaps[0].Error(), "ID/GO-2.json: missing") {
			t.Errorf("got %v, want one gap for GO-2", info.Gaps)
		}
		if d := info.Data[0]; d.Name != "Go vulnerability database" || d.Modified.Year() != 2026 {
			t.Errorf("got %+v", d)
		}
	}
}

func TestOpenCancelled(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := sca.OpenFS(ctx, tree(map[string]string{"a.json": record("A-1", "npm", "a")})); !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
}

func TestCombine(t *testing.T) {
	open := func(files map[string]string) sca.Database {
		db, err := sca.OpenFS(t.Context(), tree(files))
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	if db := sca.Combine(nil, nil); db != nil {
		t.Errorf("of nothing: got %v, want nil", db)
	}
	db := sca.Combine(
		open(map[string]string{"a.json": record("A-1", "npm", "a"), sca.Manifest: `{"ecosystems":["npm"]}`}), nil,
		open(map[string]string{"b.json": record("B-1", "npm", "a"), "c.json": record("C-1", "Go", "a"), "bad.json": "{"}))
	info := db.Info()
	if !slices.Equal(info.Ecosystems, []string{"Go", "npm"}) || !slices.Equal(info.Partial, []string{"Go"}) || len(info.Data) != 2 || len(info.Gaps) != 1 {
		t.Errorf("got %+v", info)
	}
	if got := ids(t, db, "a"); !slices.Equal(got, []string{"A-1", "B-1"}) {
		t.Errorf("got %q, want A-1 and B-1", got)
	}
}

// failing is a database that answers in part, or not at all.
type failing struct{ err error }

func (f failing) Info() sca.Info { return sca.Info{Ecosystems: []string{"npm"}} }
func (f failing) Lookup(_ context.Context, pkgs []sca.Package) ([][]*sca.Advisory, error) {
	return make([][]*sca.Advisory, len(pkgs)), f.err
}

func TestCombineErrors(t *testing.T) {
	db, err := sca.OpenFS(t.Context(), tree(map[string]string{"a.json": record("A-1", "npm", "a")}))
	if err != nil {
		t.Fatal(err)
	}
	pkgs := []sca.Package{{Ecosystem: "npm", Name: "a"}}
	part := &report.Error{Op: report.OpRead, Path: "url", Err: errors.New("half")}
	found, err := sca.Combine(db, failing{part}).Lookup(t.Context(), pkgs)
	if e, ok := errors.AsType[*report.Error](err); !ok || e.Path != "url" || len(found) != 1 || len(found[0]) != 1 {
		t.Errorf("got %v, %v, want A-1 and a gap", found, err)
	}
	db = openTree(t, map[string]string{"a.json": record("A-1", "npm", "a")})
	two := sca.Combine(db, failing{errors.Join(part, part)}, failing{fmt.Errorf("asking: %w", part)})
	if found, gaps := match(t, two, npm("a", "1.0.0")); len(found) != 1 || len(gaps) != 3 {
		t.Errorf("got %v, %q, want A-1 and three gaps", found, gaps)
	}
	whole := errors.New("gone")
	if found, err := sca.Combine(db, failing{whole}).Lookup(t.Context(), pkgs); !errors.Is(err, whole) || found != nil {
		t.Errorf("got %v, %v, want %v alone", found, err, whole)
	}
}
