package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// modelDetectors find the keys of those who serve language models.
func modelDetectors() []Detector {
	const mark = "T3Blb" + "kFJ" // "OpenAI" in base64
	openai := "s" + "k-proj-" + sample(base64URL, 73, "openai 1") + "q" + mark + sample(base64URL, 73, "openai 2") + "A"
	anthropic := "s" + "k-ant-api03-" + sample(base64URL, 93, "anthropic") + "AA"
	return []Detector{{
		Rule: describe("openai-key", "OpenAI API key", report.High,
			"calls OpenAI's API at the account's cost and reads what it keeps",
			"At platform.openai.com, API keys: revoke it. Then look at the usage page.",
			"https://platform.openai.com/docs/api-reference/authentication"),
		Pattern:  `\bsk-(?:[a-z]{2,10}-)?[0-9A-Za-z_-]{16,100}T3BlbkFJ[0-9A-Za-z_-]{16,100}`,
		Entropy:  4,
		Check:    mixedWhole,
		Examples: []string{"OPENAI_API_KEY=" + openai, "s" + "k-" + sample(alnum, 20, "old 1") + mark + sample(alnum, 20, "old 2")},
		Counter:  []string{"s" + "k-" + sample(alnum, 48, "other"), "s" + "k-proj-" + strings.Repeat("x", 40) + mark + strings.Repeat("x", 40)},
	}, {
		Rule: describe("anthropic-key", "Anthropic API key", report.High,
			"calls Anthropic's API at the account's cost (admin keys also manage the organization)",
			"At console.anthropic.com, API keys: delete it.",
			"https://docs.anthropic.com/en/api/overview"),
		Pattern:  `\bsk-ant-[a-z]{3,8}[0-9]{2}-[0-9A-Za-z_-]{80,120}`,
		Entropy:  4,
		Check:    mixedWhole,
		Examples: []string{`x-api-key: ` + anthropic},
		Counter:  []string{"s" + "k-ant-api03-" + strings.Repeat("x", 95), "s" + "k-ant-api03-your-key"},
	}, {
		Rule: describe("huggingface-token", "Hugging Face access token", report.High,
			"reads, and with write scope changes, the models and data sets of an account",
			"At huggingface.co, Settings, Access Tokens: invalidate it.",
			"https://huggingface.co/docs/hub/security-tokens"),
		Pattern:  `\b(?:hf_|api_org_)[0-9A-Za-z]{34}\b`,
		Entropy:  3.5,
		Check:    func(m Match) report.Confidence { return present(mixed(m.Secret.Reveal()[8:], 2)) },
		Examples: []string{"HF_TOKEN=" + "h" + "f_" + sample(letters, 34, "hf"), "api" + "_org_" + sample(letters, 34, "org")},
		Counter:  []string{"h" + "f_" + strings.Repeat("x", 34), "h" + "f_" + sample(alnum, 35, "hf")},
	}}
}

// present is the confidence of what passes a check, or none.
func present(ok bool) report.Confidence {
	if !ok {
		return report.ConfidenceUnknown
	}
	return report.ConfidenceHigh
}
