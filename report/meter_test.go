package report_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestMeter(t *testing.T) {
	var b strings.Builder
	m := &report.Meter{W: &b, Width: 31}
	m.Show(report.Progress{Scanner: "sast", Phase: "load", Done: 1, Total: 9})
	m.Show(report.Progress{Scanner: "secrets", Phase: "scan", Done: 7})
	m.Show(report.Progress{Scanner: "a scanner\nwith a long name", Phase: "scan"})
	m.Clear()
	want := "\r\x1b[Ksast load 1/9" + "\r\x1b[Ksast load 1/9 · secrets scan 7" + "\r\x1b[Ksast load 1/9 · secrets scan …" + "\r\x1b[K"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var none report.Meter
	none.Show(report.Progress{})
	none.Clear()
}
