package gitcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// MaxOutput bounds what [Git.Run] keeps of a command's output, in bytes.
const MaxOutput = 256 << 20

var (
	// ErrNoGit says that there is no git program.
	ErrNoGit = errors.New("the git program is not installed (Debian package git)")
	// ErrTooMuch says that a command wrote more than [MaxOutput].
	ErrTooMuch = fmt.Errorf("more than %d bytes of output", MaxOutput)
)

// commands are those that may run, with the options that each of them needs
// to run nothing else. "diff" compares files outside of any repository only.
var commands = map[string][]string{
	"cat-file":    nil,
	"config":      nil,
	"diff":        {"--no-index", "--no-ext-diff", "--no-textconv", "--no-color"},
	"diff-index":  {"--no-ext-diff", "--no-textconv", "--ignore-submodules=all"},
	"diff-tree":   {"--no-ext-diff", "--no-textconv", "--ignore-submodules=all"},
	"hash-object": nil,
	"ls-files":    nil,
	"ls-tree":     nil,
	"merge-base":  nil,
	"rev-list":    nil,
	"rev-parse":   nil,
}

// settings outrank every configuration file.
var settings = []string{
	"core.hooksPath=" + os.DevNull,
	"core.fsmonitor=false",
	"core.untrackedCache=false",
	"core.quotePath=true",
	"advice.graftFileDeprecated=false",
	"core.attributesFile=" + os.DevNull,
	"core.excludesFile=" + os.DevNull,
	"protocol.allow=never",
	"safe.directory=*",
}

// Git runs git in one directory. It is safe for concurrent use.
type Git struct {
	program string
	dir     string
	env     []string
}

// New returns a Git for a directory. Its error is [ErrNoGit].
func New(dir string) (*Git, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNoGit
	}
	return &Git{program, dir, environment()}, nil
}

func environment() []string {
	env := []string{
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none", // a list that outranks protocol.<name>.allow of the repository
		"GIT_NO_REPLACE_OBJECTS=1",
		"GIT_GRAFT_FILE=" + os.DevNull,
		"GIT_PAGER=cat",
		"LC_ALL=C",
	}
	for _, name := range []string{"PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SystemRoot"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// An Error is a command that failed.
type Error struct {
	Command string // "diff-index"
	Code    int    // exit code; -1 if it was killed
	Stderr  string // the first lines, on one line
	Err     error  // what os/exec says
}

// Error returns "git command: what git says".
func (e *Error) Error() string {
	if e.Stderr != "" {
		return "git " + e.Command + ": " + e.Stderr
	}
	return fmt.Sprintf("git %s: %v", e.Command, e.Err)
}

// Unwrap returns what os/exec says.
func (e *Error) Unwrap() error { return e.Err }

// command makes a command that ends with ctx.
func (g *Git) command(ctx context.Context, stderr *clipped, args []string) (*exec.Cmd, error) {
	forced, ok := commands[args[0]]
	if !ok {
		return nil, fmt.Errorf("git %s: not a command that is known to run nothing else", args[0])
	}
	var all []string
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	all = append(all, "--no-pager", "--literal-pathspecs", args[0])
	all = append(append(all, forced...), args[1:]...)
	cmd := exec.CommandContext(ctx, g.program, all...)
	cmd.Dir, cmd.Env, cmd.Stderr = g.dir, g.env, stderr
	if args[0] == "diff" { // must not find a repository around the directory
		cmd.Env = append(slices.Clone(g.env), "GIT_CEILING_DIRECTORIES="+filepath.Dir(g.dir))
	}
	cmd.WaitDelay = 5 * time.Second // for pipes that a grandchild holds open
	return cmd, nil
}

// Run returns the output of a command, at most [MaxOutput] bytes of it. stdin
// may be nil. The error is the context's cause if it has ended, else an [*Error].
func (g *Git) Run(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := g.Stream(ctx, stdin, func(r io.Reader) error {
		n, err := out.ReadFrom(io.LimitReader(r, MaxOutput+1))
		if n > MaxOutput {
			return fmt.Errorf("git %s: %w", args[0], ErrTooMuch)
		}
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Stream runs a command and lets read read its output; what read leaves is
// not awaited. The error is the context's cause if it has ended, an [*Error]
// if the command failed, else that of read.
func (g *Git) Stream(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	stderr := new(clipped)
	cmd, err := g.command(inner, stderr, args)
	if err != nil {
		return err
	}
	cmd.Stdin = stdin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	tail := &ended{r: stdout}
	readErr := read(tail)
	if !tail.done {
		stop()
	}
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && cmd.ProcessState.ExitCode() >= 0: // it ended by itself
		return &Error{args[0], cmd.ProcessState.ExitCode(), stderr.line(), err}
	case readErr != nil:
		return readErr
	case err != nil && tail.done:
		return &Error{args[0], -1, stderr.line(), err}
	}
	return nil
}

// ended knows whether its reader has.
type ended struct {
	r    io.Reader
	done bool
}

func (e *ended) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.done = e.done || err != nil
	return n, err
}

// clipped keeps the first bytes of what a program complains about.
type clipped struct{ b []byte }

func (c *clipped) Write(p []byte) (int, error) {
	const most = 4 << 10
	c.b = append(c.b, p[:min(len(p), most-len(c.b))]...)
	return len(p), nil
}

// line is what was kept on one line, hints and warnings left out if there is
// an error, and without what could move a cursor: messages quote names from the repository.
func (c *clipped) line() string {
	s := strings.TrimSpace(strings.ToValidUTF8(string(c.b), "?"))
	if i := strings.LastIndex("\n"+s, "\nfatal: "); i >= 0 {
		s = s[i:]
	}
	s = strings.ReplaceAll(s, "\n", "; ")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, strings.TrimPrefix(s, "fatal: "))
}

// Records splits output that was asked for with -z.
func Records(out []byte) []string {
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
