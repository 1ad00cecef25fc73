package secrets

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// A keyKind is what the body of a private key block holds.
type keyKind uint8

const (
	noKey keyKind = iota
	plainKey
	encryptedKey
)

// parseKey tells what is between the lines of a private key block, which may be
// indented, quoted, or written as strings with escaped line ends.
func parseKey(body string) keyKind {
	legacy := false
	if i := strings.Index(body, "DEK-Info:"); i >= 0 { // RFC 1421, section 4.6.1.3
		legacy = true
		_, body, _ = strings.Cut(body[i:], ",")
		body = strings.TrimLeft(body, hexDigits+"ABCDEF") // the initialization vector
	} else {
		body = withoutHeaders(body)
	}
	data, err := base64.RawStdEncoding.DecodeString(keyText(body))
	switch {
	case err != nil || len(data) < 40:
		return noKey
	case legacy:
		return encryptedKey
	case strings.HasPrefix(string(data), sshMagic):
		return sshKind(data[len(sshMagic):])
	}
	return derKind(data)
}

// withoutHeaders drops lines like "keyID: 7", which OpenSSL lets stand before the text.
func withoutHeaders(body string) string {
	if !strings.Contains(body, ":") {
		return body
	}
	var kept []string
	for line := range strings.SplitSeq(strings.ReplaceAll(body, `\n`, "\n"), "\n") {
		if !strings.Contains(line, ":") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// keyText returns the base64 text in a body without what a programming language
// puts between its parts.
func keyText(body string) string {
	var b strings.Builder
	isBase64 := func(c byte) bool { return isWord(c) && c != '_' || c == '+' || c == '/' || c == '=' }
	for i := 0; i < len(body); {
		if body[i] == '\\' {
			for i < len(body) && body[i] == '\\' {
				i++
			}
			if i < len(body) && (body[i] == 'n' || body[i] == 'r' || body[i] == 't') {
				i++
			}
			continue
		}
		start := i
		for i < len(body) && isBase64(body[i]) {
			i++
		}
		switch part := body[start:i]; part {
		case "+", "//": // an operator, a comment
		default:
			b.WriteString(part)
		}
		if start == i {
			i++
		}
	}
	return strings.TrimRight(b.String(), "=")
}

// sshMagic starts an OpenSSH private key (PROTOCOL.key in OpenSSH's sources).
const sshMagic = "openssh-key-v1\x00"

// sshKind reads the name of the cipher, which comes first.
func sshKind(data []byte) keyKind {
	if len(data) < 4 {
		return noKey
	}
	n := binary.BigEndian.Uint32(data)
	if data = data[4:]; n == 0 || n > 64 || int(n) > len(data) {
		return noKey
	}
	if string(data[:n]) == "none" {
		return plainKey
	}
	return encryptedKey
}

// derKind tells the forms apart by their first field: the version of PKCS #1
// (RFC 8017), SEC 1 (RFC 5915) and PKCS #8 (RFC 5958) keys, or the algorithm of
// an encrypted PKCS #8 key.
func derKind(data []byte) keyKind {
	body, ok := derValue(data, 0x30)
	if !ok {
		return noKey
	}
	if version, ok := derValue(body, 0x02); ok && len(version) == 1 && version[0] <= 3 {
		return plainKey
	}
	if algorithm, ok := derValue(body, 0x30); ok {
		if _, ok := derValue(algorithm, 0x06); ok {
			return encryptedKey
		}
	}
	return noKey
}

// derValue returns the content of the DER value that data starts with, if it
// has this tag and is all there.
func derValue(data []byte, tag byte) ([]byte, bool) {
	if len(data) < 2 || data[0] != tag {
		return nil, false
	}
	n, data := int(data[1]), data[2:]
	if n >= 0x80 {
		size := n - 0x80
		if size < 1 || size > 3 || len(data) < size {
			return nil, false
		}
		n = 0
		for _, b := range data[:size] {
			n = n<<8 | int(b)
		}
		data = data[size:]
	}
	if n > len(data) {
		return nil, false
	}
	return data[:n], true
}
