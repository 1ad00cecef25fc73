package container

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

func secretEnv() Check {
	return check(report.Rule{
		ID: "container/secret-env", Title: "Secret in the environment of an image", Severity: report.High, Confidence: report.ConfidenceMedium,
		CWEs: []int{526}, Controls: cis("4.10"),
		Help: `The image configuration sets a variable or label that by its name holds a secret. Everybody who can pull the image can read it, and so can every process in the container.

Bad: ` + "`ENV DB_PASSWORD=…`" + `.

Good: pass it when the container starts, from the platform's secret store, best as a file: ` + "`DB_PASSWORD_FILE=/run/secrets/db`" + `. Change the secret: a new image does not take back the old one.

Ignore it where the value is no secret, such as the default of a development image.`,
	}, func(i *Image, see func(*report.Finding)) {
		for _, kv := range i.config.Config.Env {
			name, value, _ := strings.Cut(kv, "=")
			if holdsSecret(name, value) {
				see(&report.Finding{Message: fmt.Sprintf("the environment variable %.100q holds a secret that everybody who has the image can read", name), Location: at("config.Env." + name)})
			}
		}
		labels := i.config.Config.Labels
		for _, name := range slices.Sorted(maps.Keys(labels)) {
			if holdsSecret(name, labels[name]) {
				see(&report.Finding{Message: fmt.Sprintf("the label %.100q holds a secret that everybody who has the image can read", name), Location: at("config.Labels." + name)})
			}
		}
	})
}

// holdsSecret reports whether a variable holds a secret: by its name, or as
// the password in a URL.
func holdsSecret(name, value string) bool {
	if secretName(name) && literal(value) {
		return true
	}
	if !strings.Contains(value, "://") {
		return false
	}
	_, found := mask(value)
	return slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, ofURL) })
}

func secretHistory() Check {
	return check(report.Rule{
		ID: "container/secret-history", Title: "Secret in the build history of an image", Severity: report.High, Confidence: report.ConfidenceMedium,
		CWEs: []int{312, 538}, Controls: cis("4.10"),
		Help: `A line of the build history has a secret in it: a build argument, an assignment in a command, a password in a URL. The history is part of the image; "docker history" shows it to everybody who can pull.

Bad: ` + "`ARG NPM_TOKEN`" + ` with ` + "`docker build --build-arg NPM_TOKEN=…`" + `.

Good: ` + "`RUN --mount=type=secret,id=npm_token …`" + `, which leaves nothing behind. Change the secret: a new image does not take back the old one.

Ignore it where the value is no secret.`,
	}, func(i *Image, see func(*report.Finding)) {
		inEnv := map[string]bool{} // those are told as such
		for _, kv := range i.config.Config.Env {
			name, _, _ := strings.Cut(kv, "=")
			inEnv[name] = true
		}
		for _, l := range i.history() {
			slices.Sort(l.names)
			for _, name := range slices.Compact(l.names) {
				if !inEnv[name] {
					f := l.finding(fmt.Sprintf("the build history holds a secret, the value of %.100q, that everybody who has the image can read", name))
					f.Key = name + "\n" + l.text
					see(f)
				}
			}
		}
	})
}
