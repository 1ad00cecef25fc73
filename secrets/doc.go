// Package secrets finds credentials: keys, tokens and passwords of some thirty
// kinds, each by its provider's exact format and, where it has one, its checksum.
//
// [New] makes a [Scanner], which has three doors. [Scanner.Matches] and
// [Scanner.Redact] take bytes in hand: a buffer of an editor, a line of a log.
// [Scanner.Reader] and [Scanner.All] yield findings in a stream and in a tree.
// [Scanner.Scan] makes a [report.Report] of a target, as for [report.Run].
//
// What is looked for is data: a [Detector] is a pattern with what must hold
// besides. [DefaultDetectors] lists ours; append your own to them.
//
// Values of documentation, placeholders and repeated or counted-up characters
// are passed over. Finds in tests, examples and documentation are reported with
// less confidence. What [Options.Allow] covers, or a comment on the same line
// ("merlon:allow" with a reason; "gitleaks:allow" and "trufflehog:ignore" are
// understood), stays in the report as suppressed.
//
// Text is searched as it is, in UTF-8 or any other encoding that keeps ASCII;
// files and streams that start with a UTF-16 byte order mark are decoded. In a
// tree, files with NUL bytes near their start are binary and left out, which the report notes, as
// is what lies behind links. Archives are not opened and nothing is decoded yet.
//
// A raw secret leaves the package in one way only, [Secret.Reveal]. Messages and
// snippets of findings are masked, and fingerprints come from a keyed hash of
// the secret, so that a new secret on an old line is a new finding.
//
// The package reads what it is given, and nothing else. It contacts no one.
package secrets
