package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// paymentDetectors find the keys of payment services and shops.
func paymentDetectors() []Detector {
	const opens, revoke = "charges cards and reads customers of a Stripe account", "In the Stripe dashboard, Developers, API keys: roll it. Then look at the request log."
	const url = "https://docs.stripe.com/keys"
	test := describe("stripe-test-key", "Stripe test key", report.Low,
		"reads and writes the test data of a Stripe account; no money moves", revoke, url)
	return []Detector{{
		Rule:     describe("stripe-key", "Stripe live key", report.Critical, opens, revoke, url),
		Pattern:  `\b[rs]k_live_[0-9A-Za-z]{20,247}\b`,
		Entropy:  3.3,
		Examples: []string{"STRIPE_KEY=" + "s" + "k_live_" + sample(alnum, 24, "stripe"), "r" + "k_live_" + sample(alnum, 99, "restricted")},
		Counter:  []string{"s" + "k_live_" + strings.Repeat("x", 24), "s" + "k_live_" + sample(alnum, 12, "short"), "p" + "k_live_" + sample(alnum, 24, "public")},
	}, {
		Rule:     test,
		Pattern:  `\b[rs]k_test_[0-9A-Za-z]{20,247}\b`,
		Entropy:  3.3,
		Examples: []string{`stripe.Key = "` + "s" + "k_test_" + sample(alnum, 24, "stripe test") + `"`},
		Counter:  []string{"s" + "k_test_" + strings.Repeat("x", 24)},
	}, {
		Rule: describe("shopify-token", "Shopify token", report.High,
			"reads and changes a shop's orders, products and customers (shpat_, shpca_, shppa_ access tokens; shpss_ the app's secret)",
			"In the Shopify admin, Apps and sales channels, Develop apps: uninstall the app or rotate its credentials.",
			"https://shopify.dev/docs/apps/build/authentication-authorization"),
		Pattern:  `\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b`,
		Entropy:  3,
		Examples: []string{"X-Shopify-Access-Token: " + "shp" + "at_" + sample(hexDigits, 32, "shopify")},
		Counter:  []string{"shp" + "at_" + strings.Repeat("0", 32), "shp" + "at_" + sample(hexDigits, 33, "shopify")},
	}}
}
