package gatefile_test

import (
	"fmt"
	"testing/fstest"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/policy/gatefile"
)

func Example() {
	tree := fstest.MapFS{"merlon.yaml": {Data: []byte(`
exclude: [vendor/**]
gate:
  fail:
    - {name: new-high, when: {severity: high, new: true}}
    - {name: keys, when: {kind: secret, not: {path: "testdata/**"}}, waivable: false}
`)}}
	file, err := gatefile.Read(tree, "merlon.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range file.Gate.Clauses {
		fmt.Println(c)
	}
	_, err = policy.New(file.Gate)
	fmt.Println(file.Exclude, err)
	// Output:
	// fail new-high: severity ≥ high and new; unknown warns
	// fail keys: kind secret and not path testdata/**; unknown warns; not waivable
	// [vendor/**] <nil>
}

func ExampleRead_mistake() {
	tree := fstest.MapFS{"merlon.yaml": {Data: []byte("gate:\n  fial: []\n")}}
	_, err := gatefile.Read(tree, "merlon.yaml")
	fmt.Println(err)
	// Output: merlon.yaml:2:3: unknown key "fial" in gate; known are allow-incomplete, fail, longest-waiver, waivers, warn
}
