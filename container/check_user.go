package container

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/merlonsec/merlon/report"
)

func rootUser() Check {
	return check(report.Rule{
		ID: "container/root-user", Title: "Container runs as root", Severity: report.Medium, Confidence: report.ConfidenceHigh,
		CWEs: []int{250}, Controls: cis("4.1"),
		Help: `The image names no user, or root, so its processes run as user 0. Whoever takes one over has all rights in the container, and on the host after an escape.

Bad: no USER line, or ` + "`USER root`" + ` as the last one.

Good: ` + "`RUN useradd --system app`" + ` and, as the last USER line, ` + "`USER app`" + `, or a number such as ` + "`USER 65532`" + `, which Kubernetes can check (runAsNonRoot).

Ignore it for base images and for tools that need root to do their work and are run for a moment only.`,
	}, func(i *Image, see func(*report.Finding)) {
		if i.config.OS == "windows" {
			return // there is no user 0, and none is named by default
		}
		user := i.config.Config.User
		name, _, _ := strings.Cut(user, ":")
		switch {
		case name == "":
			see(&report.Finding{Message: "the image names no user, so it runs as root", Location: at("config.User")})
		case isRoot(i.tree, name):
			see(&report.Finding{Message: fmt.Sprintf("the image runs as root: its user is %.100q", user), Location: at("config.User")})
		}
	})
}

// isRoot reports whether a user is user 0 of the image's etc/passwd.
func isRoot(t *tree, user string) bool {
	if user == "root" || strings.Trim(user, "0") == "" {
		return true
	}
	f, err := t.Open("etc/passwd")
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, 1<<20))
	for lines.Scan() {
		if fields := strings.Split(lines.Text(), ":"); len(fields) > 2 && fields[0] == user {
			return strings.Trim(fields[2], "0") == ""
		}
	}
	return false
}
