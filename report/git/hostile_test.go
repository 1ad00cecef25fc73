package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/git"
)

// A repository must not be able to run anything, whatever it configures.
func TestHostileConfiguration(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs of the test are shell scripts")
	}
	r := newRepo(t)
	mark := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho \"$0 $*\" >>'"+mark+"'\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write("a.txt", "one\ntwo\n")
	r.write("b.bin", "x\x00y")
	base := r.commit()
	r.write("a.txt", "one\ntwo\nthree\n")
	r.write("c.txt", "new\n")
	second := r.commit()

	r.write(".gitattributes", "* filter=evil diff=evil merge=evil text\n")
	r.write("d.txt", "staged\n")
	r.git("add", "d.txt")
	r.write("a.txt", "on disk\n")
	for key, value := range map[string]string{
		"core.fsmonitor": evil, "core.hooksPath": filepath.Dir(evil), "core.sshCommand": evil, "core.pager": evil, "core.editor": evil,
		"core.askPass": evil, "core.alternateRefsCommand": evil, "core.gitProxy": evil, "credential.helper": "!" + evil,
		"diff.external": evil, "diff.evil.command": evil, "diff.evil.textconv": evil, "diff.evil.cachetextconv": "true",
		"filter.evil.clean": evil, "filter.evil.smudge": evil, "filter.evil.process": evil, "filter.evil.required": "true",
		"alias.diff-index": "!" + evil, "alias.rev-parse": "!" + evil, "gpg.program": evil, "log.showSignature": "true",
		"pager.diff": evil, "interactive.diffFilter": evil, "remote.origin.url": "ext::" + evil, "remote.origin.uploadpack": evil,
		"remote.origin.promisor": "true", "remote.origin.partialclonefilter": "blob:none", "protocol.ext.allow": "always", "protocol.allow": "always",
		"safe.bareRepository": "all", "uploadpack.packObjectsHook": evil, "submodule.recurse": "true", "status.submoduleSummary": "true",
		"core.untrackedCache": "true", "core.fscache": "true", "receive.procReceiveRefs": "refs", "trace2.eventTarget": mark,
	} {
		r.git("config", key, value)
	}
	r.git("config", "core.repositoryformatversion", "1")
	r.git("config", "extensions.partialClone", "origin")
	for _, hook := range []string{"post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman", "reference-transaction"} {
		name := filepath.Join(r.dir, ".git", "hooks", hook)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte("#!/bin/sh\necho hook >>'"+mark+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// An object that is not there, which a partial clone would fetch.
	blob := r.git("rev-parse", base+":b.bin")
	os.Remove(mark) // what setting up may have run
	if err := os.Remove(filepath.Join(r.dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_EXTERNAL_DIFF", evil)
	t.Setenv("GIT_SSH_COMMAND", evil)
	t.Setenv("GIT_DIR", filepath.Dir(evil))
	t.Setenv("GIT_TRACE", mark)
	t.Setenv("PAGER", evil)
	t.Setenv("TMPDIR", r.dir) // copies for the diff lie in the repository

	repo := r.open()
	target, err := repo.Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, target.FS); got["d.txt"] != "staged\n" {
		t.Errorf("staged: %v", got)
	}
	target.Close()
	if got, err := repo.Diff(t.Context(), base, second); err != nil || len(got) != 2 {
		t.Errorf("Diff: %v, %v", got, err)
	}
	if got, err := repo.Diff(t.Context(), base, ""); err != nil || len(got["a.txt"]) == 0 {
		t.Errorf("Diff of the work tree: %v, %v", got, err)
	}
	at, err := repo.At(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	if _, err := fs.ReadFile(at.FS, "b.bin"); err == nil {
		t.Error("an object that is not there was read")
	}
	if text, err := fs.ReadFile(at.FS, "a.txt"); string(text) != "one\ntwo\n" || err != nil {
		t.Errorf("after it: %q, %v", text, err)
	}
	if text, err := os.ReadFile(mark); err == nil {
		t.Errorf("the repository ran programs:\n%s", text)
	}
	// The programs would have run: git itself runs them.
	cmd := exec.Command("git", "-C", r.dir, "diff", base)
	cmd.Env = append(os.Environ(), "GIT_DIR="+filepath.Join(r.dir, ".git"))
	cmd.Run()
	if _, err := os.Stat(mark); err != nil {
		t.Error("the test's programs do not run at all: it proves nothing")
	}
}

// The trees of a repository are objects that anybody can make.
func TestHostileTree(t *testing.T) {
	r := newRepo(t)
	r.write("a", "x\n")
	r.commit()
	blob := r.git("rev-parse", "HEAD:a")
	raw := func(name string) string { return "100644 " + name + "\x00" + unhex(t, blob) }
	list := filepath.Join(t.TempDir(), "tree")
	text := raw("..") + raw("a") + raw("a") + raw("b/../../c") + raw("caf\xe9") + raw("ok")
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	id := r.git("hash-object", "-t", "tree", "-w", "--literally", list)
	fsys, err := r.open().Tree(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var gaps int
	for name, err := range walk.Files(t.Context(), fsys, nil) {
		if e, ok := errors.AsType[*report.Error](err); ok {
			gaps++
			if e.Path != "." {
				t.Errorf("gap %v", e)
			}
		} else if err != nil {
			t.Fatal(err)
		} else {
			names = append(names, name)
		}
	}
	if got := strings.Join(names, " "); got != "a ok" || gaps != 1 {
		t.Errorf("got %q and %d gaps, want what has a name, and one gap for the rest", got, gaps)
	}
}

func unhex(t *testing.T, s string) string {
	t.Helper()
	b := make([]byte, len(s)/2)
	for i := range b {
		for _, c := range s[2*i : 2*i+2] {
			b[i] = b[i]<<4 | byte(strings.IndexRune("0123456789abcdef", c))
		}
	}
	return string(b)
}

// A broken object is an error of its file; the next file is read.
func TestCorruptObject(t *testing.T) {
	r := newRepo(t)
	r.write("a", "one\n")
	r.write("b", "two\n")
	r.commit()
	blob := r.git("rev-parse", "HEAD:a")
	name := filepath.Join(r.dir, ".git", "objects", blob[:2], blob[2:])
	repo := r.open()
	target, err := repo.At(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	os.Chmod(name, 0o600)
	if err := os.WriteFile(name, []byte("x\x9cgarbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(target.FS, "a"); err == nil {
		t.Errorf("got %q", text)
	}
	if text, err := fs.ReadFile(target.FS, "b"); string(text) != "two\n" || err != nil {
		t.Errorf("the next file: %q, %v", text, err)
	}
}

// Without git the error says what to install.
func TestNoGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := git.Open(context.Background(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "Debian package git") {
		t.Errorf("got %v", err)
	}
}
