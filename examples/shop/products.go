package main

import (
	"encoding/json"
	"fmt"
	"net/http"
)

type product struct {
	ID    int
	Name  string
	Price int // cents
}

// products puts the search word into the query: an SQL injection.
func (s *shop) products(w http.ResponseWriter, r *http.Request) {
	s.list(w, r, search(r.URL.Query().Get("q")))
}

// search builds the query far from both the request and the database.
func search(word string) string {
	return fmt.Sprintf("SELECT id, name, price FROM products WHERE name LIKE '%%%s%%'", word)
}

func (s *shop) list(w http.ResponseWriter, r *http.Request, query string, args ...any) {
	rows, err := s.db.QueryContext(r.Context(), query, args...)
	if err != nil {
		http.Error(w, "no products", http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	var all []product
	for rows.Next() {
		var p product
		if err := rows.Scan(&p.ID, &p.Name, &p.Price); err != nil {
			http.Error(w, "no products", http.StatusInternalServerError)
			return
		}
		all = append(all, p)
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(all)
}

// productsSorted takes the word as an argument and the column from a list.
func (s *shop) productsSorted(w http.ResponseWriter, r *http.Request) {
	order := "name"
	switch r.FormValue("sort") {
	case "price":
		order = "price"
	case "id":
		order = "id"
	}
	rows, err := s.db.QueryContext(r.Context(), "SELECT id, name, price FROM products WHERE name LIKE ? ORDER BY "+order, "%"+r.FormValue("q")+"%")
	if err != nil {
		http.Error(w, "no products", http.StatusInternalServerError)
		return
	}
	rows.Close()
}
