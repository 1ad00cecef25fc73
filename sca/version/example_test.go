package version_test

import (
	"fmt"

	"github.com/merlonsec/merlon/sca/version"
)

func Example() {
	for _, e := range []string{"npm", "PyPI", "Debian:12"} {
		c, err := version.Compare(e, "1.0-1", "1.0")
		fmt.Println(e, c, err)
	}
	// Output:
	// npm -1 <nil>
	// PyPI 1 <nil>
	// Debian:12 1 <nil>
}
