package container

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/merlonsec/merlon/report"
)

// Fake secrets, put together here.
var (
	fakeToken = "q7Zt" + "R2mX9wLk" + "4BvN8sYc3HdJ"
	fakeWord  = "hunter" + "2"
)

func TestChecks(t *testing.T) {
	type m = map[string]any
	history := func(lines ...string) m {
		var l []any
		for _, s := range lines {
			l = append(l, m{"created_by": s, "empty_layer": true})
		}
		return m{"config": m{"User": "65532", "Healthcheck": m{"Test": []string{"CMD", "x"}}}, "history": l}
	}
	config := func(c m) m {
		d := m{"User": "65532", "Healthcheck": m{"Test": []string{"CMD", "x"}}}
		for k, v := range c {
			d[k] = v
		}
		return m{"config": d}
	}
	passwd := entry{name: "etc/passwd", data: "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n"}
	for _, c := range []struct {
		what   string
		config map[string]any
		want   []string // rule and logical name
	}{
		{"good", config(nil), nil},
		{"user by name", config(m{"User": "app:app"}), nil},
		{"user unknown", config(m{"User": "other"}), nil},
		{"no user", config(m{"User": ""}), []string{"container/root-user config.User"}},
		{"root", config(m{"User": "root:wheel"}), []string{"container/root-user config.User"}},
		{"0:0", config(m{"User": "0:0"}), []string{"container/root-user config.User"}},
		{"00", config(m{"User": "00"}), []string{"container/root-user config.User"}},
		{"another name for root", config(m{"User": "toor"}), []string{"container/root-user config.User"}},
		{"windows", m{"os": "windows", "config": m{"Healthcheck": m{"Test": []string{"CMD", "x"}}}}, nil},
		{"no health check", config(m{"Healthcheck": nil}), []string{"container/no-healthcheck config.Healthcheck"}},
		{"health check off", config(m{"Healthcheck": m{"Test": []string{"NONE"}}}), []string{"container/no-healthcheck config.Healthcheck"}},
		{"ports", config(m{"ExposedPorts": m{"80/tcp": m{}, "22/udp": m{}, "2222/tcp": m{}}}), nil},
		{"ssh", config(m{"ExposedPorts": m{"80/tcp": m{}, "22/tcp": m{}}}), []string{"container/exposed-ssh config.ExposedPorts.22/tcp"}},
		{"ssh without protocol", config(m{"ExposedPorts": m{"22": m{}}}), []string{"container/exposed-ssh config.ExposedPorts.22"}},
		{"env", config(m{"Env": []string{"DB_PASSWORD=" + fakeWord, "API_TOKEN=" + fakeToken, "dbUrl=postgres://app:" + fakeWord + "@db/shop", "apiKey=" + fakeToken}}),
			[]string{"container/secret-env config.Env.API_TOKEN", "container/secret-env config.Env.DB_PASSWORD", "container/secret-env config.Env.apiKey", "container/secret-env config.Env.dbUrl"}},
		{"env of official images", config(m{"Env": []string{"PATH=/usr/bin", "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", "PYTHON_SHA256=" + strings.Repeat("0a", 32),
			"DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD=", "TOKEN_URL=https://example.com/token", "SECRET_NAME=shop", "MYSQL_ALLOW_EMPTY_PASSWORD=yes", "MAX_TOKENS=4096",
			"API_TOKEN=${API_TOKEN}", "API_KEY=<your key>", "PASSWORD=changeme", "PUBLIC_KEY=abc", "KEY=value", "SSH_AUTH_SOCK=/x", "TOKEN=/run/secrets/token", "MONKEY=x", "HOMEPAGE=https://user@example.com/"}}), nil},
		{"labels", config(m{"Labels": m{"org.example.password": fakeWord, "maintainer": "x"}}), []string{"container/secret-env config.Labels.org.example.password"}},
		{"history", history("RUN |1 NPM_TOKEN="+fakeToken+" /bin/sh -c npm ci # buildkit", "RUN curl -H 'Authorization: Bearer "+fakeToken+"' https://example.com",
			"RUN git clone https://bot:"+fakeWord+"@example.com/x"), []string{"container/secret-history history", "container/secret-history history", "container/secret-history history"}},
		{"history without", history("ARG NPM_TOKEN", "RUN --mount=type=secret,id=npm_token npm ci", "RUN |1 TOKEN= /bin/sh -c x", "ENV PASSWORD_FILE=/x", "CMD [\"sh\"]", "RUN TOKEN=$(cat /run/secrets/t) x"), nil},
		{"in env and history", m{"config": m{"User": "1", "Healthcheck": m{"Test": []string{"CMD", "x"}}, "Env": []string{"DB_PASSWORD=" + fakeWord}}, "history": []any{m{"created_by": "ENV DB_PASSWORD=" + fakeWord, "empty_layer": true}}},
			[]string{"container/secret-env config.Env.DB_PASSWORD"}},
		{"add", history("ADD https://example.com/x.tgz /opt # buildkit", "/bin/sh -c #(nop) ADD http://example.com/y in /", "ADD file:abc in /", "ADD --checksum=sha256:0 https://example.com/z /", "COPY https /", "RUN ADD https://x"),
			[]string{"container/add-url history", "container/add-url history"}},
		{"pipe", history("RUN /bin/sh -c curl -fsSL https://example.com/i.sh | sh # buildkit", "RUN wget -qO- https://x | gunzip | sudo -E bash -", "RUN curl x | tar xz && sh y", "RUN curl x > y; echo | sh",
			"RUN curl x | python3 -c 'import json'", "RUN curl x || sh y", "RUN curl x | /usr/bin/python3.11"),
			[]string{"container/pipe-to-shell history", "container/pipe-to-shell history", "container/pipe-to-shell history"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			img := spec{layers: [][]byte{tarOf(t, passwd)}, config: c.config}.open(t)
			rep := scan(t, img, Options{})
			var got []string
			for _, f := range rep.Findings {
				got = append(got, f.Rule+" "+f.Location.Logical[0].Name)
				if f.Kind != report.KindConfig || f.Severity == report.Unrated || f.Location.Path != "" || f.Fingerprint == "" || len(f.Controls) == 0 {
					t.Errorf("%+v", f)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !rep.Complete() {
				t.Error(rep.Err())
			}
			if text := string(mustJSON(t, rep)); strings.Contains(text, fakeToken) || strings.Contains(text, fakeWord) {
				t.Errorf("a secret is in the report: %s", text)
			}
			for _, l := range img.Layers() {
				if strings.Contains(l.CreatedBy, fakeToken) {
					t.Errorf("a secret is in CreatedBy: %s", l.CreatedBy)
				}
			}
		})
	}
}

// The findings of two builds are the same ones if a line of the base image is added.
func TestHistoryFingerprints(t *testing.T) {
	prints := func(lines ...any) []string {
		rep := scan(t, spec{config: map[string]any{"history": lines}}.open(t), Options{Checks: []Check{addURL(), pipeToShell()}})
		var all []string
		for _, f := range rep.Findings {
			all = append(all, f.Fingerprint)
		}
		return all
	}
	line := func(s string) any { return map[string]any{"created_by": s, "empty_layer": true} }
	a := prints(line("ADD https://example.com/x /"), line("ADD https://example.com/y /"))
	b := prints(line("ADD file:x in /"), line("ADD https://example.com/x /"), line("ADD https://example.com/y /"))
	if len(a) != 2 || !slices.Equal(a, b) {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestDefaultChecks(t *testing.T) {
	for _, c := range DefaultChecks() {
		r := c.Rule
		if r.Title == "" || r.Severity == report.Unrated || r.Confidence == 0 || r.Kind != report.KindConfig || len(r.Controls) == 0 || !strings.Contains(r.Help, "Good: ") {
			t.Errorf("%s: %+v", r.ID, r)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"":                                                  "",
		"/bin/sh -c #(nop) CMD [\"sh\"]":                    "/bin/sh -c #(nop) CMD [\"sh\"]",
		"ENV A_TOKEN=" + fakeToken + " B=c":                 "ENV A_TOKEN=*** B=c",
		`x --password "` + fakeWord + ` two" y`:             `x --password "***" y`,
		`x --password=` + fakeWord + `;y`:                   `x --password=***;y`,
		`curl -u bot:` + fakeWord + ` x`:                    `curl -u bot:*** x`,
		`{"password": "` + fakeWord + `"}`:                  `{"password": "***"}`,
		`X-Api-Key: ` + fakeWord + `' u`:                    `X-Api-Key: ***' u`,
		"git clone https://" + fakeToken + "@example.com/x": "git clone https://***@example.com/x",
		"https://user:" + fakeWord + "@h:80/p?q#f":          "https://user:***@h:80/p?q#f",
		"curl https://example.com?api_key=" + fakeToken:     "curl https://example.com?api_key=***",
		"echo " + fakeToken:                                 "echo ***",
		"RUN apt-get install -y x86-64-linux-gnu-gcc-12":    "RUN apt-get install -y x86-64-linux-gnu-gcc-12",
		"ADD file:" + strings.Repeat("0af1", 16) + " in /":  "ADD file:" + strings.Repeat("0af1", 16) + " in /",
		"PASSWORD=":             "PASSWORD=",
		"PASSWORD":              "PASSWORD",
		"--password":            "--password",
		"PASSWORD='" + fakeWord: "PASSWORD='***",
	} {
		got, _ := mask(in)
		if got != want {
			t.Errorf("mask(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, s := range []string{strings.Repeat("é", 400), "a" + strings.Repeat("é", 400), strings.Repeat("\xff", 2000), "x"} {
		if got := shorten(s); !utf8.ValidString(got) || len(got) > 512*3+3 || len(s) < 512 && got != s {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func TestSplitRef(t *testing.T) {
	for ref, want := range map[string][3]string{
		"shop":                               {"shop", "", ""},
		"shop:1.2":                           {"shop", "1.2", ""},
		"localhost:5000/team/shop":           {"localhost:5000/team/shop", "", ""},
		"localhost:5000/shop:1@sha256:abc":   {"localhost:5000/shop", "1", "sha256:abc"},
		"docker.io/library/alpine:3":         {"alpine", "3", ""},
		"index.docker.io/grafana/grafana":    {"grafana/grafana", "", ""},
		":latest":                            {"", "latest", ""},
		"":                                   {"", "", ""},
		strings.Repeat("x", maxRef+1) + ":1": {"", "", ""},
	} {
		name, tag, digest := splitRef(ref)
		if got := [3]string{name, tag, digest}; got != want {
			t.Errorf("%.100s: got %q, want %q", ref, got, want)
		}
	}
}
