package gitcmd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

var (
	// ErrMissing says that the repository does not hold an object, as shallow
	// and partial clones do not hold all.
	ErrMissing = errors.New("the object is not in this clone: fetch it (git fetch --unshallow, or without --filter)")
	// ErrTooLarge says that an object is larger than asked for.
	ErrTooLarge = errors.New("the object is too large")
)

// Objects reads many objects through one "git cat-file --batch", which starts
// with the first Read, and again after one that broke it. It is safe for
// concurrent use; reads come one after another.
type Objects struct {
	start func() (*batch, error)
	cause func() error // why the process was stopped; nil if it was not

	mu     sync.Mutex
	b      *batch
	closed bool
}

// Objects returns a reader of objects whose process ends with ctx, or with Close.
func (g *Git) Objects(ctx context.Context) *Objects {
	return &Objects{
		start: func() (*batch, error) { return g.batch(ctx) },
		cause: func() error { return context.Cause(ctx) },
	}
}

// batch is a process at work.
type batch struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *clipped
}

func (g *Git) batch(ctx context.Context) (*batch, error) {
	b := &batch{stderr: new(clipped)}
	var err error
	if b.cmd, err = g.command(ctx, b.stderr, []string{"cat-file", "--batch"}); err != nil {
		return nil, err
	}
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b.out = bufio.NewReaderSize(out, 64<<10)
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return b, nil
}

// stop ends the process and waits for it.
func (b *batch) stop() error {
	b.in.Close()
	b.cmd.Process.Kill()
	return b.cmd.Wait()
}

// Read returns the type and content of an object by its full id. The error is
// [ErrMissing], [ErrTooLarge] if it has more than max bytes, the cause
// of the context's end, or says what git does.
func (o *Objects) Read(id string, max int64) (kind string, data []byte, err error) {
	if !ValidID(id) {
		return "", nil, fmt.Errorf("%q is no object id", id)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.cause(); err != nil {
		return "", nil, err
	}
	if o.closed {
		return "", nil, errors.New("the repository's tree was closed")
	}
	if o.b == nil {
		if o.b, err = o.start(); err != nil {
			return "", nil, err
		}
	}
	kind, data, err = o.b.read(id, max)
	if err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrTooLarge) {
		b := o.b
		o.b = nil
		werr := b.stop()
		if cause := o.cause(); cause != nil {
			return "", nil, cause
		}
		switch msg := b.stderr.line(); {
		case strings.Contains(msg, "promisor remote"): // which a partial clone would ask
			err = ErrMissing
		case msg != "":
			err = &Error{"cat-file", b.cmd.ProcessState.ExitCode(), msg, werr}
		}
	}
	return kind, data, err
}

// Close ends the process. Reads fail from then on.
func (o *Objects) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.b != nil {
		o.b.stop()
		o.b = nil
	}
	return nil
}

// read speaks the protocol of git-cat-file(1): the id and a line feed, then
// "<id> <type> <size>", the content and a line feed, or "<id> missing".
func (b *batch) read(id string, max int64) (string, []byte, error) {
	if _, err := io.WriteString(b.in, id+"\n"); err != nil {
		return "", nil, fmt.Errorf("git cat-file: %w", err)
	}
	line, err := b.out.ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("git cat-file: %w", noEOF(err))
	}
	f := strings.Fields(line)
	if len(f) == 2 && f[1] == "missing" {
		return "", nil, ErrMissing
	}
	size, err := int64(0), errors.New("not a header")
	if len(f) == 3 {
		size, err = strconv.ParseInt(f[2], 10, 64)
	}
	if err != nil || f[0] != id {
		return "", nil, fmt.Errorf("git cat-file: answered %q", line)
	}
	if size > max {
		if _, err := io.CopyN(io.Discard, b.out, size+1); err != nil {
			return "", nil, fmt.Errorf("git cat-file: %w", noEOF(err))
		}
		return "", nil, ErrTooLarge
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return "", nil, fmt.Errorf("git cat-file: %w", noEOF(err))
	}
	return f[1], data[:size:size], nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Info is what is known of an object without its content.
type Info struct {
	Type string // empty: the object is missing
	Size int64  // bytes
}

// Infos returns type and size of objects by full id, with one process. In a
// partial clone it fails for one that is missing: see [Git.Missing].
func (g *Git) Infos(ctx context.Context, ids []string) (map[string]Info, error) {
	var in bytes.Buffer
	for _, id := range ids {
		if !ValidID(id) {
			return nil, fmt.Errorf("%q is no object id", id)
		}
		in.WriteString(id + "\n")
	}
	infos := make(map[string]Info, len(ids))
	if len(ids) == 0 {
		return infos, nil
	}
	err := g.Stream(ctx, &in, func(r io.Reader) error {
		for lines := bufio.NewScanner(r); ; {
			if !lines.Scan() {
				return lines.Err()
			}
			switch f := strings.Fields(lines.Text()); {
			case len(f) == 2 && f[1] == "missing":
				infos[f[0]] = Info{}
			case len(f) == 3:
				size, err := strconv.ParseInt(f[2], 10, 64)
				if err != nil {
					return fmt.Errorf("git cat-file: answered %q", lines.Text())
				}
				infos[f[0]] = Info{f[1], size}
			default:
				return fmt.Errorf("git cat-file: answered %q", lines.Text())
			}
		}
	}, "cat-file", "--batch-check")
	if err != nil {
		return nil, err
	}
	return infos, nil
}

// Missing returns the ids of what a partial clone lacks of a tree. It is nil
// for other clones, which tell what is missing when it is asked for.
func (g *Git) Missing(ctx context.Context, tree string) (map[string]bool, error) {
	_, err := g.Run(ctx, nil, "config", "--get-regexp", `^(extensions\.partialclone|remote\..*\.promisor)$`)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == 1 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	err = g.Stream(ctx, nil, func(r io.Reader) error {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "?"); ok {
				missing[id] = true
			}
		}
		return lines.Err()
	}, "rev-list", "--objects", "--no-object-names", "--missing=print", tree)
	return missing, err
}

// ValidID reports whether id is a full object id, SHA-1 or SHA-256.
func ValidID(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
