package secrets

import (
	"slices"

	"github.com/merlonsec/merlon/report"
)

// DefaultDetectors returns a new slice of all detectors that are on by default.
func DefaultDetectors() []Detector {
	all := slices.Concat(
		cloudDetectors(),
		forgeDetectors(),
		packageDetectors(),
		messageDetectors(),
		modelDetectors(),
		paymentDetectors(),
		keyDetectors(),
		jwtDetectors(),
		databaseDetectors(),
	)
	for i := range all {
		all[i].shipped = all[i].Pattern
	}
	return all
}

// describe makes the rule of one of our detectors. opens completes "It", revoke
// is a sentence, url the provider's page about the format or about revoking.
func describe(name, title string, severity report.Severity, opens, revoke, url string) report.Rule {
	return report.Rule{
		ID: "secrets/" + name, Title: title, URL: url,
		Kind: report.KindSecret, Severity: severity, Confidence: report.ConfidenceHigh, CWEs: []int{798},
		Help: title + ". It " + opens + ", for whoever reads this text, its history or a copy of it.\n\n" +
			"**Revoke it.** " + revoke + "\n\n" +
			"**Then** issue a new one and keep it out of the source: in a secret store, or in the environment of what needs it " +
			"(bad: `token = \"…\"`; good: `token = env(\"TOKEN\")`). To delete the line is not enough: it stays in the history.\n\n" +
			"If it is no secret, say so on its line: `merlon:allow`, and why.",
	}
}
