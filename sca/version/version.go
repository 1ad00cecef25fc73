package version

import (
	"errors"
	"fmt"
	"strings"
)

// maxLen bounds a version in bytes. The longest in the OSV databases have
// about 150.
const maxLen = 1024

// An order compares two versions that are not empty and not too long. Its
// error says what is wrong with one of them.
type order func(a, b string) (int, error)

// Compare returns -1, 0 or 1 as a is before, equal to or after b in the order
// of the ecosystem, whose release ("Debian:12") does not matter. It returns
// an error that names the version if either is none, and one that matches
// [errors.ErrUnsupported] if the package has no order for the ecosystem.
// Equal does not mean identical: "1.0" and "1.0.0" are equal in most orders.
func Compare(ecosystem, a, b string) (int, error) {
	cmp := orderOf(ecosystem)
	if cmp == nil {
		return 0, fmt.Errorf("no version order for ecosystem %q: %w", ecosystem, errors.ErrUnsupported)
	}
	for _, v := range []string{a, b} {
		if err := plausible(v); err != nil {
			return 0, err
		}
	}
	return cmp(a, b)
}

// plausible refuses what is no version in any order.
func plausible(v string) error {
	switch {
	case v == "":
		return errors.New("version is empty")
	case len(v) > maxLen:
		return fmt.Errorf("version %.40q… has %d bytes", v, len(v))
	case strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return invalid(v)
	}
	return nil
}

func invalid(v string) error { return fmt.Errorf("%q is no version", v) }

// orderOf returns the order of an ecosystem of the OSV schema (1.7, "Defined
// Ecosystems"), or nil.
func orderOf(ecosystem string) order {
	base, rest, _ := strings.Cut(ecosystem, ":")
	switch base {
	case "Go":
		return compareGo
	case "npm", "crates.io", "Hex", "SwiftURL", "GitHub Actions", "Julia", "VSCode", "Bitnami", "Kubernetes", "SemVer":
		return compareSemVer
	case "Pub":
		return comparePub
	case "PyPI":
		return comparePyPI
	case "RubyGems":
		return compareGem
	case "Maven":
		return compareMaven
	case "NuGet":
		return compareNuGet
	case "Packagist":
		return comparePackagist
	case "CRAN", "Bioconductor":
		return compareR
	case "Hackage", "GHC":
		return compareHackage
	case "Debian", "Ubuntu", "Echo", "opam": // opam: manual, "Version ordering"
		return compareDebian
	case "Alpine", "Alpaquita", "BellSoft Hardened Containers", "Chainguard", "MinimOS", "Wolfi":
		return compareAPK
	case "AlmaLinux", "Azure Linux", "Mageia", "openEuler", "openSUSE", "Photon OS", "Red Hat", "Rocky Linux", "SUSE":
		return compareRPM
	case "Root": // Root:Alpine:3.18, Root:PyPI
		if !strings.HasPrefix(rest, "Root") {
			return orderOf(rest)
		}
	}
	return nil
}
