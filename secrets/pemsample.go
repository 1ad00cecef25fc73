package secrets

import (
	"encoding/base64"
	"strings"
)

// The beginnings of private keys in DER, for examples; what follows in them is
// no key.
const (
	ed25519Head   = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"
	ecHead        = "\x30\x77\x02\x01\x01\x04\x20"
	ecTail        = "\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00\x04"
	rsaHead       = "\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01\x00"
	pkcs8Head     = "\x30\x82\x04\xbe\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82\x04\xa8"
	encryptedHead = "\x30\x81\xfd\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"
)

func rsaSample(seed string) string { return derSample(rsaHead, 0x4a4, seed) }

func pkcs8Sample(seed string) string { return derSample(pkcs8Head, 0x4be, seed) }

// derSample returns a PEM body of a DER value with n bytes of content.
func derSample(head string, n int, seed string) string {
	data := head + sample(alnum, n-(len(head)-4), seed)
	return wrap64(base64.StdEncoding.EncodeToString([]byte(data)))
}

// wrap64 breaks text into lines as PEM does.
func wrap64(s string) string {
	var lines []string
	for ; len(s) > 64; s = s[64:] {
		lines = append(lines, s[:64])
	}
	return strings.Join(append(lines, s), "\n")
}
