package merlon_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
)

// A scan in ten lines: a target, a scanner, a gate and a format.
func Example() {
	key := "AKIA" + "Z7QJ4UMRPX3TNBWD" // put together, since it must not stand in our own tree
	target := report.NewTarget("shop", fstest.MapFS{"deploy.env": {Data: []byte("AWS_ACCESS_KEY_ID=" + key + "\n")}})
	scanner, err := secrets.New(secrets.Options{})
	if err != nil {
		fmt.Println(err)
	}
	rep, err := report.Run(context.Background(), target, scanner) // err: what was not examined
	if err != nil {
		fmt.Println(err)
	}
	gate, err := policy.New(policy.Options{}) // fails on gaps, and on findings of high and above
	if err != nil {
		fmt.Println(err)
	}
	rep = gate.Judge(rep, time.Now())
	report.Write(os.Stdout, rep, report.Text{})
	fmt.Println("exit", rep.Verdict.ExitCode())
	// Output:
	// deploy.env:1:19: high: AWS access key id [secrets/aws-access-key]
	// fail: severity: high secrets/aws-access-key in deploy.env:1; 1 finding (1 high)
	// exit 1
}
