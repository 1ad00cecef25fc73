package secrets

import "github.com/merlonsec/merlon/report"

// A Detector describes one kind of credential. It is data; [New] compiles it.
//
// A match of Pattern counts if the secret in it is no placeholder and no known
// value of documentation, has the Entropy, has Near near it, and Check wants it.
type Detector struct {
	// Rule describes the finding. ID is "secrets/aws-access-key" or
	// "acme/token". Kind, Severity, Confidence and CWEs, where zero, are secret,
	// high, high and CWE-798.
	Rule report.Rule

	// Pattern is of package regexp's syntax. The secret is the group named
	// "secret", else the first group that takes part in a match, else all. A match
	// is found up to 32 KiB from its start. A pattern that has some fixed
	// characters near its start costs next to nothing; one without slows everything down.
	Pattern string

	Near   string   // a second pattern within Within bytes before or after the secret, such as a key's id; empty: not asked for
	Within int      // bytes, at most 4096; zero means 200
	Paths  []string // globs of the files to look at; nil means all

	// Entropy is the least Shannon entropy of the secret, in bits a character.
	// Random hexadecimal digits have up to 4, base64 up to 6, words about 3.
	Entropy float64

	// Check has the last word: ConfidenceUnknown drops the match. It may be
	// called by several goroutines at once. Nil means the rule's confidence.
	Check func(Match) report.Confidence

	Examples []string // what it must find; New tests them, and package secretstest much more
	Counter  []string // what it must not find

	shipped string // the Pattern of our own detectors, which New need not test
}

// A Match is one credential in a piece of text. Printed, it is masked.
type Match struct {
	Detector   *Detector
	Start, End int // of the secret, bytes from the start of the text; zero in a Check
	Secret     Secret
	Near       Secret // what Detector.Near matched nearest to the secret
	Confidence report.Confidence

	// Before and After are up to 256 bytes of the text on either side of the
	// secret. They are read when they are revealed, so the text must still be there:
	// during a Check, and as long as the caller of Matches leaves it as it was.
	Before, After Secret
}

// around is how much of the text Before and After hold.
const around = 256

// Limits of Detector.Within.
const (
	defaultWithin = 200
	maxWithin     = 4096
)
