package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// packageDetectors find what publishes packages and images.
func packageDetectors() []Detector {
	body := sample(alnum, 30, "npm")
	npm := "np" + "m_" + body + checksum62(body)
	docker := "dc" + "kr_pat_" + sample(base64URL, 26, "docker") + "x"
	return []Detector{{
		Rule: describe("npm-token", "npm access token", report.Critical,
			"publishes and reads packages of an npm account",
			"On npmjs.com, Access Tokens: delete it, or `npm token revoke`. Then look at what was published since it leaked.",
			"https://docs.npmjs.com/revoking-access-tokens"),
		Pattern:  `\bnpm_[0-9A-Za-z]{36}\b`,
		Check:    checked62,
		Examples: []string{"//npm.shop.test/:_authToken=" + npm},
		Counter:  []string{"np" + "m_" + sample(alnum, 36, "no checksum"), npm + "x"},
	}, {
		Rule: describe("pypi-token", "PyPI API token", report.Critical,
			"uploads releases of a PyPI account or project",
			"On pypi.org, Account settings, API tokens: remove it. Then look at what was uploaded since it leaked.",
			"https://pypi.org/help/#apitoken"),
		// A macaroon (version 2) whose first field is the location, pypi.org or test.pypi.org.
		Pattern:  `\bpypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{70,1000}`,
		Entropy:  4,
		Check:    whole,
		Examples: []string{"password = " + "py" + "pi-AgEI" + "cHlwaS5vcmc" + sample(base64URL, 150, "pypi") + "A"},
		Counter:  []string{"py" + "pi-AgEI" + "cHlwaS5vcmc" + strings.Repeat("A", 20), "py" + "pi-AgEIxxx"},
	}, {
		Rule: describe("dockerhub-token", "Docker Hub access token", report.Critical,
			"pulls and pushes images of a Docker Hub account or organization",
			"On Docker Hub, Account settings, Personal access tokens (or the organization's): delete it.",
			"https://docs.docker.com/security/access-tokens/"),
		Pattern:  `\bdckr_(?:pat_[0-9A-Za-z_-]{27}|oat_[0-9A-Za-z_-]{32})`,
		Entropy:  3.3,
		Check:    mixedWhole,
		Examples: []string{"docker login -u ana -p " + docker, "dc" + "kr_oat_" + sample(base64URL, 31, "org") + "Z"},
		Counter:  []string{"dc" + "kr_pat_your-personal-access-token", docker + "x"},
	}}
}
