package sca_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
)

func Example() {
	ctx := context.Background()
	db, err := sca.OpenFS(ctx, fstest.MapFS{"left-pad.json": {Data: []byte(`{
		"id": "GHSA-0000-0000-0001", "aliases": ["CVE-2030-0001"], "summary": "Pads on the right",
		"modified": "2030-01-01T00:00:00Z",
		"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
		"affected": [{
			"package": {"ecosystem": "npm", "name": "left-pad"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.1.3"}]}]
		}]
	}`)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	scanner, err := sca.New(sca.Options{Database: db})
	if err != nil {
		fmt.Println(err)
		return
	}
	components := []*report.Component{
		{Name: "left-pad", Version: "1.1.1", Ecosystem: "npm"},
		{Name: "left-pad", Version: "1.3.0", Ecosystem: "npm"},
	}
	for f, err := range scanner.Match(ctx, components) {
		if err != nil {
			fmt.Println(err) // a gap, or the end
			continue
		}
		fmt.Println(f.Severity, f.Message)
		fmt.Println(f.Advisories, f.FixedIn)
	}
	// Output:
	// high left-pad 1.1.1: GHSA-0000-0000-0001 Pads on the right; fixed in 1.1.3
	// [GHSA-0000-0000-0001 CVE-2030-0001] [1.1.3]
}
