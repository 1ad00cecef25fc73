// Package purl reads and writes package URLs (purl), the names that advisories,
// documents and tools agree on, by the package-url specification and its type
// definitions (ECMA-427). [New] checks and normalises parts, [Parse] reads a
// string, [PURL.String] writes the canonical form.
//
// Two points where the definitions leave a choice: the names of type golang
// keep their case, as Go module paths do and as the definition's
// case_sensitive says, although its note asks for lower case; and golang may
// lack a namespace, since "stdlib" and modules of one element have none.
package purl
