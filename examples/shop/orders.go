package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"strconv"

	"github.com/dgrijalva/jwt-go"
)

// withUser accepts requests that carry a token of ours.
func (s *shop) withUser(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := jwt.Parse(r.Header.Get("Authorization"), func(t *jwt.Token) (any, error) {
			if _, ok := t.Method.(*jwt.SigningMethodHMAC); !ok {
				return nil, fmt.Errorf("method %v", t.Header["alg"])
			}
			return []byte(s.config.TokenKey), nil
		})
		if err != nil {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

// orders looks like an injection and is none: a number has no quotes in it.
func (s *shop) orders(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.FormValue("customer"))
	if err != nil {
		http.Error(w, "no such customer", http.StatusBadRequest)
		return
	}
	var n int
	err = s.db.QueryRowContext(r.Context(), fmt.Sprintf("SELECT COUNT(*) FROM orders WHERE customer = %d", id)).Scan(&n)
	if err != nil {
		http.Error(w, "no orders", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, n)
}

// invoice hands what the customer sent to a shell: a command injection.
func (s *shop) invoice(w http.ResponseWriter, r *http.Request) {
	out, err := exec.CommandContext(r.Context(), "sh", "-c", "make-invoice --order "+r.FormValue("order")).Output()
	if err != nil {
		http.Error(w, "no invoice", http.StatusInternalServerError)
		return
	}
	w.Write(out)
}

// thumbnail gives the name as one argument, behind "--", to a fixed program.
func (s *shop) thumbnail(w http.ResponseWriter, r *http.Request) {
	if err := exec.CommandContext(r.Context(), "make-thumbnail", "--", r.FormValue("name")).Run(); err != nil {
		http.Error(w, "no thumbnail", http.StatusInternalServerError)
	}
}
