// Package merlon is the map of the module; it holds no code.
//
// Merlon is a library for the security of software on its way from the editor
// into production. Each package gives one capability as a composable API, and
// all of them speak one language, that of package report: scanners examine a
// target and return a report, which says what was found and what could not be
// looked at.
//
//   - [github.com/merlonsec/merlon/report] has findings, components, reports,
//     the Scanner contract and the formats (JSON, SARIF, text).
//   - [github.com/merlonsec/merlon/secrets] finds credentials.
//   - [github.com/merlonsec/merlon/sast] has go/analysis analyzers for Go code,
//     with data flow, for go vet and for a scan in process.
//   - [github.com/merlonsec/merlon/sbom] says which components a tree holds,
//     and writes it as CycloneDX.
//   - [github.com/merlonsec/merlon/sca] says which of them have known
//     vulnerabilities, from OSV records.
//   - [github.com/merlonsec/merlon/container] turns an image into a tree that
//     all of these read, and checks how the image is configured.
//   - [github.com/merlonsec/merlon/policy] judges a report with a gate and
//     waivers, and says why.
//
// A target is a directory, the staged files or a revision of a repository
// (report/git), an image, or any fs.FS. Importing a package links little more
// than itself; nothing is registered, logged, contacted or executed unless a
// call says so. See the programs under examples for whole jobs.
package merlon
