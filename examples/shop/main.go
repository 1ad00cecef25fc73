// Command shop is a small web shop with flaws to find, each beside a twin
// that does the same safely. It is an example to scan, not one to run.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"
)

type shop struct {
	db     *sql.DB
	config config
}

func main() {
	c, err := readConfig("shop.yaml")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open(c.Driver, os.Getenv("SHOP_DSN"))
	if err != nil {
		log.Fatal(err)
	}
	s := &shop{db: db, config: c}
	http.HandleFunc("GET /products", s.products)
	http.HandleFunc("GET /products/sorted", s.productsSorted)
	http.HandleFunc("GET /orders", s.withUser(s.orders))
	http.HandleFunc("GET /invoice", s.withUser(s.invoice))
	http.HandleFunc("POST /thumbnail", s.thumbnail)

	go serveMetrics(c.Metrics)
	log.Fatal(http.ListenAndServe(c.Listen, nil))
}

// serveMetrics has the timeouts that the shop itself lacks.
func serveMetrics(addr string) {
	srv := &http.Server{Addr: addr, ReadHeaderTimeout: 5 * time.Second}
	log.Print(srv.ListenAndServe())
}
