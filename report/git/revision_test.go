package git_test

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
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/git"
)

func TestAt(t *testing.T) {
	r := newRepo(t)
	r.git("remote", "add", "origin", "git@example.com:acme/shop.git")
	r.write("a.txt", "one\n")
	r.write("dir/sub/b", "two")
	r.write("big", strings.Repeat("0123456789abcde\n", 1<<20)) // 16 MiB: a process of its own
	r.link("dir/sub", "link")
	r.link("../../etc/passwd", "out")
	r.link("/etc/passwd", "absolute")
	r.link("loop", "loop")
	r.link("a.txt", "file")
	first := r.commit()
	r.write("a.txt", "changed")
	r.git("tag", "-a", "-m", "x", "v1", first)
	r.commit()
	r.write("a.txt", "on disk")

	for _, rev := range []string{first, first[:12], "v1", "HEAD~1", "main~", "HEAD^"} {
		target, err := r.open().At(t.Context(), rev)
		if err != nil {
			t.Errorf("%s: %v", rev, err)
			continue
		}
		s := target.Subject
		if s.Name != "example.com/acme/shop" || s.Version != first || !strings.HasPrefix(s.Digest, "gitTree:") || s.Kind != "repository" {
			t.Errorf("%s: subject %+v", rev, s)
		}
		if text, err := fs.ReadFile(target.FS, "a.txt"); string(text) != "one\n" || err != nil {
			t.Errorf("%s: got %q, %v", rev, text, err)
		}
		target.Close()
	}

	target, err := r.open().At(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	fsys := target.FS
	if text, err := fs.ReadFile(fsys, "link/b"); string(text) != "two" || err != nil {
		t.Errorf("through a link: %q, %v", text, err)
	}
	for _, name := range []string{"out", "absolute", "loop", "gone", "a.txt/x", "../a.txt", "dir//sub"} {
		if _, err := fsys.Open(name); err == nil {
			t.Errorf("%s can be opened", name)
		}
	}
	big, err := fs.ReadFile(fsys, "big")
	if len(big) != 16<<20 || err != nil || !bytes.HasSuffix(big, []byte("abcde\n")) {
		t.Errorf("big: %d bytes, %v", len(big), err)
	}
	info, err := fs.Stat(fsys, "a.txt")
	if err != nil || info.Size() != 4 || info.Mode() != 0o644 || !info.ModTime().Equal(time.Unix(1700000000, 0)) {
		t.Errorf("got %v, %v", info, err)
	}
	if info, err := fs.Lstat(fsys, "link"); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("got %v, %v", info, err)
	}
	f, err := fsys.Open("big") // a reader that stops early leaves no process
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(make([]byte, 100)); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Read(make([]byte, 100)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v from a closed file", err)
	}
	if err := target.Close(); err != nil {
		t.Error(err)
	}
	if _, err := fs.ReadFile(fsys, "a.txt"); err == nil {
		t.Error("a closed target can be read")
	}
}

func TestTreeIsAFileSystem(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "one\n")
	r.write("dir/sub/b", "two")
	r.write("dir/c", "")
	r.commit()
	fsys, err := r.open().Tree(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(fsys, "a.txt", "dir/sub/b", "dir/c"); err != nil {
		t.Error(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if text, err := fs.ReadFile(fsys, "dir/sub/b"); string(text) != "two" || err != nil {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
	wg.Wait()
	if err := fsys.(io.Closer).Close(); err != nil {
		t.Error(err)
	}
	sub, err := r.open().Tree(t.Context(), "HEAD:dir")
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, sub); !maps.Equal(got, map[string]string{"sub/b": "two", "c": ""}) {
		t.Errorf("got %v", got)
	}
}

func TestRevisionsThatAreNone(t *testing.T) {
	r := newRepo(t)
	r.write("a", "x")
	r.commit()
	repo := r.open()
	for _, rev := range []string{"", "-h", "--upload-pack=x", "gone", "HEAD:a", "HEAD:gone", "a\nb", strings.Repeat("0", 40), "HEAD..HEAD"} {
		if _, err := repo.At(t.Context(), rev); err == nil || !strings.Contains(err.Error(), "revision") {
			t.Errorf("%q: got %v, want an error that says revision", rev, err)
		}
		if _, err := repo.Tree(t.Context(), rev); err == nil {
			t.Errorf("%q is a tree", rev)
		}
		if _, err := repo.Diff(t.Context(), rev, "HEAD"); err == nil {
			t.Errorf("%q is a base", rev)
		}
	}
}

func TestOpen(t *testing.T) {
	if _, err := git.Open(t.Context(), emptyDir(t).dir); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("no repository: got %v", err)
	}
	if _, err := git.Open(t.Context(), filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("no directory: no error")
	}
	r := newRepo(t)
	r.write("sub/go.mod", "module x\n")
	r.write("go.mod", "module example.com/mod\n")
	r.commit()
	sub := &testRepo{t, filepath.Join(r.dir, "sub")}
	target, err := sub.open().At(t.Context(), "HEAD")
	if err != nil || target.Subject.Name != "example.com/mod" {
		t.Fatalf("from a directory below: %v, %v", target, err)
	}
	defer target.Close()
	if _, err := fs.Stat(target.FS, "sub/go.mod"); err != nil {
		t.Error(err)
	}

	bare := emptyDir(t)
	bare.git("clone", "-q", "--bare", r.dir, "shop.git")
	bare.dir = filepath.Join(bare.dir, "shop.git")
	repo := bare.open()
	at, err := repo.At(t.Context(), "main")
	if err != nil || at.Subject.Name != "shop" {
		t.Fatalf("bare: %+v, %v", at, err)
	}
	at.Close()
	if _, err := repo.Staged(t.Context()); err == nil {
		t.Error("a bare repository has staged files")
	}
	if _, err := repo.Diff(t.Context(), "main", ""); err == nil {
		t.Error("a bare repository has a work tree")
	}

	for _, elsewhere := range []string{os.TempDir(), t.TempDir(), newRepo(t).dir, "/"} {
		r.git("config", "core.worktree", elsewhere)
		if _, err := git.Open(t.Context(), r.dir); err == nil || !strings.Contains(err.Error(), "work tree") {
			t.Errorf("a work tree in %s: got %v", elsewhere, err)
		}
	}
}

func TestDetachedAndLinkedWorkTrees(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	first := r.commit()
	r.write("a", "two\n")
	r.commit()
	r.git("checkout", "-q", "--detach", first)
	r.write("a", "three\n")
	r.git("add", "a")
	if got, _ := staged(t, r); got["a"] != "three\n" {
		t.Errorf("detached: got %v", got)
	}
	wt := &testRepo{t, filepath.Join(t.TempDir(), "wt")}
	r.git("worktree", "add", "-q", wt.dir, "main")
	wt.write("a", "four\n")
	wt.git("add", "a")
	if got, _ := staged(t, wt); got["a"] != "four\n" {
		t.Errorf("linked work tree: got %v", got)
	}
}

// What a partial clone lacks is a gap for scanners, and git fetches nothing.
func TestMissingObjects(t *testing.T) {
	src := newRepo(t)
	src.git("config", "uploadpack.allowFilter", "true")
	src.write("a", "a rather long first version\n")
	first := src.commit()
	src.write("a", "second\n")
	src.write("b", "second\n")
	src.commit()
	r := emptyDir(t)
	r.git("clone", "-q", "--filter=blob:none", "file://"+src.dir, "c")
	r.dir = filepath.Join(r.dir, "c")

	target, err := r.open().At(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	_, err = walk.Read(t.Context(), target.FS, "a", 1<<20)
	if e, ok := errors.AsType[*report.Error](err); !ok || e.Path != "a" || !strings.Contains(err.Error(), "not in this clone") {
		t.Errorf("got %v, want a gap that says what to do", err)
	}
	head, err := r.open().At(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer head.Close()
	if text, err := fs.ReadFile(head.FS, "b"); string(text) != "second\n" || err != nil {
		t.Errorf("what is there: %q, %v", text, err)
	}
	r.git("config", "protocol.file.allow", "always")
	if _, err := r.open().Diff(t.Context(), first, "HEAD"); err == nil {
		t.Error("a difference without one of its sides")
	}
	if _, err := r.open().Diff(t.Context(), first, ""); err != nil {
		t.Errorf("work tree: %v", err)
	}
}

func TestShallowClone(t *testing.T) {
	src := newRepo(t)
	src.write("a", "one\n")
	first := src.commit()
	src.write("a", "two\n")
	second := src.commit()
	r := emptyDir(t)
	r.git("clone", "-q", "--depth=1", "file://"+src.dir, "c")
	r.dir = filepath.Join(r.dir, "c")
	if _, err := r.open().At(t.Context(), first); err == nil || !strings.Contains(err.Error(), "fetch") {
		t.Errorf("got %v, want an error that says to fetch", err)
	}
	target, err := r.open().At(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	target.Close()
	// Two roots have no merge base.
	r.git("checkout", "-q", "--orphan", "other")
	r.commit()
	if _, err := r.open().Diff(t.Context(), second, "other"); err == nil || !strings.Contains(err.Error(), "no common commit") {
		t.Errorf("got %v, want an error that says so", err)
	}
}

func TestContext(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	r.commit()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	repo := r.open()
	target, err := repo.At(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(target.FS, "a"); err != nil {
		t.Fatal(err)
	}
	cancel(stop)
	if _, err := fs.ReadFile(target.FS, "a"); !errors.Is(err, stop) {
		t.Errorf("reading: got %v, want the cause", err)
	}
	target.Close()
	if _, err := repo.Staged(ctx); !errors.Is(err, stop) {
		t.Errorf("Staged: got %v, want the cause", err)
	}
	if _, err := repo.At(ctx, "HEAD"); !errors.Is(err, stop) {
		t.Errorf("At: got %v, want the cause", err)
	}
	if _, err := git.Open(ctx, r.dir); !errors.Is(err, stop) {
		t.Errorf("Open: got %v, want the cause", err)
	}
}

func TestSHA256(t *testing.T) {
	r := emptyDir(t)
	r.git("init", "-q", "-b", "main", "--object-format=sha256")
	r.write("a", "one\n")
	r.git("add", "a")
	if got, _ := staged(t, r); got["a"] != "one\n" {
		t.Errorf("staged: %v", got)
	}
	first := r.commit()
	r.write("a", "one\ntwo\n")
	lines, err := r.open().Diff(t.Context(), first, "")
	if err != nil || len(lines["a"]) != 1 || lines["a"][0] != (report.LineRange{First: 2, Last: 2}) {
		t.Errorf("got %v, %v", lines, err)
	}
}
