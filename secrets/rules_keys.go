package secrets

import (
	"encoding/base64"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// keyBlock matches a private key of RFC 7468 or of OpenSSH, in text or in a
// string of some language or of JSON. The secret is what is between the lines.
const keyBlock = `-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|ANY) )?PRIVATE KEY-----` +
	`(?P<secret>(?:[^-]{1,20}Proc-Type: ?4,ENCRYPTED[^-]{1,20}DEK-Info: ?[A-Z0-9]{2,8}(?:-[A-Z0-9]{2,8}){1,3},)?[^-]{60,})-----END `

// keyDetectors find private keys.
func keyDetectors() []Detector {
	block := func(kind, body string) string {
		return "-----BEGIN " + kind + "PRIVATE KEY-----\n" + body + "\n-----END " + kind + "PRIVATE KEY-----\n"
	}
	ed25519 := base64.StdEncoding.EncodeToString([]byte(ed25519Head + sample(alnum, 32, "ed25519")))
	ec := wrap64(base64.StdEncoding.EncodeToString([]byte(ecHead + sample(alnum, 32, "ec") + ecTail + sample(alnum, 64, "ec point"))))
	ssh := func(cipher string) string {
		return wrap64(base64.StdEncoding.EncodeToString([]byte(sshMagic + "\x00\x00\x00" + string(rune(len(cipher))) + cipher + sample(alnum, 200, cipher))))
	}
	encrypted := wrap64(base64.StdEncoding.EncodeToString([]byte(encryptedHead + sample(alnum, 240, "pkcs8"))))
	gcp := `{"type": "service_account", "project_id": "shop", "private_key": "` + strings.ReplaceAll(block("", pkcs8Sample("gcp")), "\n", `\n`) +
		`", "client_email": "ci@shop.iam.gserviceaccount.com"}`
	age := "age-secret" + "-key-"
	data := sample(bech32Digits, 52, "age")
	ageKey := strings.ToUpper(age + "1" + data + bech32Checksum(age, data))
	const pemURL = "https://www.rfc-editor.org/rfc/rfc7468"
	return []Detector{{
		Rule: describe("private-key", "Private key", report.Critical,
			"decrypts, signs and logs in for whoever the key stands for: a server, a person, a certificate authority",
			"Replace it wherever its public half is trusted: take it out of authorized_keys, have its certificates revoked.",
			pemURL),
		Pattern: keyBlock,
		Check: func(m Match) report.Confidence {
			return present(parseKey(m.Secret.Reveal()) == plainKey)
		},
		Examples: []string{
			block("", ed25519), block("EC ", ec), block("OPENSSH ", ssh("none")), block("RSA ", rsaSample("rsa")),
			block("EC ", "keyID: ABCD:EFGH\n\n"+ec),
			"  key: |\n    " + strings.ReplaceAll(block("EC ", ec), "\n", "\n    "),
			`"` + strings.ReplaceAll(block("", ed25519), "\n", `\n`) + `"`,
			"k = \"" + strings.ReplaceAll(block("", ed25519), "\n", "\\n\" +\n  \"") + "\"",
		},
		Counter: []string{
			"-----BEGIN PRIVATE KEY-----", block("", "..."), block("RSA ", "MIIEpAIBAAKCAQEA\n[...]\n"), block("", wrap64(sample(alnum, 300, "no key"))),
			"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", block("ENCRYPTED ", encrypted), block("OPENSSH ", ssh("aes256-ctr")),
			strings.ReplaceAll(block("", ed25519), "PRIVATE", "PUBLIC"),
		},
	}, {
		Rule: describe("encrypted-private-key", "Encrypted private key", report.Medium,
			"is as good as its passphrase, which can be guessed without anybody noticing",
			"Unless the passphrase is long and random, replace the key wherever its public half is trusted.",
			pemURL),
		Pattern: keyBlock,
		Check: func(m Match) report.Confidence {
			return present(parseKey(m.Secret.Reveal()) == encryptedKey)
		},
		Examples: []string{
			block("ENCRYPTED ", encrypted), block("OPENSSH ", ssh("aes256-ctr")),
			block("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"+strings.ToUpper(sample(hexDigits, 32, "iv"))+"\n\n"+wrap64(sample(base64Std, 400, "legacy"))),
		},
		Counter: []string{block("", ed25519), block("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n[...]\n")},
	}, {
		Rule: describe("gcp-service-account", "Google Cloud service account key", report.Critical,
			"acts for a service account, with all its roles",
			"In the Google Cloud console, IAM & Admin, Service accounts, Keys: delete it. Look for its uses in the audit log.",
			"https://cloud.google.com/iam/docs/keys-create-delete"),
		Pattern: `private_key\\?"\s{0,4}:\s{0,4}\\?"(-----BEGIN (?:RSA )?PRIVATE KEY-----[^-"]{60,}-----END (?:RSA )?PRIVATE KEY-----(?:\\{1,2}n)?)`,
		Near:    `service_account|gserviceaccount\.com`,
		Within:  1000,
		Check: func(m Match) report.Confidence {
			_, body, _ := strings.Cut(m.Secret.Reveal(), "KEY-----")
			body, _, _ = strings.Cut(body, "-----END")
			return present(parseKey(body) == plainKey)
		},
		Examples: []string{gcp, strings.ReplaceAll(gcp, ", ", ",\n  "), strings.ReplaceAll(strings.ReplaceAll(gcp, `\`, `\\`), `"`, `\"`)},
		Counter:  []string{strings.ReplaceAll(gcp, pkcs8Sample("gcp")[:60], "YOUR KEY HERE"), `"private_key": "", "type": "service_account"`},
	}, {
		Rule: describe("age-key", "age secret key", report.High,
			"decrypts what was encrypted to its recipient",
			"Make a new one with age-keygen, encrypt the files to it anew, and treat what was in them as known.",
			"https://c2sp.org/age#native-x25519-recipient-stanza"),
		Pattern: `\bAGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\b`,
		Check: func(m Match) report.Confidence {
			s := strings.ToLower(m.Secret.Reveal())
			if bech32(age, s[len(age)+1:]) != 1 {
				return report.ConfidenceUnknown
			}
			return report.ConfidenceCertain
		},
		Examples: []string{"# created: today\n" + ageKey + "\n"},
		Counter:  []string{ageKey[:len(ageKey)-1] + "Q", ageKey + "Q"},
	}}
}
