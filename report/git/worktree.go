package git

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/merlonsec/merlon/internal/gitcmd"
	"github.com/merlonsec/merlon/report"
)

// maxDiffed is the size in bytes up to which the lines of a changed file are
// compared. A larger one stands as a whole.
const maxDiffed = 16 << 20

// diffWorkTree compares the files on disk with a commit. Git would run the
// filters that the repository configures on them, so they are read here, and
// git is given copies outside of any repository.
func (r *Repo) diffWorkTree(ctx context.Context, commit string) (report.Lines, error) {
	if r.top == "" {
		return nil, errBare
	}
	before, err := r.listTree(ctx, commit)
	if err != nil {
		return nil, err
	}
	committed := make(map[string]entry, len(before))
	for _, e := range before {
		committed[e.path] = e
	}
	out, err := r.git.Run(ctx, nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name")
	if err != nil {
		return nil, err
	}
	names := gitcmd.Records(out)
	slices.Sort(names)
	root, err := os.OpenRoot(r.top)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	d := &differ{repo: r, root: root, lines: report.Lines{}}
	d.objects = r.git.Objects(ctx)
	defer d.objects.Close()
	defer func() {
		if d.dir != "" {
			os.RemoveAll(d.dir)
		}
	}()
	for _, name := range slices.Compact(names) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		e, ok := committed[name]
		if err := d.file(name, e, ok); err != nil {
			return nil, err
		}
	}
	return d.lines, d.compare(ctx)
}

// A differ gathers changed files as numbered copies in two directories.
type differ struct {
	repo    *Repo
	root    *os.Root
	objects *gitcmd.Objects
	lines   report.Lines
	dir     string   // made with the first copy
	names   []string // by number
}

// file looks at one file on disk, and at its entry in the commit, if any.
func (d *differ) file(name string, e entry, tracked bool) error {
	if !fs.ValidPath(name) {
		// Not UTF-8: no fs.FS can show it, so that scanners make it a gap. Or "x/", a repository in this one.
		return nil
	}
	info, err := d.root.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted, or outside of a sparse checkout: no lines
	}
	if err != nil {
		return err
	}
	switch {
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0: // a submodule
	case !tracked, info.Mode().IsRegular() == (e.mode == modeLink): // new, or of another type
		d.lines[name] = nil
	case !info.Mode().IsRegular():
		to, err := d.root.Readlink(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		if blobID([]byte(filepath.ToSlash(to)), len(e.id)) != e.id {
			d.lines[name] = nil
		}
	default:
		return d.regular(name, e, info.Size())
	}
	return nil
}

func (d *differ) regular(name string, e entry, size int64) error {
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer f.Close()
	if size > maxDiffed {
		id, err := hashBlob(f, size, len(e.id))
		if err == nil && id != e.id {
			d.lines[name] = nil
		}
		return err
	}
	now, err := io.ReadAll(io.LimitReader(f, maxDiffed+1))
	if err != nil {
		return err
	}
	if blobID(now, len(e.id)) == e.id {
		return nil
	}
	_, old, err := d.objects.Read(e.id, maxDiffed)
	switch {
	case errors.Is(err, gitcmd.ErrTooLarge), errors.Is(err, gitcmd.ErrMissing), len(now) > maxDiffed:
		d.lines[name] = nil // the safe side: all of it may be new
		return nil
	case err != nil:
		return err
	}
	if cr := []byte("\r\n"); bytes.Contains(now, cr) && !bytes.Contains(old, cr) {
		now = bytes.ReplaceAll(now, cr, cr[1:])
	}
	if bytes.Equal(now, old) {
		return nil
	}
	return d.keep(name, old, now)
}

// keep writes both versions of a file for git to compare.
func (d *differ) keep(name string, old, now []byte) (err error) {
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "merlon-diff-"); err != nil {
			return err
		}
		for _, sub := range []string{"a", "b"} {
			if err := os.Mkdir(filepath.Join(d.dir, sub), 0o700); err != nil {
				return err
			}
		}
	}
	number := strconv.Itoa(len(d.names))
	d.names = append(d.names, name)
	if err := os.WriteFile(filepath.Join(d.dir, "a", number), old, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, "b", number), now, 0o600)
}

// compare adds the lines of the files that were kept.
func (d *differ) compare(ctx context.Context) error {
	if d.dir == "" {
		return nil
	}
	git, err := gitcmd.New(d.dir)
	if err != nil {
		return err
	}
	err = git.Stream(ctx, nil, func(out io.Reader) error {
		lines, err := report.ReadPatch(out)
		for number, ranges := range lines {
			i, err := strconv.Atoi(number)
			if err != nil || i < 0 || i >= len(d.names) {
				return fmt.Errorf("git diff: answered with file %q", number)
			}
			d.lines[d.names[i]] = ranges
		}
		return err
	}, "diff", "-U0", "--inter-hunk-context=0", "--no-renames", "--no-prefix", "--", "a", "b")
	if e, ok := errors.AsType[*gitcmd.Error](err); ok && e.Code == 1 && e.Stderr == "" {
		return nil // they differ, as they should
	}
	return err
}

// blobID returns the id of a blob as a repository writes it whose ids have
// width hex digits.
func blobID(data []byte, width int) string {
	id, _ := hashBlob(bytes.NewReader(data), int64(len(data)), width)
	return id
}

func hashBlob(r io.Reader, size int64, width int) (string, error) {
	var h hash.Hash = sha1.New()
	if width == 2*sha256.Size {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", size)
	_, err := io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), err
}
