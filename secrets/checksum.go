package secrets

import (
	"hash/crc32"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// checksum62 is the end of GitHub's and npm's tokens: the CRC-32 (IEEE) of what
// is between prefix and end, in six digits of base 62
// (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
func checksum62(s string) string {
	const base = digits + upper + lower
	n := crc32.ChecksumIEEE([]byte(s))
	var out [6]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base[n%62]
		n /= 62
	}
	return string(out[:])
}

// checked62 is the check of a token "prefix_", 30 characters and their checksum.
func checked62(m Match) report.Confidence {
	_, body, _ := strings.Cut(m.Secret.Reveal(), "_")
	if len(body) != 36 || checksum62(body[:30]) != body[30:] {
		return report.ConfidenceUnknown
	}
	return report.ConfidenceCertain
}

// bech32 computes the checksum of BIP 173 over a human-readable part and data,
// which is right if it is 1. Both are lower case.
func bech32(hrp, data string) uint32 {
	chk := uint32(1)
	add := func(v byte) {
		top := chk >> 25
		chk = chk&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				chk ^= g
			}
		}
	}
	for i := range len(hrp) {
		add(hrp[i] >> 5)
	}
	add(0)
	for i := range len(hrp) {
		add(hrp[i] & 31)
	}
	for i := range len(data) {
		v := strings.IndexByte(bech32Digits, data[i])
		if v < 0 {
			return 0
		}
		add(byte(v))
	}
	return chk
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Checksum is the six characters that make data's checksum right.
func bech32Checksum(hrp, data string) string {
	chk := bech32(hrp, data+"qqqqqq") ^ 1
	var out [6]byte
	for i := range out {
		out[i] = bech32Digits[chk>>(5*(5-i))&31]
	}
	return string(out[:])
}
