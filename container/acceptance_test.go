package container

import (
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
)

func TestScannerIsAccepted(t *testing.T) {
	img := spec{config: map[string]any{"config": map[string]any{"Env": []string{"DB_PASSWORD=hunter2hunter2"}}}, layers: [][]byte{tarOf(t, entry{name: "a", data: "x"})}}.open(t)
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	reporttest.TestScannerOn(t, s, func() (*report.Target, error) { return img.Target(), nil })
}
