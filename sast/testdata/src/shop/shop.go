// Package shop uses package store.
package shop

import (
	"net/http"

	"store"
)

var st store.Store

func handle(w http.ResponseWriter, r *http.Request) {
	st.Find(r.Context(), r.FormValue("name")) // want `SQL injection: input from \(\*http.Request\).FormValue becomes part of the statement of \(\*sql.DB\).QueryContext in store \(store.go:13\)`
}

func fetched(w http.ResponseWriter, r *http.Request) {
	st.DB.Query(store.Wrap(store.Name(r))) // want `SQL injection: input from \(\*http.Request\).FormValue`
}

func safe(w http.ResponseWriter, r *http.Request) {
	st.FindSafe(r.Context(), r.FormValue("name"))
	st.DB.Query(store.Constant(r.FormValue("name")))
	if name := r.FormValue("name"); store.Valid(name) {
		st.Find(r.Context(), name)
	}
}
