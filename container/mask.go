package container

import (
	"strings"
	"unicode/utf8"
)

// masked stands for a secret; ofURL begins the name of one in a URL.
const (
	masked = "***"
	ofURL  = "URL of user "
)

// mask returns a command with what looks like a secret hidden, and the names
// that literal secrets were given: variables, options, headers. It hides more
// than it names: a long random word is hidden whatever it is.
func mask(command string) (string, []string) {
	m := &masker{in: command}
	for m.at < len(m.in) {
		m.step()
	}
	return m.out.String(), m.names
}

type masker struct {
	in    string
	at    int
	out   strings.Builder
	names []string
}

// step handles a word, or one byte between words.
func (m *masker) step() {
	if m.userinfo() {
		return
	}
	end := m.at
	for end < len(m.in) && wordByte(m.in[end]) {
		end++
	}
	if end == m.at {
		m.out.WriteByte(m.in[m.at])
		m.at++
		return
	}
	word := m.in[m.at:end]
	if from, to := m.value(word, end); from < to && literal(m.in[from:to]) {
		m.names = append(m.names, strings.TrimLeft(word, "-"))
		m.out.WriteString(m.in[m.at:from] + masked)
		m.at = to
		return
	}
	if looksRandom(word) {
		word = masked
	}
	m.out.WriteString(word)
	m.at = end
}

// value finds the value that belongs to a secret name, which ends at end:
// "NAME=value", "Name: value", `"name": "value"`, "--name value".
func (m *masker) value(word string, end int) (from, to int) {
	rest := m.in[end:]
	lower := strings.ToLower(word)
	switch {
	case lower == "bearer" || lower == "basic":
		if !strings.HasPrefix(rest, " ") {
			return 0, 0
		}
		from = end + 1
	case word == "-u" || word == "--user": // of curl
		next, _, _ := strings.Cut(strings.TrimPrefix(rest, " "), " ")
		user, _, has := strings.Cut(next, ":")
		if !has || !strings.HasPrefix(rest, " ") {
			return 0, 0
		}
		from = end + len(" ") + len(user) + len(":")
	case !secretName(word):
		return 0, 0
	case strings.HasPrefix(rest, "="):
		from = end + 1
	default:
		trimmed := strings.TrimLeft(rest, `"'`)
		colon := strings.HasPrefix(trimmed, ":") && !strings.HasPrefix(trimmed, "://")
		if colon {
			trimmed = trimmed[1:]
		} else if trimmed = rest; !strings.HasPrefix(word, "--") || !strings.HasPrefix(rest, " ") {
			return 0, 0
		}
		from = len(m.in) - len(strings.TrimLeft(trimmed, " "))
	}
	if from == len(m.in) {
		return 0, 0
	}
	if q := m.in[from]; q == '"' || q == '\'' {
		from++
		if n := strings.IndexByte(m.in[from:], q); n >= 0 {
			return from, from + n
		}
		return from, len(m.in)
	}
	if n := strings.IndexAny(m.in[from:], " \t\n;&|\"'"); n >= 0 {
		return from, from + n
	}
	return from, len(m.in)
}

// userinfo hides the password in "scheme://user:password@host" (RFC 3986
// section 3.2.1), or a token in front of the host.
func (m *masker) userinfo() bool {
	rest, ok := strings.CutPrefix(m.in[m.at:], "://")
	if !ok {
		return false
	}
	authority := rest
	if n := strings.IndexAny(rest, "/ \t\n\"'?#"); n >= 0 {
		authority = rest[:n]
	}
	info := strings.LastIndexByte(authority, '@')
	if info < 0 {
		return false
	}
	user, password, has := strings.Cut(authority[:info], ":")
	m.out.WriteString("://")
	switch {
	case has && literal(password):
		m.out.WriteString(user + ":" + masked)
		m.names = append(m.names, ofURL+shorten(user))
	case has:
		m.out.WriteString(user + ":" + password)
	case looksRandom(user):
		m.out.WriteString(masked)
	default:
		m.out.WriteString(user)
	}
	m.at += len("://") + info
	return true
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
}

// shorten returns text of at most 512 bytes, valid UTF-8.
func shorten(s string) string {
	const most = 512
	if len(s) > most {
		cut := most
		for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
