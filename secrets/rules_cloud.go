package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// cloudDetectors find what opens accounts of clouds and what runs on them.
func cloudDetectors() []Detector {
	awsID := "AK" + "IA" + sample(base32, 16, "aws id")
	awsKey := sample(base64Std, 40, "aws secret")
	azure := "AccountKey" + "=" + sample(base64Std, 86, "azure") + "=="
	return []Detector{{
		Rule: describe("aws-access-key", "AWS access key id", report.High,
			"names the key pair that signs requests to an AWS account; its secret half is often near",
			"In IAM, Users, Security credentials: deactivate the key, see what stops, delete it. Look for its uses in CloudTrail.",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"),
		// Prefixes: "Understanding unique ID prefixes" in the IAM user guide. The rest is base32.
		Pattern:  `\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`,
		Entropy:  3,
		Examples: []string{"aws_access_key_id = " + awsID, "id:" + "AS" + "IA" + sample(base32, 16, "sts id") + ";"},
		Counter:  []string{"AK" + "IAIOSFODNN7EXAMPLE", "AK" + "IA" + strings.Repeat("A", 16), awsID + "A", strings.ToLower(awsID)},
	}, {
		Rule: describe("aws-secret-key", "AWS secret access key", report.Critical,
			"signs requests to an AWS account, together with the access key id",
			"In IAM, Users, Security credentials: deactivate the key, see what stops, delete it. Look for its uses in CloudTrail.",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"),
		Pattern: `(?i:secret[_.\- ]?(?:access[_.\- ]?)?key|aws[_.\- ]?secret)["'\x60\])]{0,3}\s{0,4}(?:=>|:=|[=:,>])\s{0,4}["'\x60]{0,2}([A-Za-z0-9/+]{40})` +
			`|\b(?:AKIA|ASIA)[A-Z2-7]{16}["'\x60]?[\s,;:|/]{1,8}["'\x60]?([A-Za-z0-9/+]{40})`,
		Near:    `(?i:aws|amazon|s3)|(?:AKIA|ASIA)[A-Z2-7]{16}`,
		Within:  300,
		Entropy: 4,
		Check: func(m Match) report.Confidence {
			if !mixed(m.Secret.Reveal(), 3) || !apart(m, "+/=") {
				return report.ConfidenceUnknown
			}
			return report.ConfidenceHigh
		},
		Examples: []string{
			"aws_secret_access_key = " + awsKey,
			`{"AccessKeyId": "` + awsID + `", "SecretAccessKey": "` + awsKey + `"}`,
			"ana," + awsID + "," + awsKey + "\n",
		},
		Counter: []string{
			"aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY",
			"aws_secret_key = " + sample(hexDigits, 40, "sha1"),
			"aws_secret_key = " + awsKey + "A",
		},
	}, {
		Rule: describe("google-api-key", "Google API key", report.Medium,
			"calls Google APIs at its project's cost, with what they let a key do",
			"In the Google Cloud console, APIs & Services, Credentials: delete or regenerate it. If it belongs in an app that people download, restrict it to that app and to the APIs it calls instead.",
			"https://cloud.google.com/docs/authentication/api-keys"),
		Pattern:  `\bAIza[0-9A-Za-z_-]{35}`,
		Entropy:  3.5,
		Check:    whole,
		Examples: []string{"key=" + "AI" + "za" + sample(base64URL, 34, "google") + "Q"},
		Counter:  []string{"AI" + "za" + sample(base64URL, 40, "google"), "AI" + "zaSy" + strings.Repeat("X", 33)},
	}, {
		Rule: describe("google-oauth-secret", "Google OAuth client secret", report.High,
			"lets a program pose as the OAuth client that it belongs to",
			"In the Google Cloud console, APIs & Services, Credentials: add a new secret to the client, then disable and delete this one.",
			"https://support.google.com/cloud/answer/15549257"),
		Pattern:  `\bGOCSPX-[0-9A-Za-z_-]{28}`,
		Entropy:  3,
		Check:    whole,
		Examples: []string{`"client_secret":"` + "GOC" + "SPX-" + sample(base64URL, 27, "oauth") + `k"`},
		Counter:  []string{"GOC" + "SPX-" + strings.Repeat("x", 28), "GOC" + "SPX-your-client-secret-goes-here"},
	}, {
		Rule: describe("azure-storage-key", "Azure storage account key", report.Critical,
			"reads and writes all that is in the storage account",
			"In the Azure portal, Storage account, Access keys: rotate the key.",
			"https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage"),
		Pattern:  `(?i:AccountKey)=([A-Za-z0-9+/]{86}==)`,
		Entropy:  4,
		Examples: []string{"DefaultEndpointsProtocol=https;AccountName=shop;" + azure + ";EndpointSuffix=core.windows.net"},
		Counter:  []string{"AccountKey" + "=" + strings.Repeat("a", 86) + "==", "AccountKey=<key>"},
	}, {
		Rule: describe("digitalocean-token", "DigitalOcean token", report.Critical,
			"acts for a DigitalOcean account or an OAuth application, with the scopes it was given",
			"In the control panel, API, Tokens: delete it; for an OAuth token, revoke the application's access.",
			"https://docs.digitalocean.com/reference/api/create-personal-access-token/"),
		Pattern:  `\bdo[opr]_v1_[0-9a-f]{64}\b`,
		Entropy:  3,
		Examples: []string{"DIGITALOCEAN_TOKEN=" + "do" + "p_v1_" + sample(hexDigits, 64, "do")},
		Counter:  []string{"do" + "p_v1_" + strings.Repeat("0", 64), "do" + "p_v1_" + sample(hexDigits, 63, "do")},
	}, {
		Rule: describe("databricks-token", "Databricks access token", report.Critical,
			"acts for a user of a Databricks workspace",
			"In the workspace, Settings, Developer, Access tokens: revoke it.",
			"https://docs.databricks.com/aws/en/dev-tools/auth/pat"),
		Pattern:  `\bdapi[0-9a-f]{32}(?:-[0-9]{1,2})?\b`,
		Entropy:  3,
		Examples: []string{"token: " + "da" + "pi" + sample(hexDigits, 32, "databricks"), "da" + "pi" + sample(hexDigits, 32, "databricks 2") + "-2"},
		Counter:  []string{"da" + "pi" + sample(hexDigits, 33, "databricks")},
	}}
}
