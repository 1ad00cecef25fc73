// Package store runs statements for others.
package store

import (
	"context"
	"database/sql"
	"net/http"
)

type Store struct{ DB *sql.DB }

func (s *Store) Find(ctx context.Context, name string) (*sql.Rows, error) {
	return s.DB.QueryContext(ctx, "SELECT * FROM t WHERE name = '"+name+"'")
}

func (s *Store) FindSafe(ctx context.Context, name string) (*sql.Rows, error) {
	return s.DB.QueryContext(ctx, "SELECT * FROM t WHERE name = ?", name)
}

func Name(r *http.Request) string { return r.FormValue("name") }

func Valid(name string) bool { return name == "a" || name == "b" }

func Wrap(s string) string { return "SELECT * FROM t WHERE " + s }

func Constant(string) string { return "SELECT 1" }
