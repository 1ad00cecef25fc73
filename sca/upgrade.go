package sca

import (
	"fmt"
	"path"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// upgrade is the fix of raising c to a version. The command is left out where
// no single one does exactly that.
func upgrade(c *report.Component, to string) report.Fix {
	f := report.Fix{
		ID:      fmt.Sprintf("upgrade:%s -> %s", c.ID, to),
		Title:   fmt.Sprintf("upgrade %s from %s to %s", c.Name, c.Version, to),
		Upgrade: &report.Upgrade{Component: c.ID, From: c.Version, To: to, Breaking: breaking(c.Version, to)},
	}
	file := ""
	if len(c.Found) > 0 {
		file = c.Found[0].Path
	}
	if f.Command = command(c, path.Base(file), to); f.Command != nil {
		f.Dir = path.Dir(file)
	}
	return f
}

// command is what raises one package, where the package manager can be told
// the version and touches nothing else.
func command(c *report.Component, file, to string) []string {
	if strings.HasPrefix(c.Name, "-") || strings.HasPrefix(to, "-") {
		return nil // would be read as a flag
	}
	base, _ := splitEcosystem(c.Ecosystem)
	switch {
	case base == "Go" && (file == "go.mod" || file == "go.sum") && c.Name != "stdlib" && c.Name != "toolchain":
		return []string{"go", "get", c.Name + "@" + to}
	case base == "npm" && c.Direct && (file == "package-lock.json" || file == "npm-shrinkwrap.json"):
		return []string{"npm", "install", c.Name + "@" + to}
	case base == "crates.io" && file == "Cargo.lock" && !breaking(c.Version, to): // else Cargo.toml would not have it
		return []string{"cargo", "update", "--package", c.Name + "@" + c.Version, "--precise", to}
	}
	return nil
}

// breaking reports whether an upgrade changes the first number that is not
// zero, which SemVer allows to break callers. Other schemes promise less.
func breaking(from, to string) bool {
	a, b := majors(from), majors(to)
	return a != b
}

func majors(v string) string {
	v = strings.TrimPrefix(v, "v")
	if i := strings.IndexAny(v, "-+~"); i >= 0 {
		v = v[:i]
	}
	out := ""
	for part := range strings.SplitSeq(v, ".") {
		out += part + "."
		if strings.Trim(part, "0") != "" {
			break
		}
	}
	return out
}
