package secretstest_test

import (
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
	"github.com/merlonsec/merlon/secrets/secretstest"
)

// Token is the detector of somebody's own platform.
var Token = secrets.Detector{
	Rule:     report.Rule{ID: "acme/token", Title: "Acme platform token"},
	Pattern:  `\bacme_[0-9a-f]{32}\b`,
	Examples: []string{"token: acme_" + "7c1f0b9a52e84d36a9b0c4d7e1f83265"},
	Counter:  []string{"acme_<token>"},
}

// Put this into a test function of the detector's package.
func Example() {
	_ = func(t *testing.T) { secretstest.TestDetector(t, Token) }
}

func TestToken(t *testing.T) { secretstest.TestDetector(t, Token) }
