package git_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestDiff(t *testing.T) {
	r := newRepo(t)
	r.write("a", "1\n2\n3\n4\n5\n")
	r.write("gone", "quite another text\n")
	r.commit()
	r.git("checkout", "-q", "-b", "feature")
	r.write("a", "1\n2\nnew\n3\n4\n5\nlast\n")
	r.write("new", "x\n")
	r.remove("gone")
	r.commit()
	r.git("checkout", "-q", "main")
	r.write("a", "on main\n1\n2\n3\n4\n5\n") // after the fork: not part of the difference
	r.commit()
	want := report.Lines{"a": {{First: 3, Last: 3}, {First: 7, Last: 7}}, "new": {{First: 1, Last: 1}}}
	got, err := r.open().Diff(t.Context(), "main", "feature")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := r.open().Diff(t.Context(), "main", "main"); err != nil || got == nil || len(got) != 0 {
		t.Errorf("no difference: got %v, %v", got, err)
	}
	r.git("config", "diff.noprefix", "true")
	r.git("config", "diff.mnemonicPrefix", "true")
	r.git("config", "diff.interHunkContext", "100")
	r.git("config", "color.ui", "always")
	if got, err := r.open().Diff(t.Context(), "main", "feature"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with the user's taste: got %v, %v, want %v", got, err, want)
	}
}

func TestDiffWorkTree(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", "*.log\n")
	for _, name := range []string{"same", "changed", "staged", "deleted", "crlf", "crlf and more"} {
		r.write(name, "1\n2\n3\n")
	}
	r.write("binary", "a\x00b")
	r.link("same", "link")
	r.link("same", "link2")
	base := r.commit()
	r.write("committed", "x\n")
	r.commit()
	r.write("changed", "1\n2\n2b\n3\n")
	r.write("staged", "0\n1\n2\n3\n")
	r.git("add", "staged")
	r.remove("deleted")
	r.write("crlf", "1\r\n2\r\n3\r\n")
	r.write("crlf and more", "1\r\n2\r\n3\r\n4\r\n")
	r.write("binary", "a\x00c")
	r.write("dir/untracked", "x\n")
	r.write("x.log", "ignored\n")
	r.write("huge", strings.Repeat("0123456789abcde\n", 1<<20+1))
	r.remove("link")
	r.link("changed", "link")
	r.remove("link2")
	r.write("link2", "a file now\n")
	nested := &testRepo{t, r.dir + "/nested"}
	nested.write("f", "x")
	nested.git("init", "-q")

	want := report.Lines{
		"committed": nil, "changed": {{First: 3, Last: 3}}, "staged": {{First: 1, Last: 1}}, "crlf and more": {{First: 4, Last: 4}},
		"binary": nil, "dir/untracked": nil, "huge": nil, "link": nil, "link2": nil,
	}
	got, err := r.open().Diff(t.Context(), base, "")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got := r.git("status", "--porcelain"); !strings.Contains(got, "M  staged") {
		t.Errorf("the index was changed: %s", got)
	}
}
