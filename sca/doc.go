// Package sca says what is known about components: which have
// vulnerabilities or are malware, how bad that is, and which version to go to.
//
// [Open] reads a database of advisories, [New] makes a [report.Scanner]:
//
//	db, err := sca.Open(ctx, "osv/npm/all.zip")
//	scanner, err := sca.New(sca.Options{Database: db})
//	rep, err := report.Run(ctx, target, scanner)
//
// [Scanner.Match] does the same for a list of components. Advisories are
// records of the OSV schema, 1.7: a directory, zip or .jsonl of them, or the
// Go vulnerability database as it is served. Package govulndb reads that over
// HTTP; [Combine] unites databases; whatever implements [Database] will do.
//
// A version is affected as the schema says: by lists of versions, and by
// ranges in the order of its ecosystem (package version). Packages of a
// distribution are matched by their source package and release; what such a
// package installed is not matched again. Records that name each other as
// aliases are one finding with all their ids, the canonical one first:
// that of the ecosystem's own database, else GHSA, else CVE. Severities are
// computed from CVSS vectors; where there is none a finding is unrated, not harmless.
//
// What could not be matched is a gap: an ecosystem that OSV knows and no
// database covers, a broken record, a component whose version cannot be
// compared although advisories name it, and all gaps of the inventory. A database covers what
// its [Manifest] says, else the ecosystems of its records, which is noted.
//
// The package contacts nobody, runs nothing and reads only the database and,
// through package sbom, the target. It does not say whether a flaw can be reached.
package sca
