package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

func databaseDetectors() []Detector {
	pw := sample(alnum, 14, "database")
	url := func(user, password, host string) string {
		return "postgres" + "://" + user + ":" + password + "@" + host
	}
	return []Detector{{
		Rule: describe("database-url", "Password in a database URL", report.High,
			"opens a database, cache or message broker to whoever can reach it",
			"Change the password of this user in the database, and make it one that only the service that needs it knows.",
			"https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"),
		Pattern: `(?i)\b(?:postgres(?:ql)?|mysqlx?|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|clickhouse|cockroachdb|couchdb|neo4j|nats)(?:\+[a-z0-9]{1,16})?` +
			`://[^\s:/@"'<>\x60]{0,64}:([^\s/@"'<>\x60]{3,128})@[\w\[.-]`,
		Check: checkDatabaseURL,
		Examples: []string{
			"DATABASE_URL=" + url("shop", pw, "db.shop.test:5432/orders"),
			"rediss" + "://:" + pw + "@cache.shop.test:6380/0",
			"mongodb" + "+srv://app:" + pw + "@cluster0.shop.test/?w=majority",
			"mysql" + "+pymysql://root:" + pw + "@10.0.0.7/shop",
		},
		Counter: []string{
			url("user", "password", "db.shop.test/x"), url("postgres", "postgres", "localhost"), url("app", "${DB_PASSWORD}", "db"), url("app", "$PASS", "db"),
			url("app", "<pass>", "db"), url("app", "{{ .Password }}", "db"), url("app", "{password}", "db"), url("app", "%s", "%s"), url("u", pw, "example.com"),
			url("app", "****", "db"), url("app", "DB_PASSWORD", "db"), url("scott", "tiger", "db.shop.test"), "postgres" + "://db.shop.test/orders",
		},
	}}
}

// checkDatabaseURL tells passwords from what stands for one.
func checkDatabaseURL(m Match) report.Confidence {
	before := m.Before.Reveal()
	user := before[strings.LastIndex(before, "://")+len("://") : len(before)-1]
	host := strings.TrimPrefix(m.After.Reveal(), "@")
	if i := strings.IndexAny(host, "/?#, \t\r\n\"'`)<>;"); i >= 0 {
		host = host[:i]
	}
	password := m.Secret.Reveal()
	if password == user || isWeakPassword(password) || isTemplate(password) || isTemplate(host) || isTemplate(user) {
		return report.ConfidenceUnknown
	}
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	switch {
	case strings.Contains(host, "example"), host == "host", host == "hostname", host == "server", strings.HasSuffix(host, ".invalid"):
		return report.ConfidenceUnknown
	case !strings.Contains(host, ".") || strings.HasPrefix(host, "127.") || host == "0.0.0.0" || strings.HasSuffix(host, ".local"):
		return report.ConfidenceLow // a container or the developer's own machine
	case len(password) < 8:
		return report.ConfidenceMedium
	}
	return report.ConfidenceHigh
}

// isTemplate reports whether s is filled in later.
func isTemplate(s string) bool {
	if strings.ContainsAny(s, "{}<>*$|\\") || strings.Contains(s, "...") {
		return true
	}
	for i := strings.IndexByte(s, '%'); i >= 0 && i < len(s); i++ {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return true // of printf or a shell, not the percent-encoding of a URL
		}
	}
	return false
}

func isHex(b byte) bool { return strings.IndexByte(hexDigits+"ABCDEF", b) >= 0 }

// isWeakPassword reports whether a password is one that documentation, tests
// and container images have, or names a variable.
func isWeakPassword(s string) bool {
	low := strings.ToLower(s)
	for _, w := range [...]string{"password", "passwd", "passwort", "pwd", "change", "secret", "example"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	switch strings.TrimRight(low, "0123456789!") {
	case "", "pass", "pwd", "pw", "passw", "postgres", "postgresql", "mysql", "root", "toor", "admin", "user", "username", "guest", "test", "testing", "tester", "demo", "dev", "default",
		"foobar", "foo", "bar", "baz", "qwerty", "abc", "xxx", "tiger", "scott", "docker", "redis", "mongo", "mongodb", "rabbitmq", "rabbit", "sa", "local", "db", "database", "app", "token", "key", "letmein", "welcome", "hunter":
		return true
	}
	return strings.Trim(s, upper+"_") == "" && strings.Contains(s, "_")
}
