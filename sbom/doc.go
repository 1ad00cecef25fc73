// Package sbom says what software is in a tree, and reads and writes that as
// CycloneDX.
//
// [New] makes a scanner whose report holds components, each at the place that
// declares it, with the graph between them; writing that report with
// [CycloneDX] makes a document. [Read] goes the other way: a [Document] can be
// scanned ([Document.Target]) and gated like a tree.
//
// A [Cataloger] reads one format. The default ones read:
//   - go.mod, and go.sum where go.mod is older than go 1.17
//   - programs built by the go command (ELF, PE, Mach-O)
//   - package-lock.json and npm-shrinkwrap.json, versions 1 to 3
//   - the package databases of dpkg and apk, with os-release
//
// Everything hangs at a root: the module, the program, the npm project or the
// operating system that it belongs to. Names are those of OSV and of the
// package managers, with the scope or path in them ("@babel/core"); Group is
// empty but for Maven. Versions are as written: Go's begin with "v", but for
// the standard library, which is the component stdlib of a program. A component
// without an Ecosystem is the project's own code: a root, a member of a
// workspace, a module replaced by a directory. Of Debian packages advisories
// count the version of the source package: [SourceVersion].
//
// The package reads the files that its catalogers ask for, and the first bytes
// of what may be a program. It runs nothing and contacts no one. It does not
// say which Go modules are really built for a platform, nor what licences say
// beyond what is declared. A file that is broken, too large (256 MiB) or nested
// too deeply is a gap in the report; what could be read of it is there.
package sbom
