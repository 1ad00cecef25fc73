package sca

import (
	"slices"
	"strings"
)

// osvEcosystems are those that the OSV schema defines (1.7.5) and that name
// packages of an inventory. A component of one of them can have advisories.
var osvEcosystems = [...]string{
	"AlmaLinux", "Alpaquita", "Alpine", "Android", "Azure Linux", "BellSoft Hardened Containers", "Bioconductor", "Bitnami", "CRAN",
	"Chainguard", "CleanStart", "ConanCenter", "Debian", "Docker Hardened Images", "Echo", "FreeBSD", "GHC", "GitHub Actions", "Go",
	"Hackage", "Hex", "Julia", "Kubernetes", "Linux", "Mageia", "Maven", "MinimOS", "NuGet", "OSS-Fuzz", "Packagist", "Photon OS", "Pub",
	"PyPI", "Red Hat", "Rocky Linux", "Root", "RubyGems", "SUSE", "SwiftURL", "TuxCare", "Ubuntu", "VSCode", "Wolfi", "crates.io", "npm",
	"opam", "openEuler", "openSUSE",
}

// known reports whether OSV defines an ecosystem.
func known(ecosystem string) bool {
	base, _ := splitEcosystem(ecosystem)
	return slices.Contains(osvEcosystems[:], base)
}

// A family is how ecosystems of one kind name packages and releases.
type family int

const (
	languages family = iota // what follows the colon is a registry's URL: names do not depend on it
	dpkgFamily
	apkFamily
	rpmFamily
	otherSystems
)

func familyOf(base string) family {
	switch base {
	case "Debian", "Ubuntu", "Echo":
		return dpkgFamily
	case "Alpine", "Alpaquita", "BellSoft Hardened Containers", "Chainguard", "MinimOS", "Wolfi":
		return apkFamily
	case "AlmaLinux", "Azure Linux", "Mageia", "openEuler", "openSUSE", "Photon OS", "Red Hat", "Rocky Linux", "SUSE":
		return rpmFamily
	case "Android", "CleanStart", "Docker Hardened Images", "FreeBSD", "Linux", "Root", "TuxCare":
		return otherSystems
	}
	return languages
}

// splitEcosystem separates an ecosystem from its release, which it puts into
// one form: "Ubuntu:22.04:LTS" is "22.04", "Alpine:v3.20" is "3.20", "Red
// Hat:enterprise_linux:9::baseos" is "9". The release of a language's
// ecosystem, the URL of a registry, is left out.
func splitEcosystem(ecosystem string) (base, release string) {
	base, release, _ = strings.Cut(ecosystem, ":")
	switch {
	case familyOf(base) == languages:
		return base, ""
	case base == "Ubuntu":
		release = strings.TrimSuffix(release, ":LTS")
	case base == "Red Hat":
		if r, ok := strings.CutPrefix(release, "enterprise_linux:"); ok {
			release, _, _ = strings.Cut(r, ":")
		}
	case base == "Photon OS":
		release = strings.TrimSuffix(release, ".0")
	case familyOf(base) == apkFamily:
		release = strings.TrimPrefix(release, "v")
	}
	return base, release
}

// sameRelease reports whether what is said about one release holds for a
// component's: they are equal, one is not known, or the component's is a
// point release ("12.5" of "12").
func sameRelease(of, component string) bool {
	return of == "" || component == "" || of == component || strings.HasPrefix(component, of+".")
}

// covers reports whether one of the ecosystems is, or has, that of a component.
func covers(ecosystems []string, component string) bool {
	base, release := splitEcosystem(component)
	return slices.ContainsFunc(ecosystems, func(e string) bool {
		b, r := splitEcosystem(e)
		return b == base && sameRelease(r, release)
	})
}

// A pkgKey is what advisories of a package are found by.
type pkgKey struct{ base, name string }

// keyOf puts a name into the form that its registry compares by.
func keyOf(ecosystem, name string) pkgKey {
	base, _ := splitEcosystem(ecosystem)
	switch base {
	case "PyPI":
		name = normalPyPI(name)
	case "NuGet", "Packagist", "GitHub Actions", "VSCode", "Hex":
		name = strings.ToLower(name)
	case "SwiftURL":
		name = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(name), "https://"), ".git")
	}
	return pkgKey{base, name}
}

// normalPyPI is the normalisation of PEP 503.
func normalPyPI(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r == '-' || r == '_' || r == '.' {
			gap = true
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte('-')
	}
	return b.String()
}
