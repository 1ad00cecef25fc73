package secrets

import (
	"crypto/sha256"
	"strings"
)

// Alphabets of credentials.
const (
	digits    = "0123456789"
	hexDigits = digits + "abcdef"
	upper     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower     = "abcdefghijklmnopqrstuvwxyz"
	letters   = upper + lower
	alnum     = digits + letters
	base32    = upper + "234567"
	base64Std = letters + digits + "+/"
	base64URL = letters + digits + "-_"
)

// sample returns n characters that look random and are the same each time, for
// examples: no credential, not even a fake one, stands in this source.
func sample(alphabet string, n int, seed string) string {
	var b strings.Builder
	block := sha256.Sum256([]byte(seed))
	for b.Len() < n {
		for _, c := range block {
			if b.Len() < n {
				b.WriteByte(alphabet[int(c)%len(alphabet)])
			}
		}
		block = sha256.Sum256(block[:])
	}
	return b.String()
}
