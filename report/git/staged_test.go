package git_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// files reads a tree: files with their content, links with "-> target".
func files(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Type()&fs.ModeSymlink != 0:
			to, err := fs.ReadLink(fsys, name)
			out[name] = "-> " + to
			return err
		case !d.IsDir():
			text, err := fs.ReadFile(fsys, name)
			out[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

func staged(t *testing.T, r *testRepo) (map[string]string, report.Lines) {
	t.Helper()
	target, err := r.open().Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	return files(t, target.FS), target.Only
}

func TestStagedBeforeTheFirstCommit(t *testing.T) {
	r := newRepo(t)
	if got, only := staged(t, r); len(got) != 0 || only == nil || len(only) != 0 {
		t.Errorf("nothing staged: got %v, lines %v", got, only)
	}
	r.write("a.txt", "one\ntwo\n")
	r.write("not staged", "x")
	r.git("add", "a.txt")
	got, only := staged(t, r)
	if want := map[string]string{"a.txt": "one\ntwo\n"}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := (report.Lines{"a.txt": {{First: 1, Last: 2}}}); !reflect.DeepEqual(only, want) {
		t.Errorf("lines %v, want %v", only, want)
	}
}

func TestStaged(t *testing.T) {
	r := newRepo(t)
	long := strings.Repeat("line\n", 20)
	for _, name := range []string{"same", "changed", "deleted", "mode", "renamed", "moved and changed", "becomes a link", "work tree only"} {
		r.write(name, long+name+"\n")
	}
	r.commit()

	r.write("changed", long+"changed\nadded\n")
	r.remove("deleted")
	r.git("mv", "renamed", "new name")
	r.git("mv", "moved and changed", "dir")
	r.write("dir", "first\n"+long+"moved and changed\n")
	r.remove("becomes a link")
	r.link("changed", "becomes a link")
	r.write("binary", "a\x00b")
	r.write("empty", "")
	r.git("add", "-A")
	r.git("update-index", "--chmod=+x", "mode")

	// What is on disk is not what is staged.
	r.write("changed", "other\n")
	r.write("work tree only", "other\n")
	r.write("untracked", "x")

	got, only := staged(t, r)
	want := map[string]string{
		"changed": long + "changed\nadded\n", "mode": long + "mode\n", "new name": long + "renamed\n",
		"dir": "first\n" + long + "moved and changed\n", "becomes a link": "-> changed", "binary": "a\x00b", "empty": "",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	wantOnly := report.Lines{
		"changed": {{First: 22, Last: 22}}, "dir": {{First: 1, Last: 1}}, "becomes a link": {{First: 1, Last: 1}}, "binary": nil, "empty": nil,
	}
	if !reflect.DeepEqual(only, wantOnly) {
		t.Errorf("lines %v, want %v", only, wantOnly)
	}
	target, err := r.open().Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if info, err := fs.Stat(target.FS, "mode"); err != nil || info.Mode() != 0o755 {
		t.Errorf("mode: %v, %v", info, err)
	}
	if s := target.Subject; s.Kind != "repository" || s.Version != "" || s.Name == "" {
		t.Errorf("subject %+v", s)
	}
}

// weird are names that quoting, splitting or globbing gets wrong.
var weird = []string{
	"with space", " leading", "trailing ", `quo"te`, `back\slash`, "new\nline", "tab\there", "ünïcode/日本", "-dash", "a/b/i/w/c/o", "b/x", "*", "[a]",
	":(top)x", "semi;colon", "esc\x1b]0;x\x07", "a => b", "{a => b}/c", "100644 blob x",
}

func TestWeirdNames(t *testing.T) {
	r := newRepo(t)
	want, only := map[string]string{}, report.Lines{}
	for i, name := range weird {
		text := fmt.Sprintf("text %d\n", i)
		r.write(name, text)
		want[name], only[name] = text, []report.LineRange{{First: 1, Last: 1}}
	}
	r.git("add", "-A")
	got, lines := staged(t, r)
	if !maps.Equal(got, want) {
		t.Errorf("staged: got %q, want %q", got, want)
	}
	if !reflect.DeepEqual(lines, only) {
		t.Errorf("staged lines: got %v, want %v", lines, only)
	}
	first := r.commit()
	for _, name := range weird {
		r.write(name, want[name]+"more\n")
		only[name] = []report.LineRange{{First: 2, Last: 2}}
	}
	lines, err := r.open().Diff(t.Context(), first, "")
	if err != nil || !reflect.DeepEqual(lines, only) {
		t.Errorf("work tree: got %v, %v, want %v", lines, err, only)
	}
	second := r.commit()
	lines, err = r.open().Diff(t.Context(), first, second)
	if err != nil || !reflect.DeepEqual(lines, only) {
		t.Errorf("commits: got %v, %v, want %v", lines, err, only)
	}
	target, err := r.open().At(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if got := files(t, target.FS); !maps.Equal(got, want) {
		t.Errorf("revision: got %q, want %q", got, want)
	}
}

func TestStagedConflict(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	r.commit()
	r.git("checkout", "-q", "-b", "other")
	r.write("a", "two\n")
	other := r.commit()
	r.git("checkout", "-q", "main")
	r.write("a", "three\n")
	r.commit()
	id := r.git("rev-parse", "main:a")
	r.git("rm", "-q", "--cached", "a")
	index := fmt.Sprintf("100644 %s 1\ta\n100644 %s 2\ta\n100644 %s 3\ta\n", id, id, r.git("rev-parse", other+":a"))
	list := filepath.Join(t.TempDir(), "index")
	if err := os.WriteFile(list, []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	r.gitInput(list, "update-index", "--index-info")
	if _, err := r.open().Staged(t.Context()); err == nil || !strings.Contains(err.Error(), `"a" is not merged`) {
		t.Errorf("got %v, want the file that is not merged", err)
	}
}

func TestStagedSubmodule(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	id := r.commit()
	r.git("update-index", "--add", "--cacheinfo", "160000,"+id+",vendor/lib")
	target, err := r.open().Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if got := files(t, target.FS); len(got) != 0 {
		t.Errorf("got %v, want no files", got)
	}
	if got := string(target.Subject.Props["git:submodules"]); got != `["vendor/lib"]` {
		t.Errorf("Props say %s", got)
	}
}

func TestStagedIntentToAdd(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	r.git("add", "-N", "a")
	if got, only := staged(t, r); len(got) != 0 || len(only) != 0 {
		t.Errorf("got %v, %v: the content is not staged", got, only)
	}
}
