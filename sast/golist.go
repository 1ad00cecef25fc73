package sast

import (
	"bytes"
	"context"
	"encoding/json"
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

// listed is what go list says about a package.
type listed struct {
	Dir             string
	ImportPath      string
	Name            string
	Standard        bool
	DepOnly         bool
	GoFiles         []string
	CompiledGoFiles []string
	IgnoredGoFiles  []string
	OtherFiles      []string `json:"OtherGoFiles"`
	Export          string
	ImportMap       map[string]string
	Imports         []string
	Module          *struct {
		Path, Version, GoVersion string
		Main                     bool
	}
	Error      *listError
	DepsErrors []*listError
}

type listError struct{ Pos, Err string }

const listFields = "-json=Dir,ImportPath,Name,Standard,DepOnly,GoFiles,CompiledGoFiles,IgnoredGoFiles,Export,ImportMap,Imports,Module,Error,DepsErrors"

// maxPackages bounds one module with its dependencies.
const maxPackages = 50000

// errNoGo says that there is no go command.
var errNoGo = errors.New("the go command was not found: install Go, put it on PATH or set Options.Go")

// golist lists and compiles the packages of a module and their dependencies.
// An error is about all of them. Where the module's go.mod or go.sum is
// behind, or its workspace or vendor directory is of no use, it is listed
// without, from a copy of go.mod: nothing is written to the target.
func (s *Scanner) golist(ctx context.Context, root, dir string) ([]*listed, error) {
	env := s.env()
	work := workspace(root, dir)
	var flags []string
	if emptyVendor(dir) {
		flags = append(flags, "-mod=readonly")
	}
	pkgs, err := s.list(ctx, dir, append(env, "GOWORK="+work), flags)
	if work != "off" && says(pkgs, err, "go.work") {
		pkgs, err = s.list(ctx, dir, append(env, "GOWORK=off"), flags)
	}
	if ctx.Err() == nil && says(pkgs, err, "missing go.sum entry", "updates to go.mod needed", "updates to go.sum needed", "inconsistent vendoring") {
		if mod, clean, cerr := copyMod(dir); cerr == nil {
			defer clean()
			if !s.o.Download && s.o.Env == nil {
				env = append(env, "GOSUMDB=off") // the sums of what is in the cache already
			}
			if again, err := s.list(ctx, dir, append(env, "GOWORK=off"), []string{"-mod=mod", "-modfile=" + mod}); err == nil {
				return again, nil
			}
		}
	}
	return pkgs, err
}

// says reports whether the go command complained in one of these words.
func says(pkgs []*listed, err error, words ...string) bool {
	in := func(msg string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(msg, w) })
	}
	return err != nil && in(err.Error()) || slices.ContainsFunc(pkgs, func(p *listed) bool { return p.Error != nil && in(p.Error.Err) })
}

// copyMod copies go.mod and go.sum to a directory of their own.
func copyMod(dir string) (mod string, clean func(), err error) {
	tmp, err := os.MkdirTemp("", "merlon-sast-")
	if err != nil {
		return "", nil, err
	}
	clean = func() { os.RemoveAll(tmp) }
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(tmp, name), text, 0o600)
		}
		if err != nil {
			clean()
			return "", nil, err
		}
	}
	return filepath.Join(tmp, "go.mod"), clean, nil
}

// list runs go list once.
func (s *Scanner) list(ctx context.Context, dir string, env, flags []string) ([]*listed, error) {
	args := append([]string{"list", "-e", listFields, "-export", "-compiled", "-deps", "-test=false"}, flags...)
	args = append(append(args, "--"), s.patterns()...)
	cmd, stderr, err := s.command(ctx, dir, env, args...)
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, startError(err)
	}
	pkgs, derr := decode(out)
	if derr != nil {
		cmd.Process.Kill()
	}
	io.Copy(io.Discard, out)
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case derr != nil:
		return nil, fmt.Errorf("go list: %w", derr)
	case err != nil && len(pkgs) == 0:
		return nil, errors.New(goMessage(stderr.String(), err))
	}
	return pkgs, nil
}

// emptyVendor reports whether a module has a vendor directory with no package
// in it: module archives keep its modules.txt only.
func emptyVendor(dir string) bool {
	entries, err := os.ReadDir(filepath.Join(dir, "vendor"))
	return err == nil && !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.IsDir() })
}

func decode(r io.Reader) ([]*listed, error) {
	var pkgs []*listed
	for dec := json.NewDecoder(r); ; {
		p := new(listed)
		switch err := dec.Decode(p); {
		case err == io.EOF:
			return pkgs, nil
		case err != nil:
			return pkgs, err
		case len(pkgs) == maxPackages:
			return pkgs, fmt.Errorf("more than %d packages", maxPackages)
		}
		pkgs = append(pkgs, p)
	}
}

// command is the go command in dir with a clean environment.
func (s *Scanner) command(ctx context.Context, dir string, env []string, args ...string) (*exec.Cmd, *limited, error) {
	name := s.o.Go
	if name == "" {
		name = "go"
	}
	name, err := exec.LookPath(name)
	if err != nil {
		return nil, nil, startError(err)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(slices.Clone(env), "PWD="+dir)
	cmd.WaitDelay = 5 * time.Second
	stderr := new(limited)
	cmd.Stderr = stderr
	return cmd, stderr, nil
}

func startError(err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return errNoGo
	}
	return err
}

// limited keeps the first bytes of what is written to it.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	const most = 64 << 10
	if room := most - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// goMessage is the last thing that the go command complained about.
func goMessage(stderr string, err error) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "go: downloading ") {
			lines = append(lines, strings.TrimPrefix(line, "go: "))
		}
	}
	if len(lines) == 0 {
		return "go list: " + err.Error()
	}
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}

// cleanEnv is the environment for the go command on a tree that nobody
// vouches for: what it needs to find its caches and itself, no flags, no
// other toolchain, and no network unless downloads are allowed.
func cleanEnv(download bool) []string {
	keep := []string{
		"PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "SystemRoot", "COMSPEC", "PATHEXT",
		"GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE", "GOTMPDIR", "CC", "CXX", "PKG_CONFIG_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
	}
	if download {
		keep = append(keep, "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE", "GOAUTH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "NETRC")
	}
	var env []string
	for _, name := range keep {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	if !download {
		env = append(env, "GOPROXY=off")
	}
	// A flag that changes nothing, so that those of "go env -w" do not count.
	return append(env, "GOTOOLCHAIN=local", "GOFLAGS=-buildvcs=false", "GO111MODULE=on", "GIT_TERMINAL_PROMPT=0")
}

// workspace is the go.work that a module of the target belongs to: the
// nearest one above it in the target; "off" if there is none.
func workspace(root, dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "go.work")); err == nil && info.Mode().IsRegular() {
			return filepath.Join(d, "go.work")
		}
		if d == root || d == filepath.Dir(d) {
			return "off"
		}
	}
}

// advice says what to do about an error of the go command.
func advice(msg string) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(msg, p) })
	}
	switch {
	case has("requires go >=", "requires newer Go version", "unknown directive", "toolchain not available"):
		return "install the Go release that go.mod asks for"
	case has("missing go.sum entry", "updates to go.mod needed", "go mod tidy", "inconsistent vendoring"):
		return `run "go mod tidy" (with a vendor directory also "go mod vendor")`
	case has("lookup disabled by GOPROXY=off", "no required module provides", "cannot find module", "cannot query module", "no such host", "dial tcp"):
		return `run "go mod download" in the module, or allow downloads`
	case has("C compiler", "cgo", "pkg-config", "gcc", "clang"):
		return "install the C compiler and libraries it needs, or set CGO_ENABLED=0"
	}
	return ""
}
