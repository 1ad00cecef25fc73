// Package version orders versions as the package managers of the OSV
// ecosystems do.
//
// [Compare] is all of it: it takes an ecosystem as OSV records and
// [github.com/merlonsec/merlon/report.Component] name it ("npm", "PyPI",
// "Debian:12") and two versions. Each order is written after the
// specification or the reference implementation of its package manager, named
// at its function, and knows the sloppy forms that real records and lock
// files hold.
//
// The package reads nothing and keeps nothing. It does not decide whether a
// version is affected (package sca does), does not read requirements such as
// "^1.2" or ">=3,<4", and has no order for ecosystems whose versions are
// commits or have no published order (OSS-Fuzz, Android, ConanCenter, FreeBSD …): those are an
// error that matches errors.ErrUnsupported.
package version
