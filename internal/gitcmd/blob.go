package gitcmd

import (
	"context"
	"fmt"
	"io"
	"os/exec"
)

// Blob returns a reader of one blob, which a process of its own reads: for
// what is too large for memory. The process ends with Close, or with ctx.
func (g *Git) Blob(ctx context.Context, id string) (io.ReadCloser, error) {
	if !ValidID(id) {
		return nil, fmt.Errorf("%q is no object id", id)
	}
	inner, stop := context.WithCancel(ctx)
	b := &blob{stderr: new(clipped), stop: stop, cause: func() error { return context.Cause(ctx) }}
	var err error
	if b.cmd, err = g.command(inner, b.stderr, []string{"cat-file", "blob", id}); err == nil {
		if b.out, err = b.cmd.StdoutPipe(); err == nil {
			err = b.cmd.Start()
		}
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return b, nil
}

type blob struct {
	cmd    *exec.Cmd
	out    io.Reader
	stderr *clipped
	stop   func()
	cause  func() error
	err    error // of the end
}

// Read implements [io.Reader]. The end of the content is io.EOF only if git
// says that it was all of it.
func (b *blob) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.out.Read(p)
	if err == nil {
		return n, nil
	}
	b.err = err
	if werr := b.cmd.Wait(); werr != nil || err != io.EOF {
		b.err = &Error{"cat-file", b.cmd.ProcessState.ExitCode(), b.stderr.line(), werr}
		if cause := b.cause(); cause != nil {
			b.err = cause
		}
	}
	b.stop()
	return n, b.err
}

// Close ends the process. It waits for it.
func (b *blob) Close() error {
	b.stop()
	if b.err == nil {
		b.err = io.ErrClosedPipe
		b.cmd.Wait()
	}
	return nil
}
