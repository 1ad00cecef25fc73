// Package sqlinjection has functions that put remote input into SQL.
package sqlinjection

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

var db *sql.DB

func concatenated(w http.ResponseWriter, r *http.Request) {
	db.QueryRowContext(r.Context(), "SELECT id FROM users WHERE name = '"+r.FormValue("name")+"'") // want `SQL injection: input from \(\*http.Request\).FormValue becomes part of the statement of \(\*sql.DB\).QueryRowContext`
}

func formatted(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	query := fmt.Sprintf("SELECT id FROM users WHERE name = '%s'", name)
	db.Query(query) // want `SQL injection: input from \(\*http.Request\).URL`
}

func built(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	b.WriteString("SELECT id FROM users ORDER BY ")
	b.WriteString(r.Header.Get("X-Sort"))
	db.Query(b.String()) // want `SQL injection`
}

func buffered(w http.ResponseWriter, r *http.Request) {
	buf := new(bytes.Buffer)
	fmt.Fprintf(buf, "DELETE FROM t WHERE id = %s", r.PathValue("id"))
	db.Exec(buf.String()) // want `SQL injection`
}

// Through a helper: reported where the statement is run.
func viaHelper(w http.ResponseWriter, r *http.Request) {
	find(r.PostFormValue("name"))
}

func find(name string) (*sql.Rows, error) {
	return db.Query("SELECT id FROM users WHERE name = '" + name + "'") // want `SQL injection: input from \(\*http.Request\).PostFormValue`
}

// Through a helper that fetches and one that builds.
func viaTwoHelpers(w http.ResponseWriter, r *http.Request) {
	db.Exec(where(param(r))) // want `SQL injection`
}

func param(r *http.Request) string { return r.FormValue("q") }

func where(cond string) string { return "DELETE FROM t WHERE " + cond }

// Through methods and fields.
type query struct {
	table string
	where []string
	order struct{ by string }
}

func (q *query) Where(cond string) *query {
	q.where = append(q.where, cond)
	return q
}

func (q *query) SQL() string {
	return "SELECT * FROM " + q.table + " WHERE " + strings.Join(q.where, " AND ")
}

func viaFluent(w http.ResponseWriter, r *http.Request) {
	q := &query{table: "users"}
	text := q.Where("a = 1").Where("b = " + r.FormValue("b")).SQL()
	db.Query(text) // want `SQL injection`
}

func viaField(w http.ResponseWriter, r *http.Request) {
	var q query
	q.order.by = r.FormValue("order")
	run(&q)
}

func run(q *query) {
	db.Query("SELECT * FROM users ORDER BY " + q.order.by) // want `SQL injection`
}

func viaJSON(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string
		Age  int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return
	}
	db.Exec("UPDATE users SET name = '" + in.Name + "'") // want `SQL injection`
}

func viaUnmarshal(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var m map[string]string
	json.Unmarshal(body, &m)
	db.Exec("UPDATE users SET name = '" + m["name"] + "'") // want `SQL injection`
}

func viaClosure(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	func() {
		db.Exec("DELETE FROM users WHERE name = '" + name + "'") // want `SQL injection`
	}()
}

func withTx(f func(tx *sql.Tx) error) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	return f(tx)
}

func viaCallback(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	withTx(func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM users WHERE id = " + id) // want `SQL injection`
		return err
	})
}

func each(list []string, f func(string)) {
	for _, s := range list {
		f(s)
	}
}

func viaCallbackArgument(w http.ResponseWriter, r *http.Request) {
	each(r.URL.Query()["id"], func(id string) {
		db.Exec("DELETE FROM users WHERE id = " + id) // want `SQL injection`
	})
}

func viaGoroutine(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	id := r.FormValue("id")
	wg.Add(1)
	go func(s string) {
		defer wg.Done()
		db.Exec("DELETE FROM users WHERE id = " + s) // want `SQL injection`
	}(id)
	wg.Wait()
}

func viaChannel(w http.ResponseWriter, r *http.Request) {
	ch := make(chan string, 1)
	ch <- r.FormValue("id")
	db.Exec("DELETE FROM users WHERE id = " + <-ch) // want `SQL injection`
}

type finder interface{ find(string) }

type sqlFinder struct{ db *sql.DB }

func (f sqlFinder) find(name string) {
	f.db.Query("SELECT * FROM t WHERE name = '" + name + "'") // want `SQL injection`
}

func viaInterface(w http.ResponseWriter, r *http.Request) {
	var f finder = sqlFinder{db}
	f.find(r.FormValue("name"))
}

func viaMethodValue(w http.ResponseWriter, r *http.Request) {
	h := handler{db}
	find := h.byEmail
	find(r.FormValue("email"))
}

type handler struct{ db *sql.DB }

func (h *handler) byEmail(email string) {
	h.db.QueryRow("SELECT * FROM t WHERE email = '" + email + "'") // want `SQL injection`
}

func viaMap(w http.ResponseWriter, r *http.Request) {
	m := map[string]string{"safe": "x", "name": r.FormValue("name")}
	db.Query("SELECT * FROM t WHERE name = '" + m["name"] + "'") // want `SQL injection`
}

func viaSlice(w http.ResponseWriter, r *http.Request) {
	parts := []string{"SELECT * FROM t WHERE a = 1"}
	for _, v := range r.Form["cond"] {
		parts = append(parts, v)
	}
	db.Query(strings.Join(parts, " AND ")) // want `SQL injection`
}

func viaContext(w http.ResponseWriter, r *http.Request) {
	type key struct{}
	ctx := context.WithValue(r.Context(), key{}, r.FormValue("name"))
	name, _ := ctx.Value(key{}).(string)
	db.Query("SELECT * FROM t WHERE name = '" + name + "'") // want `SQL injection`
}

func viaCookie(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("session")
	if err != nil {
		return
	}
	v, _ := url.QueryUnescape(c.Value)
	db.Query("SELECT * FROM sessions WHERE id = '" + v + "'") // want `SQL injection`
}

func viaError(w http.ResponseWriter, r *http.Request) {
	err := errors.New("not found: " + r.FormValue("name"))
	db.Exec("INSERT INTO log VALUES ('" + err.Error() + "')") // want `SQL injection`
}

func viaGeneric(w http.ResponseWriter, r *http.Request) {
	db.Query("SELECT * FROM t WHERE name = '" + first(r.Form["name"]) + "'") // want `SQL injection`
}

func first[T any](list []T) T {
	var zero T
	if len(list) == 0 {
		return zero
	}
	return list[0]
}

// Looked at, but not tested.
func lengthOnly(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if len(name) > 100 {
		return
	}
	db.Query("SELECT * FROM t WHERE name = '" + name + "'") // want `SQL injection`
}

func wrongBranch(w http.ResponseWriter, r *http.Request) {
	order := r.FormValue("order")
	if order == "asc" || order == "desc" {
		w.WriteHeader(http.StatusOK)
	}
	db.Query("SELECT * FROM t ORDER BY a " + order) // want `SQL injection`
}

func prepared(w http.ResponseWriter, r *http.Request) {
	st, err := db.Prepare("SELECT * FROM " + r.FormValue("table") + " WHERE id = ?") // want `SQL injection`
	if err == nil {
		st.Query(r.FormValue("id"))
	}
}

var last string

func viaGlobal(w http.ResponseWriter, r *http.Request) {
	last = r.FormValue("q")
	runLast()
}

func runLast() {
	db.Query(last) // want `SQL injection`
}

func deferred(w http.ResponseWriter, r *http.Request) {
	defer db.Exec("DELETE FROM t WHERE id = " + r.FormValue("id")) // want `SQL injection`
}

func runes(w http.ResponseWriter, r *http.Request) {
	var out []rune
	for _, c := range r.FormValue("q") {
		out = append(out, c)
	}
	db.Query("SELECT " + string(out)) // want `SQL injection`
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func viaExecer(w http.ResponseWriter, r *http.Request, e execer) {
	e.ExecContext(r.Context(), "DELETE FROM t WHERE id = "+r.FormValue("id")) // want `SQL injection`
}
