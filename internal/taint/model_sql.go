package taint

// sqlModels are the arguments that a database parses as SQL.
func sqlModels() []Model {
	var rows []Model
	add := func(sink, typ string, methods ...string) {
		for _, m := range methods {
			rows = append(rows, Model{Func: typ + "." + m, Sink: sink + ":sql"})
		}
	}
	for _, typ := range []string{"DB", "Tx", "Conn"} {
		if typ != "Conn" {
			add("1", "database/sql."+typ, "Query", "QueryRow", "Exec", "Prepare")
		}
		add("2", "database/sql."+typ, "QueryContext", "QueryRowContext", "ExecContext", "PrepareContext")
	}

	const sqlx = "github.com/jmoiron/sqlx"
	for _, typ := range []string{"DB", "Tx", "Conn", "Ext", "Queryer", "Execer", "Preparer", "ExtContext", "QueryerContext", "ExecerContext", "PreparerContext"} {
		add("1", sqlx+"."+typ, "Queryx", "QueryRowx", "NamedExec", "NamedQuery", "MustExec", "Preparex", "PrepareNamed", "Query", "Exec", "Prepare")
		add("2", sqlx+"."+typ, "Get", "Select", "QueryxContext", "QueryRowxContext", "NamedExecContext", "NamedQueryContext",
			"MustExecContext", "PreparexContext", "PrepareNamedContext", "QueryContext", "ExecContext", "PrepareContext")
		add("3", sqlx+"."+typ, "GetContext", "SelectContext")
	}
	add("1", sqlx, "NamedExec", "NamedQuery", "MustExec", "Preparex")
	add("2", sqlx, "Get", "Select", "NamedExecContext", "NamedQueryContext", "MustExecContext", "PreparexContext")
	add("3", sqlx, "GetContext", "SelectContext")
	for _, f := range []string{"Rebind"} {
		rows = append(rows, Model{Func: sqlx + ".DB." + f, Flows: "1>r"}, Model{Func: sqlx + ".Tx." + f, Flows: "1>r"}, Model{Func: sqlx + "." + f, Flows: "1>r"})
	}
	rows = append(rows, Model{Func: sqlx + ".In", Flows: "0>r"}, Model{Func: sqlx + ".Named", Flows: "0>r"})

	for _, typ := range []string{"pgx.Conn", "pgx.Tx", "pgx/pgxpool.Pool", "pgx/pgxpool.Conn", "pgx/pgxpool.Tx", "pgx.ConnPool"} {
		add("2", "github.com/jackc/"+typ, "Query", "QueryRow", "Exec")
	}
	add("3", "github.com/jackc/pgx.Conn", "Prepare")
	add("3", "github.com/jackc/pgx.Tx", "Prepare")
	add("1", "github.com/jackc/pgx.Batch", "Queue")
	add("2", "github.com/jackc/pgx/pgconn.PgConn", "Exec", "ExecParams")
	rows = append(rows, Model{Func: "github.com/jackc/pgx.Identifier.Sanitize"})

	const gorm = "gorm.io/gorm.DB"
	add("1", gorm, "Raw", "Exec", "Where", "Or", "Not", "Having", "Order", "Group", "Select", "Joins", "Pluck", "Table", "Distinct", "InnerJoins")
	add("2*", gorm, "First", "Last", "Take", "Find", "Delete")
	const oldGorm = "github.com/jinzhu/gorm.DB"
	add("1", oldGorm, "Raw", "Exec", "Where", "Or", "Not", "Having", "Order", "Group", "Select", "Joins", "Pluck", "Table")
	rows = append(rows, Model{Func: "gorm.io/gorm.Expr", Sink: "0:sql"}, Model{Func: "github.com/jinzhu/gorm.Expr", Sink: "0:sql"})

	// Quoting that is made for the purpose.
	rows = append(rows,
		Model{Func: "github.com/lib/pq.QuoteIdentifier", Flows: "0>r-sql"},
		Model{Func: "github.com/lib/pq.QuoteLiteral", Flows: "0>r-sql"})
	return rows
}

// queryName says which methods, of any interface, query a database if their
// results are those of database/sql, and which argument is the SQL: the first
// string.
func queryName(name string) bool {
	switch name {
	case "Query", "QueryRow", "Exec", "Prepare", "QueryContext", "QueryRowContext", "ExecContext", "PrepareContext":
		return true
	}
	return false
}
