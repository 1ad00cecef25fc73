package report

// SARIF is SARIF 2.1.0 (OASIS, errata 01), the format of code scanning.
//
// # Writing
//
// One run a scan, that is a subject and a scanner, also where nothing was
// found; findings and notices whose scan is not in the report get a run too.
// Gaps are notifications of level error and make executionSuccessful false,
// notes are notifications of level note. Rules of advisories ("sca/…") are
// written as one rule an advisory, which is what GitHub shows. Paths are
// relative, to %SRCROOT% for a tree and %IMAGEROOT% for an image.
//
// What SARIF has no field for stands under the key "merlon" of the property
// bags, so that reading the document gives the same subjects, scans, findings,
// notices and verdict; where both say it, as for a level that another tool
// changed, SARIF's own field counts. Of the components only those that
// findings refer to are written: an inventory belongs into CycloneDX or [JSON].
// Flows without steps are left out. Braces in messages are not doubled, as
// 3.11.5 wants it: hardly any reader would take them for single ones.
//
// # Reading
//
// SARIF of any tool is read. Results of kind pass and notApplicable are no
// findings; they are kept in the scan's Props. Those of kind open and review
// are findings of low confidence, those of kind informational of severity
// [Info]. A severity comes from "security-severity", else from the level.
// A result without our fingerprint gets one as [Collector] would give it.
// executionSuccessful false, a notification of level error, a run without a
// result list, and content in external property files, which are not read, are gaps.
// The subject is named after versionControlProvenance; where there is none its
// name is empty: see [Report.About].
//
// Fields and properties of results, rules, locations, suppressions,
// notifications, runs and of the log that this package has no field for are
// kept in Props and written again; those of other objects are not. Columns
// are kept as they are: if they count UTF-16 code units, the scan's Props say so.
type SARIF struct {
	OmitSuppressed bool // leave out what is suppressed: GitHub shows it as open
	MaxResults     int  // a run; zero means GitHub's 25,000, less than zero no limit; the worst stay, and a gap says how many do not
}

const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

	sarifMaxResults = 25_000

	// sarifOurs is the key of a property bag under which we write what SARIF
	// has no field for, sarifKept the one in Props under which we keep fields
	// of SARIF that we have none for.
	sarifOurs = "merlon"
	sarifKept = "merlon/sarif"

	sarifTree  = "%SRCROOT%"
	sarifImage = "%IMAGEROOT%"

	// sarifFingerprint is what [Finding.Fingerprint] is called in
	// partialFingerprints; its value is what follows the name and a colon.
	sarifFingerprint = "merlon/v1"

	sarifCWE = "CWE"
)

// sarifBase names what the paths of a subject are relative to.
func sarifBase(s *Subject) string {
	if s != nil && s.Kind == "image" {
		return sarifImage
	}
	return sarifTree
}
