package secretstest_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/secrets"
	"github.com/merlonsec/merlon/secrets/secretstest"
)

func TestDefaultDetectors(t *testing.T) {
	for _, d := range secrets.DefaultDetectors() {
		t.Run(strings.TrimPrefix(d.Rule.ID, "secrets/"), func(t *testing.T) { secretstest.TestDetector(t, d) })
	}
}
