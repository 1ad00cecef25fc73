package servertimeouts

import (
	"net/http"
	"net/http/httptest"
)

// A file that helps tests.
func goodTest(h http.Handler) *httptest.Server {
	return &httptest.Server{Config: &http.Server{Handler: h}}
}
