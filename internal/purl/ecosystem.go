package purl

import "strings"

// FullName returns the name that OSV records and package managers use, with
// the namespace where it is part of it: "@babel/core", "github.com/gorilla/mux",
// "org.apache.commons:commons-io", "laravel/framework".
func (p PURL) FullName() string {
	sep := "/"
	switch p.Type {
	case "alpm", "apk", "deb", "rpm", "qpkg": // the namespace is the vendor
		return p.Name
	case "maven":
		sep = ":"
	}
	if p.Namespace == "" {
		return p.Name
	}
	return p.Namespace + sep + p.Name
}

// Ecosystem returns OSV's name of the ecosystem (OSV schema, "Defined
// ecosystems"), or "" if it has none. For distributions it is the name without
// the release, which the distro qualifier spells in too many ways.
func (p PURL) Ecosystem() string {
	switch p.Type {
	case "bitnami":
		return "Bitnami"
	case "cargo":
		return "crates.io"
	case "composer":
		return "Packagist"
	case "conan":
		return "ConanCenter"
	case "cran":
		return "CRAN"
	case "gem":
		return "RubyGems"
	case "github":
		return "GitHub Actions"
	case "golang":
		return "Go"
	case "hackage":
		return "Hackage"
	case "hex":
		return "Hex"
	case "julia":
		return "Julia"
	case "maven":
		return "Maven"
	case "npm":
		return "npm"
	case "nuget":
		return "NuGet"
	case "opam":
		return "opam"
	case "pub":
		return "Pub"
	case "pypi":
		return "PyPI"
	case "swift":
		return "SwiftURL"
	case "apk", "deb", "rpm":
		return distribution(p.Namespace)
	}
	return ""
}

func distribution(namespace string) string {
	switch namespace {
	case "almalinux":
		return "AlmaLinux"
	case "alpaquita":
		return "Alpaquita"
	case "alpine":
		return "Alpine"
	case "bellsoft", "bellsoft-hardened-containers":
		return "BellSoft Hardened Containers"
	case "chainguard":
		return "Chainguard"
	case "debian":
		return "Debian"
	case "mageia":
		return "Mageia"
	case "minimos":
		return "MinimOS"
	case "openeuler":
		return "openEuler"
	case "opensuse":
		return "openSUSE"
	case "redhat":
		return "Red Hat"
	case "rocky", "rocky-linux", "rockylinux":
		return "Rocky Linux"
	case "sles", "suse":
		return "SUSE"
	case "ubuntu":
		return "Ubuntu"
	case "wolfi":
		return "Wolfi"
	}
	return ""
}

// Split returns the namespace and name of a full name: what is before and
// behind its last slash.
func Split(full string) (namespace, name string) {
	i := strings.LastIndexByte(full, '/')
	return full[:max(i, 0)], full[i+1:]
}
