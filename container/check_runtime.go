package container

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

func noHealthcheck() Check {
	return check(report.Rule{
		ID: "container/no-healthcheck", Title: "Image without a health check", Severity: report.Low, Confidence: report.ConfidenceHigh,
		Controls: cis("4.6"),
		Help: `The image has no HEALTHCHECK, so Docker and Swarm keep a container that hangs in service.

Good: ` + "`HEALTHCHECK CMD [\"/app\", \"-health\"]`" + `.

Ignore it for images that run on Kubernetes, which has probes of its own and looks at no HEALTHCHECK, and for images that run one command and end.`,
	}, func(i *Image, see func(*report.Finding)) {
		h := i.config.Config.Healthcheck
		if h == nil || len(h.Test) == 0 || h.Test[0] == "NONE" {
			see(&report.Finding{Message: "the image has no health check", Location: at("config.Healthcheck")})
		}
	})
}

func exposedSSH() Check {
	return check(report.Rule{
		ID: "container/exposed-ssh", Title: "Image exposes an SSH server", Severity: report.Medium, Confidence: report.ConfidenceMedium,
		CWEs: []int{1327}, Controls: cis("5.7"),
		Help: `The image exposes port 22. An SSH server in a container is a second way in, with users, keys and updates of its own that nobody looks after.

Bad: ` + "`EXPOSE 22`" + `.

Good: no SSH server; ` + "`docker exec`" + ` or ` + "`kubectl exec`" + ` opens a shell under the platform's access control.

Ignore it for an image whose job is SSH, such as a bastion or a Git server.`,
	}, func(i *Image, see func(*report.Finding)) {
		for _, port := range slices.Sorted(maps.Keys(i.config.Config.ExposedPorts)) {
			number, protocol, _ := strings.Cut(port, "/")
			if first, last, ok := strings.Cut(number, "-"); number == "22" && protocol != "udp" || ok && (first == "22" || last == "22") {
				see(&report.Finding{Message: fmt.Sprintf("the image exposes port %.20s, an SSH server", port), Location: at("config.ExposedPorts." + port)})
			}
		}
	})
}
