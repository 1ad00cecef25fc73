package secrets

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/merlonsec/merlon/report"
)

func jwtDetectors() []Detector {
	encode := base64.RawURLEncoding.EncodeToString
	token := func(header, payload string) string {
		return encode([]byte(header)) + "." + encode([]byte(payload)) + "." + sample(base64URL, 42, payload) + "A"
	}
	return []Detector{{
		Rule: describe("jwt", "JSON Web Token", report.Medium,
			"proves who its holder is to whoever trusts its issuer, until it expires",
			"End the session at its issuer, or change the key that it is signed with. If it has expired, nothing is left to do but to take it out.",
			"https://www.rfc-editor.org/rfc/rfc7519"),
		Pattern: `(?:^|[^0-9A-Za-z_-])(eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{4,}\.[0-9A-Za-z_-]{20,})`,
		Check:   checkJWT,
		Examples: []string{
			"Authorization: Bearer " + token(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"ana@shop.test","exp":1893456000}`),
			token(`{"typ":"JWT","alg":"ES256","kid":"7"}`, `{"iss":"https://id.shop.test","scope":"admin"}`),
		},
		Counter: []string{
			token(`{"alg":"none"}`, `{"sub":"ana"}`),
			token(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"1234567890","name":"John Doe","iat":1516239022}`),
			token(`{"x":"HS256"}`, `{"sub":"ana"}`),
			token(`{"alg":"HS256"}`, `{"sub`),
		},
	}}
}

// checkJWT wants a JSON header with an algorithm of RFC 7518 or 8037 and a JSON
// payload that is not the one of jwt.io or of the RFC.
func checkJWT(m Match) report.Confidence {
	head, rest, _ := strings.Cut(m.Secret.Reveal(), ".")
	body, _, _ := strings.Cut(rest, ".")
	var header struct {
		Alg string `json:"alg"`
	}
	var payload struct {
		Sub  any    `json:"sub"`
		Iss  any    `json:"iss"`
		Role string `json:"role"`
	}
	if decodeJWT(head, &header) != nil || decodeJWT(body, &payload) != nil {
		return report.ConfidenceUnknown
	}
	switch header.Alg {
	case "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "ES256K", "PS256", "PS384", "PS512", "EdDSA":
	default:
		return report.ConfidenceUnknown
	}
	if payload.Sub == "1234567890" || payload.Iss == "joe" {
		return report.ConfidenceUnknown
	}
	if payload.Role == "anon" {
		return report.ConfidenceLow // what Supabase means to be public
	}
	return report.ConfidenceMedium
}

func decodeJWT(part string, v any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}
