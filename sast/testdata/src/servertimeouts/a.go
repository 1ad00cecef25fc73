// Package servertimeouts starts servers with and without time-outs.
package servertimeouts

import (
	"net"
	"net/http"
)

func bad(h http.Handler) error {
	return http.ListenAndServe(":8080", h) // want `http.ListenAndServe serves without a read time-out`
}

func badTLS() error {
	return http.ListenAndServeTLS(":8443", "cert.pem", "key.pem", nil) // want `http.ListenAndServeTLS serves without`
}

func badServe(l net.Listener, h http.Handler) error {
	return http.Serve(l, h) // want `http.Serve serves without`
}

func badLiteral(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h} // want `http.Server without ReadHeaderTimeout and ReadTimeout`
	return srv.ListenAndServe()
}

func badLines(l net.Listener, h http.Handler) error {
	srv := http.Server{ // want `http.Server without`
		Handler: h,
	}
	return srv.Serve(l)
}

func badEmpty(l net.Listener) error {
	return (&http.Server{}).Serve(l) // want `http.Server without`
}

type app struct{ srv *http.Server }

func newApp(h http.Handler) *app {
	return &app{srv: &http.Server{Handler: h}} // want `http.Server without`
}

func (a *app) run() error { return a.srv.ListenAndServe() }

func badReturned(h http.Handler) *http.Server {
	return &http.Server{Handler: h} // want `http.Server without`
}
