package secrets_test

import (
	"fmt"
	"testing"

	"github.com/merlonsec/merlon/secrets"
)

// npm is a token with a right checksum that nobody has issued.
func npm(seed string) string {
	body := secrets.Sample(secrets.Alnum, 30, seed)
	return "np" + "m_" + body + secrets.Checksum62(body)
}

func awsID(seed string) string { return "AK" + "IA" + secrets.Sample(secrets.Base32, 16, seed) }

func awsSecret(seed string) string { return secrets.Sample(secrets.Base64Std, 40, seed) }

// pemKey is a private key block in which there is no key.
func pemKey() string {
	for _, d := range secrets.DefaultDetectors() {
		if d.Rule.ID == "secrets/private-key" {
			return d.Examples[3]
		}
	}
	panic("no detector of private keys")
}

func newScanner(tb testing.TB, o secrets.Options) *secrets.Scanner {
	tb.Helper()
	s, err := secrets.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// matches is what Matches finds, as "rule:secret".
func matches(s *secrets.Scanner, path, text string) []string {
	var out []string
	for m := range s.Matches(path, []byte(text)) {
		if got := text[m.Start:m.End]; got != m.Secret.Reveal() {
			panic(fmt.Sprintf("got %q at %d:%d, want %q", got, m.Start, m.End, m.Secret.Reveal()))
		}
		out = append(out, m.Detector.Rule.ID+":"+m.Secret.Reveal())
	}
	return out
}
