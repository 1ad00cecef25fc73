package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// messageDetectors find what sends messages, mail and calls.
func messageDetectors() []Detector {
	slack := "xo" + "xb-" + sample("123456789", 12, "team") + "-" + sample("123456789", 13, "bot") + "-" + sample(alnum, 24, "slack")
	hook := "hooks.slack" + ".com/services/T" + sample(upper+digits, 8, "t") + "/B" + sample(upper+digits, 10, "b") + "/" + sample(alnum, 24, "hook")
	telegram := sample("123456789", 10, "telegram id") + ":" + "AA" + sample(base64URL, 32, "telegram") + "s"
	return []Detector{{
		Rule: describe("slack-token", "Slack token", report.High,
			"reads and writes in a Slack workspace as a bot, a user or an app",
			"Call auth.revoke with it, or reinstall the app at api.slack.com/apps, which gives a new one.",
			"https://docs.slack.dev/authentication/tokens"),
		Pattern: `\bxox[abeoprs]-(?:[0-9]{8,14}-){1,3}[0-9A-Za-z]{20,64}\b` +
			`|\bxapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,15}-[0-9a-f]{64}\b` +
			`|\bxoxe(?:\.xox[bp])?-[0-9]-[0-9A-Za-z]{100,300}\b`,
		Entropy: 3,
		Examples: []string{
			"SLACK_TOKEN=" + slack,
			"xa" + "pp-1-A" + sample(upper+digits, 10, "app") + "-" + sample("123456789", 13, "n") + "-" + sample(hexDigits, 64, "xapp"),
			"xo" + "xe.xo" + "xp-1-" + sample(alnum, 160, "rotating"),
		},
		Counter: []string{"xo" + "xb-" + strings.Repeat("1", 12) + "-" + strings.Repeat("x", 24), "xo" + "xb-your-bot-token", "xo" + "xb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"},
	}, {
		Rule: describe("slack-webhook", "Slack webhook", report.Medium,
			"posts messages to a channel or starts a workflow",
			"At api.slack.com/apps, Incoming Webhooks: remove it; for a workflow, publish it anew.",
			"https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"),
		Pattern: `\bhooks\.slack\.com/(services/T[0-9A-Z]{6,12}/B[0-9A-Z]{6,12}/[0-9A-Za-z]{20,28}` +
			`|(?:workflows|triggers)/[0-9A-Z]{6,12}/(?:A[0-9A-Z]{6,12}/)?[0-9]{10,20}/[0-9A-Za-z]{20,40})\b`,
		Entropy:  3.5,
		Examples: []string{"https://" + hook},
		Counter:  []string{"https://hooks.slack" + ".com/services/T00000000/B00000000/" + strings.Repeat("X", 24)},
	}, {
		Rule: describe("discord-webhook", "Discord webhook", report.Medium,
			"posts messages to a channel",
			"In the channel's settings, Integrations, Webhooks: delete it.",
			"https://discord.com/developers/docs/resources/webhook"),
		Pattern:  `\bdiscord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{17,20}/([0-9A-Za-z_-]{60,80})`,
		Entropy:  4,
		Check:    whole,
		Examples: []string{"https://" + "discord" + ".com/api/webhooks/" + sample("123456789", 18, "channel") + "/" + sample(base64URL, 67, "discord") + "a"},
		Counter:  []string{"https://" + "discord" + ".com/api/webhooks/{webhook.id}/{webhook.token}"},
	}, {
		Rule: describe("telegram-bot-token", "Telegram bot token", report.High,
			"controls a bot and reads what people write to it",
			"Send /revoke to @BotFather.",
			"https://core.telegram.org/bots/features#botfather"),
		Pattern:  `[0-9]{8,10}:AA[0-9A-Za-z_-]{33}`,
		Entropy:  3.5,
		Check:    mixedTelegram,
		Examples: []string{"https://api.telegram.org/bot" + telegram + "/getMe", "TOKEN=" + telegram},
		Counter:  []string{telegram + "x", "1234567890:AA" + strings.Repeat("x", 33)},
	}, {
		Rule: describe("sendgrid-key", "SendGrid API key", report.High,
			"sends mail in the name of an account and reads its contacts",
			"In SendGrid, Settings, API Keys: delete it.",
			"https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"),
		Pattern:  `\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}`,
		Entropy:  4,
		Check:    mixedWhole,
		Examples: []string{"Bearer " + "SG" + "." + sample(base64URL, 22, "sg 1") + "." + sample(base64URL, 42, "sg 2") + "w"},
		Counter:  []string{"SG" + "." + strings.Repeat("x", 22) + "." + strings.Repeat("y", 43)},
	}, {
		Rule: describe("twilio-key", "Twilio API key", report.Medium,
			"names a Twilio API key; with its secret, which is often near, it sends messages and places calls at the account's cost",
			"In the Twilio console, Account, API keys & tokens: delete it.",
			"https://www.twilio.com/docs/iam/api-keys"),
		Pattern:  `\bSK[0-9a-f]{32}\b`,
		Entropy:  3,
		Examples: []string{"TWILIO_API_KEY=" + "SK" + sample(hexDigits, 32, "twilio")},
		Counter:  []string{"SK" + sample(hexDigits, 33, "twilio"), "SK" + strings.Repeat("0", 32)},
	}, {
		Rule: describe("mailgun-key", "Mailgun key", report.High,
			"sends mail from the account's domains and reads its logs",
			"In Mailgun, API security: delete it.",
			"https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt"),
		Pattern:  `\bkey-[0-9a-f]{32}\b|(?i:mailgun)[\w .,:=>"'\x60/()-]{0,40}?\b([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b`,
		Entropy:  3,
		Examples: []string{"curl --user api:" + "ke" + "y-" + sample(hexDigits, 32, "mailgun"), `MAILGUN_API_KEY="` + sample(hexDigits, 32, "mg 1") + "-" + sample(hexDigits, 8, "mg 2") + "-" + sample(hexDigits, 8, "mg 3") + `"`},
		Counter:  []string{"ke" + "y-" + sample(hexDigits, 31, "mailgun"), "ke" + "y-" + strings.Repeat("0", 32), sample(hexDigits, 32, "mg 1") + "-" + sample(hexDigits, 8, "mg 2") + "-" + sample(hexDigits, 8, "mg 3")},
	}}
}

// mixedTelegram is mixedWhole for a token that "bot" may come right before.
func mixedTelegram(m Match) report.Confidence {
	if before := m.Before.Reveal(); strings.HasSuffix(before, "bot") {
		m.Before = Secret{}
	}
	return mixedWhole(m)
}
