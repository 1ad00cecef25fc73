// Package secretstest is the acceptance kit for detectors of package secrets:
// our own pass it, and yours should. Call [TestDetector] from a test:
//
//	func TestToken(t *testing.T) {
//		secretstest.TestDetector(t, acme.Token)
//	}
//
// Each of the detector's examples must be found at the start, in the middle and
// at the end of a text, across the edges of whatever pieces a stream is read
// in, twice on a line and with either kind of line ends; the finding and the
// redacted text must not show it; and the detector must be quiet on what it
// says it is not for, and on a text of prose, code, identifiers, hashes and
// encoded data.
//
// The kit runs nothing else and writes nowhere. It does not judge whether a
// pattern is the provider's: that is for the examples.
package secretstest
