package report

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A Subject is what was scanned. Name is what baselines and history compare
// by, so it stays the same from one version and machine to the next.
type Subject struct {
	Name    string   `json:"name"`              // "github.com/acme/shop", "registry/shop"; unique in a report
	Kind    string   `json:"kind,omitempty"`    // "directory", "repository", "image", "document", "service"
	Version string   `json:"version,omitempty"` // commit, tag
	Digest  string   `json:"digest,omitempty"`  // "sha256:…"; empty if the content can change
	Parents []string `json:"parents,omitempty"` // names of the subjects it was made from
	Props   Props    `json:"props,omitempty"`
}

// nameDir returns the subject's name for a directory, and the commit that its
// repository is at.
func nameDir(abs string, fsys fs.FS) (name, commit string) {
	top, gitDir, common := findGit(abs)
	if gitDir != "" {
		commit = headCommit(gitDir, common)
		if origin := RepositoryName(originURL(common)); origin != "" {
			sub, err := filepath.Rel(top, abs)
			if err == nil {
				return path.Join(origin, filepath.ToSlash(sub)), commit
			}
		}
	}
	if text, err := readSmall(fsys, "go.mod"); err == nil {
		if m := modulePath(text); m != "" {
			return m, commit
		}
	}
	return filepath.Base(abs), commit
}

// RepositoryName returns the host and path that an origin URL of git names,
// without scheme, user, port and ".git": "github.com/acme/shop". It is empty for a local one.
// Both forms of git-clone(1) are understood, URLs and "user@host:path".
func RepositoryName(origin string) string {
	origin = strings.TrimSpace(origin)
	var host, p string
	if u, err := url.Parse(origin); err == nil && u.Scheme != "" && u.Host != "" {
		host, p = u.Hostname(), u.Path
	} else if before, after, ok := strings.Cut(origin, ":"); ok && !strings.ContainsAny(before, `/\`) && len(before) > 1 {
		host, p = before[strings.LastIndexByte(before, '@')+1:], after
		if strings.HasPrefix(p, "//") { // "file://x" and the like, which have no host
			return ""
		}
	}
	p = strings.Trim(path.Clean("/"+strings.TrimSuffix(strings.TrimRight(p, "/"), ".git")), "/")
	if host == "" || p == "" {
		return ""
	}
	return clean(strings.ToLower(host) + "/" + p)
}

// findGit finds the repository that dir lies in: its work tree, its git
// directory, and the one it shares with other work trees.
func findGit(dir string) (top, gitDir, common string) {
	for top = dir; ; top = filepath.Dir(top) {
		dot := filepath.Join(top, ".git")
		if info, err := os.Stat(dot); err == nil {
			if info.IsDir() {
				return top, dot, dot
			}
			if to, ok := strings.CutPrefix(readLine(dot), "gitdir:"); ok {
				gitDir = absFrom(top, strings.TrimSpace(to))
				common = gitDir
				if c := readLine(filepath.Join(gitDir, "commondir")); c != "" {
					common = absFrom(gitDir, c)
				}
				return top, gitDir, common
			}
		}
		if top == filepath.Dir(top) {
			return "", "", ""
		}
	}
}

func absFrom(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// originURL reads remote.origin.url of a git configuration file.
func originURL(gitDir string) string {
	text, err := readSmall(os.DirFS(gitDir), "config")
	if err != nil {
		return ""
	}
	in := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = strings.ReplaceAll(strings.ToLower(line), " ", "") == `[remote"origin"]`
			continue
		}
		if key, value, ok := strings.Cut(line, "="); in && ok && strings.EqualFold(strings.TrimSpace(key), "url") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// headCommit resolves HEAD without running git; "" if it cannot.
func headCommit(gitDir, common string) string {
	head := readLine(filepath.Join(gitDir, "HEAD"))
	ref, ok := strings.CutPrefix(head, "ref:")
	if !ok {
		return commitID(head)
	}
	ref = strings.TrimSpace(ref)
	if !fs.ValidPath(ref) {
		return ""
	}
	if id := readLine(filepath.Join(common, filepath.FromSlash(ref))); id != "" {
		return commitID(id)
	}
	packed, err := readSmall(os.DirFS(common), "packed-refs")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(packed)) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == ref {
			return commitID(id)
		}
	}
	return ""
}

func commitID(s string) string {
	if (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == "" {
		return s
	}
	return ""
}

// modulePath returns the path in the module directive of a go.mod file.
func modulePath(text []byte) string {
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == "module" {
			return clean(strings.Trim(fields[1], "\"`"))
		}
	}
	return ""
}

func readLine(name string) string {
	text, err := readSmall(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

// readSmall reads a file that is small if it is what it seems to be.
func readSmall(fsys fs.FS, name string) ([]byte, error) {
	const most = 4 << 20
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fs.ErrInvalid
	}
	return fs.ReadFile(fsys, name)
}
