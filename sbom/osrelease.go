package sbom

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// maxRelease is the size of a file that names the release, which has a dozen lines.
const maxRelease = 1 << 20

// system is the operating system whose package database is read.
type system struct {
	id, version string // "debian", "12"; version empty if not known
	root        *report.Component
}

// readSystem reads os-release(5) of the tree that is rooted at dir. Without
// one, fallback is taken for the distribution, and its own file for the release.
// The system is never nil; the error says what could not be read of it.
// The system is placed at its package database, so that the IDs of packages,
// which are there too, do not change with a point release.
func readSystem(ctx context.Context, t *report.Target, dir, database, fallback string) (*system, error) {
	var text []byte
	var unread error
	name := ""
	for _, n := range []string{"etc/os-release", "usr/lib/os-release"} {
		data, err := walk.Read(ctx, t.FS, path.Join(dir, n), maxRelease)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			text, name = data, path.Join(dir, n)
			break
		}
		if unread == nil && !escapes(err) {
			unread = err
		}
	}
	s := &system{id: fallback}
	s.root = &report.Component{Type: "operating-system", Found: []report.Location{{Path: database}}}
	if name == "" {
		var err error
		if s.version, err = oldRelease(ctx, t, dir, fallback); unread == nil {
			unread = err
		}
	} else {
		v, lines := parseOSRelease(string(text))
		s.id, s.version = cmp.Or(strings.ToLower(v["ID"]), fallback), v["VERSION_ID"]
		s.root.Found = append(s.root.Found, at(name, max(lines["ID"], 1))...)
		if cpe := v["CPE_NAME"]; cpe != "" {
			s.root.CPEs = []string{cpe}
		}
		if home := v["HOME_URL"]; home != "" {
			s.root.Links = []report.Link{{Kind: "website", URL: home}}
		}
	}
	s.root.Name, s.root.Version = s.id, s.version
	s.root.ID = report.ComponentID(strings.TrimSuffix(s.id+"@"+s.version, "@"), "", database)
	return s, unread
}

// escapes reports whether a file is a link that leads out of the tree, which
// is as good as none.
func escapes(err error) bool { return strings.Contains(err.Error(), "path escapes") }

// oldRelease reads the release from the file that was there before os-release.
func oldRelease(ctx context.Context, t *report.Target, dir, id string) (string, error) {
	file := map[string]string{"alpine": "etc/alpine-release", "debian": "etc/debian_version"}[id]
	data, err := walk.Read(ctx, t.FS, path.Join(dir, file), maxRelease)
	if errors.Is(err, fs.ErrNotExist) || err != nil && escapes(err) {
		return "", nil
	}
	v := strings.TrimSpace(string(data))
	if v == "" || v[0] < '0' || v[0] > '9' || strings.ContainsAny(v, " \n/") {
		return "", err // none, or a name such as "trixie/sid"
	}
	if id == "debian" {
		v, _, _ = strings.Cut(v, ".")
	}
	return v, err
}

// parseOSRelease reads assignments as a shell would that knows no expansion.
func parseOSRelease(text string) (values map[string]string, lines map[string]int) {
	values, lines = map[string]string{}, map[string]int{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		key, v, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			v = v[1 : len(v)-1]
		}
		values[key], lines[key] = strings.NewReplacer(`\"`, `"`, `\$`, `$`, `\\`, `\`, "\\`", "`").Replace(v), n
	}
	return values, lines
}

// ecosystem is OSV's name with the release that OSV files advisories under.
func (s *system) ecosystem(typ string) string {
	name := cmp.Or(purl.PURL{Type: typ, Namespace: s.id}.Ecosystem(), s.id)
	release := s.release()
	switch name {
	case "Alpine":
		if release != "" && release != "edge" {
			release = "v" + release
		}
	case "Wolfi", "Chainguard":
		return name // rolling: advisories know no release
	}
	if release == "" {
		return name
	}
	return name + ":" + release
}

// release is the part of the version that advisories and repositories go by.
func (s *system) release() string {
	switch s.id {
	case "alpine":
		if strings.Contains(s.version, "_") {
			return "edge" // "3.21.0_alpha20240807"
		}
		if parts := strings.SplitN(s.version, ".", 3); len(parts) > 1 {
			return parts[0] + "." + parts[1]
		}
	case "debian":
		major, _, _ := strings.Cut(s.version, ".")
		return major
	}
	return s.version
}

// purl is the purl of a package of the system.
func (s *system) purl(typ, name, version, arch string) string {
	q := map[string]string{"arch": arch}
	if r := s.release(); r != "" {
		q["distro"] = s.id + "-" + r
	}
	return purlString(purl.PURL{Type: typ, Namespace: s.id, Name: name, Version: version, Qualifiers: q})
}
