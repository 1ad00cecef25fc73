package sbom_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

const (
	debian12 = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\nHOME_URL='https://www.debian.org/'\n"
	status   = `Package: libc6
Status: install ok installed
Maintainer: A <a@example.com>
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9)
Version: 2.36-9+b1
Depends: libgcc-s1
Description: text
 Package: not a package

Package: libgcc-s1
Status: install ok installed
Architecture: amd64
Source: gcc-12
Version: 1:12.2.0-14
Pre-Depends: libc6 (>= 2.35)

Package: mail-client
Status: hold ok half-configured
Architecture: all
Version: 1
Depends: libc6:any (>= 2), missing | mta [amd64],
 libgcc-s1

Package: exim
Status: deinstall ok installed
Architecture: amd64
Version: 4
Provides: mta (= 1), other

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: libc6
Status: install ok installed
Architecture: i386
Source: glibc (2.36-9)
Version: 2.36-9+b1
`
)

func TestDpkg(t *testing.T) {
	files := map[string]string{"etc/os-release": debian12, "var/lib/dpkg/status": status}
	rep := scan(t, tree(files))
	checkGraph(t, rep)
	const at, arch = "#var/lib/dpkg/status", "?arch=amd64&distro=debian-12"
	want := map[string]string{
		"debian@12": "- [pkg:deb/debian/libc6@2.36-9%2Bb1?arch=i386&distro=debian-12 pkg:deb/debian/mail-client@1?arch=all&distro=debian-12]",
		"pkg:deb/debian/libc6@2.36-9%2Bb1" + arch:                     "Debian:12 glibc 2.36-9 1 [pkg:deb/debian/libgcc-s1@1:12.2.0-14" + arch + "]",
		"pkg:deb/debian/libc6@2.36-9%2Bb1?arch=i386&distro=debian-12": "Debian:12 glibc 2.36-9 37 []",
		"pkg:deb/debian/libgcc-s1@1:12.2.0-14" + arch:                 "Debian:12 gcc-12 1:12.2.0-14 12 [pkg:deb/debian/libc6@2.36-9%2Bb1" + arch + "]",
		"pkg:deb/debian/exim@4" + arch:                                "Debian:12 exim 4 26 []",
		"pkg:deb/debian/mail-client@1?arch=all&distro=debian-12": "Debian:12 mail-client 1 19 [pkg:deb/debian/exim@4" + arch +
			" pkg:deb/debian/libc6@2.36-9%2Bb1" + arch + " pkg:deb/debian/libgcc-s1@1:12.2.0-14" + arch + "]",
	}
	for _, c := range rep.Components {
		deps := []string{}
		for _, d := range c.DependsOn {
			deps = append(deps, strings.TrimSuffix(d, at))
		}
		got := fmt.Sprintf("%s %s %s %d %s", c.Ecosystem, c.Source, sbom.SourceVersion(c), c.Found[0].Region.Start.Line, deps)
		if c.Type == "operating-system" {
			got = fmt.Sprintf("- %s", deps)
		}
		id := strings.TrimSuffix(c.ID, at)
		if got != want[id] {
			t.Errorf("%s: got %s, want %s", id, got, want[id])
		}
		delete(want, id)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
	if !find(t, rep, "mail-client").Direct || find(t, rep, "exim").Direct {
		t.Error("without apt's record what nothing depends on is direct")
	}
	files["var/lib/apt/extended_states"] = "Package: mail-client\nArchitecture: all\nAuto-Installed: 1\n"
	if rep = scan(t, tree(files)); find(t, rep, "mail-client").Direct || !find(t, rep, "exim").Direct {
		t.Error("apt's record does not decide what is direct")
	}
}

func TestDpkgStatusDirectory(t *testing.T) {
	files := map[string]string{
		"usr/lib/os-release":                  debian12,
		"var/lib/dpkg/status.d/base":          "Package: base-files\nVersion: 12.4\nArchitecture: amd64\n",
		"var/lib/dpkg/status.d/libssl":        "Package: libssl3\nVersion: 3.0.11-1\nArchitecture: amd64\nDepends: base-files",
		"var/lib/dpkg/status.d/base.md5sums":  "0123 /x\n",
		"var/lib/dpkg/info/something.md5sums": "0123 /x\n",
	}
	rep := scan(t, tree(files))
	checkGraph(t, rep)
	if got, want := names(rep), []string{"base-files@12.4", "debian@12", "libssl3@3.0.11-1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c := find(t, rep, "libssl3"); len(c.DependsOn) != 1 || c.Found[0].Path != "var/lib/dpkg/status.d/libssl" {
		t.Errorf("got %+v", c)
	}
}

func TestDpkgMistakes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Package: a\nStatus: install ok installed\n\n", "status:1: a package without name or version"},
		{"Package: a\nVersion: 1\nnonsense\n", `status:3: "nonsense" is no field`},
		{"Package: a\nVersion: 1.2", "status:2: the file ends within a line"},
		{"Package: a\nVersion: 1\n=======\n", "status:3: merge conflict"},
	}
	for _, tt := range tests {
		rep, _ := inventory(t, tree(map[string]string{"var/lib/dpkg/status": tt.text}))
		if got := strings.Join(gaps(rep), "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("%q: got gaps %q, want %q", tt.text, got, tt.want)
		}
	}
}

const installed = `C:Q1abc=
P:musl
V:1.2.4-r1
A:x86_64
L:MIT
o:musl
m:A <a@example.com>
U:https://musl.libc.org/
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1

P:busybox
V:1.36.1-r2
A:x86_64
L:GPL-2.0-only
o:busybox
D:so:libc.musl-x86_64.so.1
p:cmd:busybox=1.36.1-r2 /bin/sh

P:tool
V:1-r0
A:noarch
D:/bin/sh !conflict busybox>=1.30 nothing

`

func TestApk(t *testing.T) {
	files := map[string]string{"lib/apk/db/installed": installed, "etc/os-release": "ID=alpine\nVERSION_ID=3.18.0\n"}
	rep := scan(t, tree(files))
	checkGraph(t, rep)
	const at = "#lib/apk/db/installed"
	musl := find(t, rep, "musl")
	if musl.ID != "pkg:apk/alpine/musl@1.2.4-r1?arch=x86_64&distro=alpine-3.18"+at || musl.Ecosystem != "Alpine:v3.18" || musl.Source != "musl" ||
		musl.Found[0].Region.Start.Line != 1 || musl.Licenses[0].Expression != "MIT" || musl.Root != "alpine@3.18.0"+at || musl.Supplier == "" {
		t.Errorf("got %+v", musl)
	}
	if got := find(t, rep, "busybox").DependsOn; !slices.Equal(got, []string{musl.ID}) {
		t.Errorf("busybox depends on %q, want %q", got, musl.ID)
	}
	if got := find(t, rep, "tool").DependsOn; len(got) != 1 || !strings.HasPrefix(got[0], "pkg:apk/alpine/busybox@") {
		t.Errorf("tool depends on %q, want busybox", got)
	}
	if find(t, rep, "busybox").Direct || !find(t, rep, "tool").Direct {
		t.Error("without a world file what nothing depends on is direct")
	}
	files["etc/apk/world"] = "busybox>1.36\n"
	if rep = scan(t, tree(files)); !find(t, rep, "busybox").Direct || find(t, rep, "tool").Direct {
		t.Error("the world file does not decide what is direct")
	}
	checkGraph(t, rep)
}

func TestRelease(t *testing.T) {
	const apk, deb = "lib/apk/db/installed", "var/lib/dpkg/status"
	tests := []struct{ db, file, text, ecosystem, prefix string }{
		{apk, "etc/os-release", "ID=alpine\nVERSION_ID=3.21.0_alpha20240807\n", "Alpine:edge", "pkg:apk/alpine/"},
		{apk, "etc/os-release", "ID=wolfi\nVERSION_ID=\"20230201\"\n", "Wolfi", "pkg:apk/wolfi/"},
		{apk, "etc/alpine-release", "3.7.3\n", "Alpine:v3.7", "pkg:apk/alpine/"},
		{apk, "x", "", "Alpine", "pkg:apk/alpine/"},
		{"rootfs/usr/lib/apk/db/installed", "rootfs/etc/os-release", "ID=alpine\nVERSION_ID=3.22.1\n", "Alpine:v3.22", "pkg:apk/alpine/"},
		{deb, "etc/os-release", "# a comment\nID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\n", "Ubuntu:22.04", "pkg:deb/ubuntu/"},
		{deb, "etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\n", "Debian", "pkg:deb/debian/"},
		{deb, "etc/os-release", "ID=raspbian\nVERSION_ID=11\n", "raspbian:11", "pkg:deb/raspbian/"},
		{deb, "etc/debian_version", "12.5\n", "Debian:12", "pkg:deb/debian/"},
		{deb, "etc/debian_version", "trixie/sid\n", "Debian", "pkg:deb/debian/"},
	}
	for _, tt := range tests {
		db := "P:x\nV:1\nA:amd64\n\n"
		if strings.HasSuffix(tt.db, "status") {
			db = "Package: x\nVersion: 1\nArchitecture: amd64\n"
		}
		c := find(t, scan(t, tree(map[string]string{tt.db: db, tt.file: tt.text})), "x")
		if c.Ecosystem != tt.ecosystem || !strings.HasPrefix(c.PURL, tt.prefix) {
			t.Errorf("%s %q: got %s %s, want %s %s", tt.file, tt.text, c.Ecosystem, c.PURL, tt.ecosystem, tt.prefix)
		}
	}
}

// osTree is the tree of a system with nothing but its package database.
func osTree(database string, data []byte, release string) fstest.MapFS {
	return fstest.MapFS{database: {Data: data}, "etc/os-release": {Data: []byte(release)}}
}

func TestApkReal(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared(t, "os-packages"), "apk", "installed-*"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rep := scan(t, osTree("lib/apk/db/installed", data, "ID=alpine\nVERSION_ID=3.18.9\n"))
		checkGraph(t, rep)
		checkPackages(t, name, rep, bytes.Count(append([]byte("\n"), data...), []byte("\nP:")))
	}
}

func TestDpkgReal(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared(t, "os-packages"), "dpkg", "*.gz"))
	for _, name := range files {
		data := gunzip(t, name)
		rep := scan(t, osTree("var/lib/dpkg/status", data, debian12))
		checkGraph(t, rep)
		checkPackages(t, name, rep, bytes.Count(data, []byte("Status: install ok installed\n")))
	}
}

func gunzip(t testing.TB, name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checkPackages checks their number and that all have what matching needs.
func checkPackages(t *testing.T, name string, rep *report.Report, want int) {
	t.Helper()
	got := 0
	for _, c := range rep.Components {
		if c.Type == "operating-system" {
			continue
		}
		got++
		if c.PURL == "" || c.Version == "" || c.Source == "" || c.Ecosystem == "" || c.Found[0].Region.Start.Line == 0 {
			t.Errorf("%s: got %+v", name, c)
		}
	}
	if got != want {
		t.Errorf("%s: got %d packages, want %d", name, got, want)
	}
}
