package secretstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// prose returns about n bytes of what files are full of and no secret is: words,
// code, identifiers, hashes, UUIDs, URLs, integrity values and base64. It is
// the same each time.
func prose(n int) []byte {
	r := rand.New(rand.NewPCG(4, 798))
	words := strings.Fields(`the token of a user is checked before the request goes to the database and its password is never kept;
		secret key private public access id client server account string return func const import package value config error`)
	word := func() string { return words[r.IntN(len(words))] }
	hash := func() []byte {
		h := sha256.Sum256([]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())})
		return h[:]
	}
	var b strings.Builder
	for b.Len() < n {
		switch r.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "%sToken := os.Getenv(\"%s_%s\")\n", word(), strings.ToUpper(word()), strings.ToUpper(word()))
		case 1:
			fmt.Fprintf(&b, "%x  %s/%s.go\n", hash(), word(), word())
		case 2:
			fmt.Fprintf(&b, "github.com/%s/%s v1.%d.%d h1:%s\n", word(), word(), r.IntN(90), r.IntN(9), base64.StdEncoding.EncodeToString(hash()))
		case 3:
			fmt.Fprintf(&b, "\"integrity\": \"sha512-%s\",\n", base64.StdEncoding.EncodeToString(append(hash(), hash()...)))
		case 4:
			h := hex.EncodeToString(hash())
			fmt.Fprintf(&b, "id: %s-%s-%s-%s-%s\n", h[:8], h[8:12], h[12:16], h[16:20], h[20:32])
		case 5:
			fmt.Fprintf(&b, "https://%s.test/%s/%s?%s=%d#L%d\n", word(), word(), hex.EncodeToString(hash())[:40], word(), r.IntN(1e9), r.IntN(900))
		case 6:
			for range r.IntN(6) {
				b.WriteString(base64.StdEncoding.EncodeToString(append(hash(), hash()[:16]...)) + "\n")
			}
		case 7:
			fmt.Fprintf(&b, "%s_%s_%s = %d\n", word(), word(), word(), r.Uint64())
		case 8:
			b.WriteString("password: ${" + strings.ToUpper(word()) + "}\napi_key: <your-" + word() + "-key>\n")
		default:
			for range 5 + r.IntN(12) {
				b.WriteString(word() + " ")
			}
			b.WriteString("\n")
		}
	}
	return []byte(b.String())
}
