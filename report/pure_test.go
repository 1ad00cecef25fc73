package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
)

func TestRegionOf(t *testing.T) {
	text := "one\nzwei äöü x\r\nthree\n"
	i := strings.Index(text, "x")
	got := report.RegionOf([]byte(text), i, i+1)
	want := report.Region{Start: report.Position{Line: 2, Column: 10}, End: report.Position{Line: 2, Column: 11},
		Offset: int64(i), Length: 1, Snippet: "zwei äöü x"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got = report.RegionOf([]byte(text), 0, len(text))
	if got.Start != (report.Position{Line: 1, Column: 1}) || got.End != (report.Position{Line: 4, Column: 1}) {
		t.Errorf("whole text: %+v", got)
	}
	if got := report.RegionOf([]byte(text), -5, 1e6); got.Length != int64(len(text)) {
		t.Errorf("offsets outside: %+v", got)
	}
	long := []byte(strings.Repeat("y", 100_000) + "KEY" + strings.Repeat("z", 100_000))
	if got := report.RegionOf(long, 100_000, 100_003).Snippet; len(got) != 4096 || !strings.Contains(got, "KEY") {
		t.Errorf("snippet of a long line: %d bytes", len(got))
	}
}

func TestParseSeverity(t *testing.T) {
	for name, want := range map[string]report.Severity{"HIGH": report.High, "": report.Unrated, "moderate": report.Medium, "error": report.High, " note ": report.Low} {
		if got, err := report.ParseSeverity(name); got != want || err != nil {
			t.Errorf("%q: got %v, %v", name, got, err)
		}
	}
	if _, err := report.ParseSeverity("terrible"); err == nil {
		t.Error("no error")
	}
	for s := report.Unrated; s <= report.Critical; s++ {
		if got, err := report.ParseSeverity(s.String()); got != s || err != nil {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		v       *report.Verdict
		exit    int
		allowed bool
		text    string
	}{
		{nil, 2, false, "no verdict"},
		{&report.Verdict{}, 2, false, "undecided"},
		{&report.Verdict{Outcome: report.Pass}, 0, true, "pass"},
		{&report.Verdict{Outcome: report.Warn, Reasons: []report.Reason{{Message: "a"}}}, 0, true, "warn: a"},
		{&report.Verdict{Outcome: report.Fail, Reasons: []report.Reason{{Message: "a"}, {Message: "b"}, {Message: "c"}, {Message: "d"}}}, 1, false, "fail: a; b; c; and 1 more"},
	} {
		if c.v.ExitCode() != c.exit || c.v.Allowed() != c.allowed || c.v.String() != c.text {
			t.Errorf("%v: exit %d, allowed %v", c.v, c.v.ExitCode(), c.v.Allowed())
		}
	}
}

func TestSuppression(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		s    report.Suppression
		want bool
	}{
		{report.Suppression{Status: report.StatusAccepted}, true},
		{report.Suppression{Status: report.StatusAccepted, Expires: now}, false},
		{report.Suppression{Status: report.StatusNotAffected, Expires: now.Add(1)}, true},
		{report.Suppression{Status: report.StatusRejected}, false},
		{report.Suppression{}, false},
	} {
		f := report.Finding{Suppressions: []report.Suppression{c.s}}
		if got := f.Suppressed(now) != nil; got != c.want {
			t.Errorf("%+v: got %v", c.s, got)
		}
	}
}

func TestRepositoryName(t *testing.T) {
	for origin, want := range map[string]string{
		"https://user:secret@GitHub.com/acme/shop.git": "github.com/acme/shop",
		"https://github.com/acme/shop/":                "github.com/acme/shop",
		"git@github.com:acme/shop.git":                 "github.com/acme/shop",
		"ssh://git@git.acme.test:2222/team/shop.git":   "git.acme.test/team/shop",
		"/srv/git/shop.git":                            "",
		"../shop":                                      "",
		"file:///srv/git/shop.git":                     "",
		`C:\git\shop`:                                  "",
		"":                                             "",
		"https://github.com/":                          "",
	} {
		if got := report.RepositoryName(origin); got != want {
			t.Errorf("%s: got %q, want %q", origin, got, want)
		}
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenDirNames(t *testing.T) {
	commit := strings.Repeat("ab", 20)
	origin := func(url string) string { return "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = " + url + "\n" }
	for _, c := range []struct {
		name, sub  string
		files      map[string]string
		want, head string
	}{
		{"repository", ".", map[string]string{".git/config": origin("git@github.com:acme/shop.git"), ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": commit + "\n", "go.mod": "module example.com/x\n"}, "github.com/acme/shop", commit},
		{"below it", "svc/api", map[string]string{".git/config": origin("https://github.com/acme/shop"), ".git/HEAD": commit, "svc/api/x": ""}, "github.com/acme/shop/svc/api", commit},
		{"packed refs", ".", map[string]string{".git/config": origin("https://github.com/acme/shop"), ".git/HEAD": "ref: refs/heads/main", ".git/packed-refs": "# pack-refs\n" + commit + " refs/heads/main\n"}, "github.com/acme/shop", commit},
		{"local origin", ".", map[string]string{".git/config": origin("/srv/shop"), "go.mod": "// x\nmodule \"example.com/shop\" // y\n"}, "example.com/shop", ""},
		{"work tree", "wt", map[string]string{"main/.git/config": origin("https://github.com/acme/shop"), "main/.git/worktrees/wt/HEAD": commit, "main/.git/worktrees/wt/commondir": "../..\n", "wt/.git": "gitdir: ../main/.git/worktrees/wt\n"}, "github.com/acme/shop", commit},
		{"nothing", "plain", map[string]string{"plain/x": ""}, "plain", ""},
	} {
		dir := t.TempDir()
		write(t, dir, c.files)
		target, err := report.OpenDir(filepath.Join(dir, filepath.FromSlash(c.sub)))
		if err != nil {
			t.Fatal(err)
		}
		if s := target.Subject; s.Name != c.want || s.Version != c.head {
			t.Errorf("%s: got %s at %q, want %s at %q", c.name, s.Name, s.Version, c.want, c.head)
		}
		target.Close()
	}
}

func TestOpenDirStaysInside(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"secret": "x", "in/file": "y"})
	if err := os.Symlink("../secret", filepath.Join(dir, "in/link")); err != nil {
		t.Skip(err)
	}
	target, err := report.OpenDir(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if f, err := target.FS.Open("link"); err == nil {
		f.Close()
		t.Error("a link out of the tree was followed")
	}
	if _, err := report.OpenDir(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v", err)
	}
	if _, err := report.OpenDir(filepath.Join(dir, "secret")); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

func TestDirCache(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	c, err := report.DirCache(dir, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Get(ctx, "a"); ok {
		t.Error("hit in an empty cache")
	}
	c.Put(ctx, "a", []byte("value"))
	if v, ok := c.Get(ctx, "a"); !ok || string(v) != "value" {
		t.Errorf("got %q, %v", v, ok)
	}
	for i := range 100 {
		c.Put(ctx, strings.Repeat("k", i+1), make([]byte, 1000))
	}
	var total int64
	var some string
	filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			total += info.Size()
			some = p
		}
		return nil
	})
	if total == 0 || total > 12_000 {
		t.Errorf("the cache holds %d bytes", total)
	}
	if err := os.WriteFile(some, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if v, ok := c.Get(ctx, strings.Repeat("k", i+1)); ok && len(v) != 1000 {
			t.Error("a damaged value was returned")
		}
	}
	if _, err := report.DirCache(dir, -1); err == nil {
		t.Error("negative size")
	}
}

func TestHiddenFilesAreNotThere(t *testing.T) {
	tree := fstest.MapFS{"a/x.go": {Data: []byte("x")}, "a/b/y.go": {Data: []byte("y")}, "vendor/z.go": {}, "c/w.go": {Data: []byte("w")}}
	report.ViewForTest(t, tree, []string{"a/**"}, []string{"a/b"}, []string{"a/x.go"})
	report.ViewForTest(t, tree, nil, []string{"vendor/**"}, []string{"a/x.go", "a/b/y.go", "c/w.go"})
	report.ViewForTest(t, tree, []string{"a/b/**", "*w.go"}, nil, []string{"a/b/y.go", "c/w.go"})
}

func TestSourceDateEpoch(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "")
	if now, err := report.SourceDateEpoch(); now != nil || err != nil {
		t.Errorf("not set: %v", err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	now, err := report.SourceDateEpoch()
	if err != nil || now().Unix() != 1790000000 || now().Location() != time.UTC {
		t.Errorf("got %v", err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if _, err := report.SourceDateEpoch(); err == nil || !strings.Contains(err.Error(), "yesterday") {
		t.Errorf("got %v", err)
	}
}
