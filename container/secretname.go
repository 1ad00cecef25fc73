package container

import (
	"slices"
	"strings"
)

// secretName reports whether a variable, option or header of this name holds
// a secret: its last words are "password", "token", "api key" and the like.
// "PASSWORD_FILE" and "TOKEN_URL" say where one is, "PUBLIC_KEY" is none.
func secretName(name string) bool {
	words := strings.FieldsFunc(snake(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	if len(words) == 0 {
		return false
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch last {
	case "password", "passwd", "passphrase", "secret", "secrets", "token", "apikey", "apitoken", "credential", "credentials",
		"secretkey", "accesskey", "privatekey", "accesstoken", "authtoken":
		return before != "public"
	case "pass", "pw", "pat":
		return before != ""
	case "key":
		return slices.Contains([]string{"api", "access", "private", "secret", "encryption", "signing", "auth", "master", "account", "service", "license", "storage"}, before)
	}
	for _, end := range []string{"password", "passwd", "apikey"} {
		if strings.HasSuffix(last, end) {
			return true
		}
	}
	return false
}

// snake is name in lower case with camelCase split: "apiKey" is "api_key".
func snake(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if upper(c) && i > 0 && lower(name[i-1]) {
			b.WriteByte('_')
		}
		b.WriteByte(c)
	}
	return strings.ToLower(b.String())
}

// literal reports whether the value of a secret name is the secret itself, and
// not where to find it, a switch or a placeholder.
func literal(value string) bool {
	v := strings.Trim(value, `"' `)
	low := strings.ToLower(v)
	switch low {
	case "", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null", "nil", "todo", "changeme", "change_me", "change-me",
		"placeholder", "example", "dummy", "redacted", "masked", "secret", "password", "token", "unset":
		return false
	}
	if strings.Trim(v, v[:1]) == "" { // "***", "xxxx"
		return false
	}
	for _, p := range []string{"$", "<", "{{", "%", "./", "../", "~/", "file:", "your-", "your_", "vault:", "secret://", "arn:", "op://", "http://", "https://"} {
		if strings.HasPrefix(low, p) {
			return false
		}
	}
	return !strings.HasPrefix(v, "/") || looksRandom(v[1:])
}

// looksRandom reports whether a word looks like a key: long, and going to and fro
// between capitals, small letters and digits as no word or version does.
func looksRandom(word string) bool {
	if len(word) < 20 {
		return false
	}
	changes := 0
	for i := 1; i < len(word); i++ {
		if a, b := class(word[i-1]), class(word[i]); a != b && a != 0 && b != 0 {
			changes++
		}
	}
	return changes*4 >= len(word) && strings.Trim(strings.ToLower(word), "0123456789abcdef") != ""
}

func class(c byte) int {
	switch {
	case upper(c):
		return 1
	case lower(c):
		return 2
	case '0' <= c && c <= '9':
		return 3
	}
	return 0
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }
