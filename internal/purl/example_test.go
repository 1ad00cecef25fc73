package purl_test

import (
	"fmt"

	"github.com/merlonsec/merlon/internal/purl"
)

func Example() {
	p, err := purl.Parse("pkg:npm/@babel/core@7.26.0")
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Ecosystem(), p.FullName(), p.Version)
	fmt.Println(p)
	// Output:
	// npm @babel/core 7.26.0
	// pkg:npm/%40babel/core@7.26.0
}

func ExampleNew() {
	p, err := purl.New(purl.PURL{Type: "pypi", Name: "Typing_Extensions", Version: "4.12.2"})
	fmt.Println(p, err)
	_, err = purl.New(purl.PURL{Type: "swift", Name: "Alamofire"})
	fmt.Println(err)
	// Output:
	// pkg:pypi/typing-extensions@4.12.2 <nil>
	// purl of type swift without a namespace
}
