package govulndb

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"archive/zip"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

func record(id, module string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2024-01-02T00:00:00Z","summary":"Flaw","affected":[{"package":{"ecosystem":"Go","name":%q},`+
		`"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}`, id, module)
}

// files is a database with two records about a and one about b.
func files() fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range map[string]string{
		"index/db.json": `{"modified":"2026-01-02T03:04:05Z"}`,
		"index/modules.json": `[{"path":"example.com/a","vulns":[{"id":"GO-1","modified":"2024-01-02T00:00:00Z"},{"id":"GO-2","modified":"2024-01-02T00:00:00Z"}]},
			{"path":"example.com/b","vulns":[{"id":"GO-3","modified":"2024-01-02T00:00:00Z"}]}]`,
		"ID/GO-1.json": record("GO-1", "example.com/a"),
		"ID/GO-2.json": record("GO-2", "example.com/a"),
		"ID/GO-3.json": record("GO-3", "example.com/b"),
	} {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

// A server serves files with ETags and counts what is asked; odd answers come first.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // "200 index/db.json"
	odd   func(name string, n int, w http.ResponseWriter) bool
}

func serve(t *testing.T, tree fs.FS, odd func(name string, n int, w http.ResponseWriter) bool) *server {
	t.Helper()
	s := &server{odd: odd}
	seen := map[string]int{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		name := strings.TrimPrefix(r.URL.Path, "/v1/")
		seen[name]++
		if s.odd != nil && s.odd(name, seen[name], w) {
			s.asked = append(s.asked, "odd "+name)
			return
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			s.asked = append(s.asked, "404 "+name)
			http.NotFound(w, r)
			return
		}
		etag := fmt.Sprintf(`"%d"`, len(data))
		if r.Header.Get("If-None-Match") == etag {
			s.asked = append(s.asked, "304 "+name)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		s.asked = append(s.asked, "200 "+name)
		w.Header().Set("ETag", etag)
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(data)
			z.Close()
			return
		}
		w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) count(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func (s *server) open(t *testing.T, cache report.Cache) *database {
	t.Helper()
	d, err := open(t.Context(), Options{URL: s.URL + "/v1/", Client: s.Client(), Cache: cache}, time.Microsecond)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var pkgs = []sca.Package{{Ecosystem: "Go", Name: "example.com/b"}, {Ecosystem: "Go", Name: "example.com/none"}, {Ecosystem: "Go", Name: "example.com/a"}, {Ecosystem: "npm", Name: "example.com/a"}}

func names(found [][]*sca.Advisory) (out []string) {
	for _, list := range found {
		var ids []string
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		out = append(out, strings.Join(ids, " "))
	}
	return out
}

func TestLookup(t *testing.T) {
	s := serve(t, files(), nil)
	d := s.open(t, nil)
	for range 2 {
		found, err := d.Lookup(t.Context(), pkgs)
		if want := []string{"GO-3", "", "GO-1 GO-2", ""}; err != nil || !slices.Equal(names(found), want) {
			t.Errorf("got %q, %v, want %q", names(found), err, want)
		}
		if got, want := found[0][0].Origin, s.URL+"/v1/ID/GO-3.json"; got != want {
			t.Errorf("origin: got %s, want %s", got, want)
		}
	}
	if n := s.count("200 ID/"); n != 3 {
		t.Errorf("got %d records fetched, want each once", n)
	}
	info := d.Info()
	if len(info.Gaps) > 0 || len(info.Partial) > 0 || !slices.Equal(info.Ecosystems, []string{"Go"}) || info.Data[0].Modified.Year() != 2026 {
		t.Errorf("got %+v", info)
	}
}

func TestCache(t *testing.T) {
	cache, err := report.DirCache(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	tree := files()
	s := serve(t, tree, nil)
	for i := range 3 {
		found, err := s.open(t, cache).Lookup(t.Context(), pkgs)
		if err != nil || len(found[2]) != 2 {
			t.Fatalf("run %d: got %q, %v", i, names(found), err)
		}
		if i == 1 { // a new record changes the index
			tree["index/modules.json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(tree["index/modules.json"].Data), "2024-01-02", "2024-01-03", 1) + " ")}
		}
	}
	if got := fmt.Sprint(s.count("200 index/"), s.count("304 index/"), s.count("200 ID/")); got != "3 3 4" {
		t.Errorf("got %s, want 3 indexes sent, 3 not changed, 4 records: %q", got, s.asked)
	}
}

// TestFailures: what the server does not give is a gap that names its URL,
// and the rest is there.
func TestFailures(t *testing.T) {
	status := func(code int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(code)
		}
	}
	text := func(s string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.Write([]byte(s)) }
	}
	cut := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte(`{"id":`))
	}
	for _, c := range []struct {
		name, file string
		times      int // how often it fails; zero: always
		answer     func(http.ResponseWriter)
		want       string // part of the gap; empty: none
		asked      int    // how often the file is asked for
	}{
		{"500 once", "ID/GO-1.json", 1, status(500), "", 2},
		{"429 twice", "ID/GO-1.json", 2, status(429), "", 3},
		{"503", "ID/GO-1.json", 0, status(503), "read %s/v1/ID/GO-1.json: 503 Service Unavailable", 4},
		{"404", "ID/GO-1.json", 0, status(404), "read %s/v1/ID/GO-1.json: 404 Not Found", 1},
		{"304 out of nowhere", "ID/GO-1.json", 0, status(304), "read %s/v1/ID/GO-1.json: 304 Not Modified", 1},
		{"cut once", "ID/GO-1.json", 1, cut, "", 2},
		{"cut", "ID/GO-1.json", 0, cut, "read %s/v1/ID/GO-1.json: unexpected EOF", 4},
		{"bad JSON", "ID/GO-1.json", 0, text("<html>"), "parse %s/v1/ID/GO-1.json: not JSON", 1},
		{"empty", "ID/GO-1.json", 0, text(""), "parse %s/v1/ID/GO-1.json: not JSON", 1},
		{"too large", "ID/GO-1.json", 0, text(strings.Repeat(" ", maxRecord+1)), "limit %s/v1/ID/GO-1.json: answer too large", 1},
		{"broken range", "ID/GO-1.json", 0, text(`{"id":"GO-1","affected":[{"package":{"ecosystem":"Go","name":"example.com/a"},"ranges":[1]}]}`), "parse %s/v1/ID/GO-1.json: record GO-1: affected[0].ranges[0]", 1},
		{"gzip bomb", "ID/GO-1.json", 0, func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(make([]byte, 64<<20))
			z.Close()
		}, "limit %s/v1/ID/GO-1.json: answer too large", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, files(), func(name string, n int, w http.ResponseWriter) bool {
				if name != c.file || c.times > 0 && n > c.times {
					return false
				}
				c.answer(w)
				return true
			})
			found, err := s.open(t, nil).Lookup(t.Context(), pkgs)
			if c.want == "" {
				if err != nil || len(found[2]) != 2 {
					t.Errorf("got %q, %v, want all", names(found), err)
				}
			} else {
				e, ok := errors.AsType[*report.Error](err)
				if want := fmt.Sprintf(c.want, s.URL); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
				if len(found) != 4 || len(found[0]) != 1 || len(found[2]) == 0 {
					t.Errorf("got %q, want the rest", names(found))
				}
			}
			if n := s.count("odd") + s.count("200 "+c.file); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

func TestIndexFails(t *testing.T) {
	for _, file := range []string{"index/db.json", "index/modules.json"} {
		s := serve(t, files(), func(name string, n int, w http.ResponseWriter) bool {
			if name != file {
				return false
			}
			w.Write([]byte("<html>"))
			return true
		})
		d := s.open(t, nil)
		scanner, err := sca.New(sca.Options{Database: d})
		if err != nil {
			t.Fatal(err)
		}
		target := report.NewTarget("shop", fstest.MapFS{"go.mod": {Data: []byte("module example.com/shop\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n")}})
		rep, err := scanner.Scan(t.Context(), target)
		if !errors.Is(err, report.ErrIncomplete) || len(rep.Notices) != 1 || rep.Notices[0].Path != s.URL+"/v1/"+file {
			t.Errorf("%s: got %+v, %v, want a gap that names it", file, rep.Notices, err)
		}
	}
}

// TestGivesUp: a server that fails is not asked for every record in vain.
func TestGivesUp(t *testing.T) {
	tree := files()
	var list []string
	for i := range 200 {
		list = append(list, fmt.Sprintf(`{"id":"GO-%d"}`, i))
	}
	tree["index/modules.json"] = &fstest.MapFile{Data: []byte(`[{"path":"example.com/a","vulns":[` + strings.Join(list, ",") + `]}]`)}
	s := serve(t, tree, func(name string, n int, w http.ResponseWriter) bool {
		if !strings.HasPrefix(name, "ID/") {
			return false
		}
		w.WriteHeader(500)
		return true
	})
	_, err := s.open(t, nil).Lookup(t.Context(), pkgs)
	if err == nil || !strings.Contains(err.Error(), "more records not fetched") {
		t.Errorf("got %v, want what was given up", err)
	}
	if n := s.count("odd"); n > 2*maxFailed*tries {
		t.Errorf("asked %d times", n)
	}
}

func TestHostileIndex(t *testing.T) {
	tree := files()
	tree["index/modules.json"] = &fstest.MapFile{Data: []byte(`[{"path":"example.com/a","vulns":[{"id":"../../etc"},{"id":""},{"id":"GO-2"}]}]`)}
	s := serve(t, tree, nil)
	found, err := s.open(t, nil).Lookup(t.Context(), pkgs)
	if err == nil || !strings.Contains(err.Error(), `"../../etc" is no id`) || len(found[2]) != 1 {
		t.Errorf("got %q, %v, want GO-2 and a gap", names(found), err)
	}
}

func TestSlowServer(t *testing.T) {
	release := make(chan struct{})
	asked := make(chan struct{}, 10)
	hang := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-release
	}))
	defer hang.Close()
	defer close(release)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		cancel(cause)
	}()
	if _, err := New(ctx, Options{URL: hang.URL, Client: hang.Client()}); !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
}

// A client's own time-out is a gap, since the run goes on.
func TestClientTimeout(t *testing.T) {
	release := make(chan struct{})
	hang := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer hang.Close()
	defer close(release)
	client := hang.Client()
	client.Timeout = time.Millisecond
	d, err := open(t.Context(), Options{URL: hang.URL, Client: client}, time.Microsecond)
	if err != nil {
		t.Fatal(err)
	}
	if gaps := d.Info().Gaps; len(gaps) != 1 || gaps[0].Path != hang.URL+"/index/db.json" {
		t.Errorf("got %v, want a gap that names the index", gaps)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{}, {URL: "https://vuln.example"}, {URL: "ftp://vuln.example", Client: http.DefaultClient}, {URL: "vuln.example", Client: http.DefaultClient},
		{URL: "https://vuln.example?x=1", Client: http.DefaultClient}, {URL: "https://", Client: http.DefaultClient}, {URL: ":", Client: http.DefaultClient},
	} {
		if _, err := New(t.Context(), o); err == nil || !strings.Contains(err.Error(), "Options.") {
			t.Errorf("%+v: got %v, want an error that names the field", o, err)
		}
	}
}

// TestRealData: over HTTP the database says the same as from its file.
func TestRealData(t *testing.T) {
	name := filepath.Join("..", "..", "..", "shared", "data", "go-vulndb", "vulndb.zip")
	if _, err := os.Stat(name); err != nil {
		t.Skip("../shared/data/go-vulndb, beside the checkout, is absent")
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	local, err := sca.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var ask []sca.Package
	for _, m := range []string{"golang.org/x/crypto", "golang.org/x/net", "stdlib", "toolchain", "github.com/gin-gonic/gin", "example.com/none"} {
		ask = append(ask, sca.Package{Ecosystem: "Go", Name: m})
	}
	want, err := local.Lookup(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	got, err := serve(t, z, nil).open(t, nil).Lookup(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ask {
		w, g := names(want[i:i+1]), names(got[i:i+1])
		if slices.Sort(w); strings.Join(sorted(w[0]), " ") != strings.Join(sorted(g[0]), " ") {
			t.Errorf("%s: got %q, want %q", ask[i].Name, g, w)
		}
	}
	t.Logf("%d records about crypto, %d about stdlib", len(got[0]), len(got[2]))
}

func sorted(s string) []string { return slices.Sorted(slices.Values(strings.Fields(s))) }
