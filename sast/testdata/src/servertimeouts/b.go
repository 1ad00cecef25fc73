package servertimeouts

import (
	"context"
	"net/http"
	"time"
)

func badImported(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, WriteTimeout: time.Second} // want `http.Server without`
	return srv.ListenAndServe()
}

func good(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, ReadHeaderTimeout: time.Second}
	return srv.ListenAndServe()
}

func goodRead(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, ReadTimeout: time.Second}
	return srv.ListenAndServe()
}

func goodLater(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h}
	srv.ReadHeaderTimeout = time.Second
	return srv.ListenAndServe()
}

// Never listened on.
func goodUnused(h http.Handler) string {
	srv := &http.Server{Addr: ":8080", Handler: h}
	srv.Shutdown(context.Background())
	return srv.Addr
}

type server struct{ Addr string }

func (server) ListenAndServe() error { return nil }

func goodOther() error { return server{Addr: ":1"}.ListenAndServe() }
