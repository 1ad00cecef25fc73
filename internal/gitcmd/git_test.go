package gitcmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// repo makes a repository that holds the given blobs, and returns their ids.
func repo(t *testing.T, blobs ...string) (*Git, []string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed (Debian package git)")
	}
	dir := t.TempDir()
	run := func(stdin string, args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	run("", "init", "-q")
	var ids []string
	for _, b := range blobs {
		ids = append(ids, run(b, "hash-object", "-w", "--stdin"))
	}
	g, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return g, ids
}

var nowhere = strings.Repeat("0123456789", 4)

func TestRun(t *testing.T) {
	g, ids := repo(t, "hello")
	out, err := g.Run(t.Context(), nil, "cat-file", "blob", ids[0])
	if string(out) != "hello" || err != nil {
		t.Errorf("got %q, %v", out, err)
	}
	out, err = g.Run(t.Context(), strings.NewReader("hello"), "hash-object", "--stdin")
	if strings.TrimSpace(string(out)) != ids[0] || err != nil {
		t.Errorf("with input: got %q, %v", out, err)
	}
	_, err = g.Run(t.Context(), nil, "cat-file", "blob", nowhere)
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != 128 || e.Command != "cat-file" || !strings.Contains(err.Error(), nowhere) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want what git says on one line", err)
	}
	for _, args := range [][]string{{"log"}, {"status"}, {"checkout", "x"}, {"-c", "x=y", "log"}, {"--version"}} {
		if _, err := g.Run(t.Context(), nil, args...); err == nil || !strings.Contains(err.Error(), "not a command") {
			t.Errorf("%v: got %v, want a refusal", args, err)
		}
	}
}

// Nothing of the caller's configuration reaches git.
func TestEnvironment(t *testing.T) {
	t.Setenv("GIT_DIR", "/nonexistent")
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "user.name")
	t.Setenv("GIT_CONFIG_VALUE_0", "leak")
	t.Setenv("LD_PRELOAD_X", "leak")
	t.Setenv("HOME", t.TempDir())
	for _, v := range environment() {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains([]string{"GIT_DIR", "GIT_CONFIG_COUNT", "HOME", "LD_PRELOAD_X"}, name) {
			t.Errorf("passed on: %s", v)
		}
	}
	os.Unsetenv("GIT_DIR")
	g, _ := repo(t)
	if out, err := g.Run(t.Context(), nil, "config", "--get", "user.name"); err == nil {
		t.Errorf("got %q", out)
	}
}

func TestStreamStopsEarly(t *testing.T) {
	g, ids := repo(t, strings.Repeat("x", 8<<20))
	enough := errors.New("enough")
	err := g.Stream(t.Context(), nil, func(r io.Reader) error {
		_, err := io.CopyN(io.Discard, r, 10)
		return errors.Join(err, enough)
	}, "cat-file", "blob", ids[0])
	if !errors.Is(err, enough) {
		t.Errorf("got %v, want the reader's error", err)
	}
	if err := g.Stream(t.Context(), nil, func(io.Reader) error { return nil }, "cat-file", "blob", ids[0]); err != nil {
		t.Errorf("a reader that does not care: got %v", err)
	}
	err = g.Stream(t.Context(), nil, func(r io.Reader) error {
		_, err := io.ReadAll(r)
		return errors.Join(err, enough)
	}, "cat-file", "blob", nowhere)
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Errorf("got %v, want git's error before the reader's", err)
	}
}

func TestContext(t *testing.T) {
	g, ids := repo(t, strings.Repeat("x", 8<<20))
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := g.Stream(ctx, nil, func(r io.Reader) error {
		cancel(stop)
		_, err := io.Copy(io.Discard, r)
		return err
	}, "cat-file", "blob", ids[0])
	if err != stop {
		t.Errorf("during: got %v, want the cause", err)
	}
	if _, err := g.Run(ctx, nil, "cat-file", "blob", ids[0]); err != stop {
		t.Errorf("before: got %v, want the cause", err)
	}
	o := g.Objects(ctx)
	defer o.Close()
	if _, _, err := o.Read(ids[0], 1<<30); err != stop {
		t.Errorf("objects: got %v, want the cause", err)
	}
}

func TestObjects(t *testing.T) {
	blobs := []string{"", "one\n", "a\x00b\n\n", strings.Repeat("long ", 1<<16)}
	g, ids := repo(t, blobs...)
	o := g.Objects(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, id := range ids {
				if kind, data, err := o.Read(id, 1<<20); kind != "blob" || string(data) != blobs[i] || err != nil {
					t.Errorf("blob %d: got %s of %d bytes, %v", i, kind, len(data), err)
				}
				if _, _, err := o.Read(nowhere, 1<<20); err != ErrMissing {
					t.Errorf("got %v, want %v", err, ErrMissing)
				}
			}
			if _, _, err := o.Read(ids[3], 100); err != ErrTooLarge {
				t.Errorf("got %v, want %v", err, ErrTooLarge)
			}
		})
	}
	wg.Wait()
	for _, id := range []string{"", "HEAD", ids[0] + "\n" + ids[1], "-x", strings.ToUpper(nowhere) + "G"} {
		if _, _, err := o.Read(id, 10); err == nil || !strings.Contains(err.Error(), "no object id") {
			t.Errorf("%q: got %v", id, err)
		}
	}
	// A process that died is started again.
	o.b.cmd.Process.Kill()
	for range 2 {
		_, _, _ = o.Read(ids[1], 10)
	}
	if _, data, err := o.Read(ids[1], 10); string(data) != "one\n" || err != nil {
		t.Errorf("after the process died: %q, %v", data, err)
	}
	o.Close()
	if _, _, err := o.Read(ids[1], 10); err == nil {
		t.Error("read after Close")
	}
	infos, err := g.Infos(t.Context(), append(ids, nowhere))
	if err != nil || len(infos) != 5 || infos[ids[3]] != (Info{"blob", 5 << 16}) || infos[nowhere] != (Info{}) {
		t.Errorf("got %v, %v", infos, err)
	}
	if _, err := g.Infos(t.Context(), []string{"x y"}); err == nil {
		t.Error("no error for what is no id")
	}
}

func TestBlob(t *testing.T) {
	text := strings.Repeat("0123456789", 1<<18)
	g, ids := repo(t, text)
	r, err := g.Blob(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != text || err != nil {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	r.Close()
	r, err = g.Blob(t.Context(), nowhere)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err == nil || len(got) > 0 {
		t.Errorf("a missing blob: got %q, %v", got, err)
	}
	r.Close()
	r, err = g.Blob(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if _, err := r.Read(make([]byte, 10)); err == nil {
		t.Error("read after Close")
	}
}

func TestMessages(t *testing.T) {
	var c clipped
	io.WriteString(&c, "hint: a\nwarning: b\nfatal: bad name '\x1b]0;x\x07'\nand more\n")
	if got, want := c.line(), "bad name '?]0;x?'; and more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var long clipped
	for range 100 {
		long.Write(bytes.Repeat([]byte("x"), 100))
	}
	if n := len(long.line()); n != 4<<10 {
		t.Errorf("%d bytes kept", n)
	}
}

func TestRecords(t *testing.T) {
	for in, want := range map[string][]string{"": nil, "a\x00": {"a"}, "a\x00b\x00": {"a", "b"}, "a\x00\x00": {"a", ""}, "cut": {"cut"}} {
		if got := Records([]byte(in)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
