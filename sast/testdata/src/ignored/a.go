// Package ignored has comments that ask not to report.
package ignored

import (
	"database/sql"
	"net/http"
)

var db *sql.DB

func handle(w http.ResponseWriter, r *http.Request) {
	db.Query(r.FormValue("q")) //merlon:ignore sqlinjection the console of the administrator
	//merlon:ignore sast/sqlinjection the console of the administrator
	db.Query(r.FormValue("q"))
	db.Query(r.FormValue("q")) // #nosec
	db.Query(r.FormValue("q")) // #nosec G201 -- the console
	db.Query(r.FormValue("q")) //nolint:errcheck,gosec // the console

	/* A comment over the line, not about this. */
	db.Query(r.FormValue("q")) // want `SQL injection.* pass it as a parameter$`
	//merlon:ignore sqlinjection
	db.Query(r.FormValue("q")) // want `SQL injection.*names no reason`
	//merlon:ignore tlsverify another rule
	db.Query(r.FormValue("q")) // want `SQL injection`
	db.Query(r.FormValue("q")) /* #nosec G402 */ // want `SQL injection`
	db.Query(r.FormValue("q")) /* nolint:errcheck */ // want `SQL injection`
	db.Query(r.FormValue("q"), 1) //merlon:ignore sqlinjection for this line only
	db.Query(r.FormValue("q")) // want `SQL injection`
}
