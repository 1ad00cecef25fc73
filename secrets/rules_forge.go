package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// forgeDetectors find the tokens of code forges.
func forgeDetectors() []Detector {
	github := func(prefix, seed string) string {
		body := sample(alnum, 30, seed)
		return "gh" + prefix + "_" + body + checksum62(body)
	}
	pat := "github" + "_pat_" + sample(alnum, 22, "pat 1") + "_" + sample(alnum, 59, "pat 2")
	gitlab := "gl" + "pat-" + sample(base64URL, 19, "gitlab") + "7"
	return []Detector{{
		Rule: describe("github-token", "GitHub token", report.Critical,
			"acts for a GitHub user or app (ghp_ personal, gho_ OAuth, ghu_ and ghs_ app, ghr_ refresh), with its scopes",
			"In GitHub, Settings, Developer settings: delete the token; for an app, revoke its authorization. Look for its uses in the security log.",
			"https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats"),
		Pattern:  `\bgh[opsur]_[0-9A-Za-z]{36}\b`,
		Check:    checked62,
		Examples: []string{"GITHUB_TOKEN=" + github("p", "ghp"), github("o", "gho"), github("u", "ghu"), "https://x:" + github("s", "ghs") + "@github.com/acme/shop", github("r", "ghr")},
		Counter:  []string{"gh" + "p_" + sample(alnum, 36, "no checksum"), "gh" + "p_" + strings.Repeat("x", 36), github("p", "ghp") + "x"},
	}, {
		Rule: describe("github-fine-grained-token", "GitHub fine-grained personal access token", report.Critical,
			"acts for a GitHub user, with the repositories and permissions it was given",
			"In GitHub, Settings, Developer settings, Fine-grained tokens: delete it.",
			"https://docs.github.com/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens"),
		Pattern:  `\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}\b`,
		Entropy:  4,
		Examples: []string{"token " + pat},
		Counter:  []string{"github" + "_pat_" + strings.Repeat("A", 22) + "_" + strings.Repeat("B", 59), pat + "x"},
	}, {
		Rule: describe("gitlab-token", "GitLab token", report.Critical,
			"acts for a GitLab user, project, runner or job, with its scopes",
			"In GitLab, Access tokens of the user, project or group (or where the runner, trigger or agent is registered): revoke it.",
			"https://docs.gitlab.com/security/tokens/"),
		// "Token prefixes" on the page above. Routable tokens are longer and end in their length and a CRC.
		Pattern: `\b(?:gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[0-9A-Za-z_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?|GR1348941[0-9A-Za-z_-]{20})`,
		Entropy: 3.3,
		Check: func(m Match) report.Confidence {
			_, body, _ := strings.Cut(m.Secret.Reveal(), "-")
			if body == "" {
				body = m.Secret.Reveal()[len("GR1348941"):]
			}
			if !mixed(body, 2) || strings.Count(body, "-")+strings.Count(body, "_") > len(body)/6+2 {
				return report.ConfidenceUnknown // words
			}
			return whole(m)
		},
		Examples: []string{
			"PRIVATE-TOKEN: " + gitlab,
			"gl" + "dt-" + sample(base64URL, 19, "deploy") + "x",
			"gl" + "rt-t1_" + sample(alnum, 40, "runner") + ".01." + sample(digits+lower, 9, "crc"),
			"GR" + "1348941" + sample(alnum, 20, "registration"),
		},
		Counter: []string{"gl" + "pat-your-access-token-here", "gl" + "pat-" + strings.Repeat("x", 20), "gl" + "pat-" + sample(alnum, 19, "short")},
	}}
}
