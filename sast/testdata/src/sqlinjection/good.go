package sqlinjection

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func parameter(w http.ResponseWriter, r *http.Request) {
	db.QueryRowContext(r.Context(), "SELECT id FROM users WHERE name = ?", r.FormValue("name"))
}

func number(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.FormValue("id"))
	if err != nil {
		return
	}
	db.Query(fmt.Sprintf("SELECT * FROM t WHERE id = %d", id))
	db.Query("SELECT * FROM t WHERE id = " + strconv.Itoa(id))
}

// The text itself is used after it was parsed.
func parsed(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return
	}
	db.Query("SELECT * FROM t WHERE id = " + id)
}

func constantCompared(w http.ResponseWriter, r *http.Request) {
	order := r.FormValue("order")
	if order != "asc" && order != "desc" {
		order = "asc"
	}
	db.Query("SELECT * FROM t ORDER BY a " + order)
}

func switched(w http.ResponseWriter, r *http.Request) {
	column := r.FormValue("column")
	switch column {
	case "name", "age":
		db.Query("SELECT * FROM t ORDER BY " + column)
	case "":
		db.Query("SELECT * FROM t ORDER BY id" + column)
	default:
		http.Error(w, "unknown column", http.StatusBadRequest)
	}
}

func switchedAway(w http.ResponseWriter, r *http.Request) {
	column := strings.ToLower(r.FormValue("column"))
	switch column {
	case "name", "age":
	default:
		column = "id"
	}
	db.Query("SELECT * FROM t ORDER BY " + column)
}

var columns = map[string]bool{"name": true, "age": true}

func allowed(w http.ResponseWriter, r *http.Request) {
	column := r.FormValue("column")
	if !columns[column] {
		return
	}
	db.Query("SELECT * FROM t ORDER BY " + column)
}

func allowedOK(w http.ResponseWriter, r *http.Request) {
	if _, ok := columns[r.FormValue("column")]; ok {
		db.Query("SELECT * FROM t ORDER BY " + r.FormValue("column"))
	}
}

func lookedUp(w http.ResponseWriter, r *http.Request) {
	names := map[string]string{"n": "name", "a": "age"}
	db.Query("SELECT * FROM t ORDER BY " + names[r.FormValue("column")])
}

func contained(w http.ResponseWriter, r *http.Request) {
	column := r.FormValue("column")
	if !slices.Contains([]string{"name", "age"}, column) {
		http.Error(w, "no such column", http.StatusBadRequest)
		return
	}
	db.Query("SELECT * FROM t ORDER BY " + column)
}

var word = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func matched(w http.ResponseWriter, r *http.Request) {
	table := r.FormValue("table")
	if !word.MatchString(table) {
		return
	}
	db.Query("SELECT * FROM " + table)
}

func stripped(w http.ResponseWriter, r *http.Request) {
	table := regexp.MustCompile(`[^a-z0-9_]+`).ReplaceAllString(r.FormValue("table"), "")
	db.Query("SELECT * FROM " + table)
}

// Tests in functions of their own.
func validName(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return s != ""
}

func checked(w http.ResponseWriter, r *http.Request) {
	table := r.FormValue("table")
	if !validName(table) {
		return
	}
	db.Query("SELECT * FROM " + table)
}

func isColumn(s string) bool {
	for _, c := range []string{"name", "age"} {
		if s == c {
			return true
		}
	}
	return false
}

func checkedByLoop(w http.ResponseWriter, r *http.Request) {
	column := r.FormValue("column")
	if isColumn(column) {
		db.Query("SELECT * FROM t ORDER BY " + column)
	}
}

var errOrder = errors.New("unknown order")

func checkOrder(s string) error {
	switch strings.ToLower(s) {
	case "asc", "desc":
		return nil
	}
	return errOrder
}

func checkedByError(w http.ResponseWriter, r *http.Request) {
	order := r.FormValue("order")
	if err := checkOrder(order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	db.Query("SELECT * FROM t ORDER BY a " + order)
}

type filter struct{ column, order string }

func (f *filter) valid() error {
	if !columns[f.column] {
		return fmt.Errorf("unknown column %q", f.column)
	}
	if f.order != "asc" && f.order != "desc" {
		return errOrder
	}
	return nil
}

func checkedStruct(w http.ResponseWriter, r *http.Request) {
	f := &filter{column: r.FormValue("column"), order: r.FormValue("order")}
	if err := f.valid(); err != nil {
		return
	}
	db.Query("SELECT * FROM t ORDER BY " + f.column + " " + f.order)
}

// A field next to the tainted one.
func otherField(w http.ResponseWriter, r *http.Request) {
	var q query
	q.table = "users"
	q.order.by = r.FormValue("order")
	db.Query("SELECT * FROM " + q.table)
}

func overwritten(w http.ResponseWriter, r *http.Request) {
	var f filter
	f.order = r.FormValue("order")
	f.order = "asc"
	db.Query("SELECT * FROM t ORDER BY a " + f.order)
}

func otherElement(w http.ResponseWriter, r *http.Request) {
	m := map[string]string{"safe": "x", "name": r.FormValue("name")}
	db.Query("SELECT * FROM t WHERE name = '" + m["safe"] + "'")
}

func parsedTime(w http.ResponseWriter, r *http.Request) {
	t, err := time.Parse(time.DateOnly, r.FormValue("day"))
	if err != nil {
		return
	}
	db.Query("SELECT * FROM t WHERE day = '" + t.Format(time.DateOnly) + "'")
}

func placeholders(w http.ResponseWriter, r *http.Request) {
	ids := r.URL.Query()["id"]
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	db.Query("SELECT * FROM t WHERE id IN ("+strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")+")", args...)
}

func fromConfig(table string) (*sql.Rows, error) { return db.Query("SELECT * FROM " + table) }

func constantTable(w http.ResponseWriter, r *http.Request) { fromConfig("users") }

func deadCode(w http.ResponseWriter, r *http.Request) {
	q := "SELECT 1"
	if n := 106; 7*18+n < 200 {
		q = r.FormValue("q")
	}
	db.Query(q)
}

func hex(w http.ResponseWriter, r *http.Request) {
	db.Query(fmt.Sprintf("SELECT * FROM t WHERE h = '%x' AND n = %d", r.FormValue("h"), len(r.Form)))
}

func quoted(w http.ResponseWriter, r *http.Request) {
	db.Query("SELECT * FROM t WHERE name = '" + strings.ReplaceAll(r.FormValue("name"), "'", "''") + "'")
}

func statement(w http.ResponseWriter, r *http.Request, st *sql.Stmt) {
	st.QueryContext(r.Context(), r.FormValue("name"))
}

func ownRequest(w http.ResponseWriter) {
	req, _ := http.NewRequest("GET", "http://localhost/x", nil)
	db.Query("SELECT * FROM t WHERE path = '" + req.URL.Path + "'")
}
