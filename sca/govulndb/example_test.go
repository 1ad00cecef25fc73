package govulndb_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca"
	"github.com/merlonsec/merlon/sca/govulndb"
)

func Example() {
	server := httptest.NewServer(http.FileServerFS(fstest.MapFS{
		"index/db.json":      {Data: []byte(`{"modified": "2030-01-01T00:00:00Z"}`)},
		"index/modules.json": {Data: []byte(`[{"path": "example.com/m", "vulns": [{"id": "GO-2030-0001"}]}]`)},
		"ID/GO-2030-0001.json": {Data: []byte(`{"id": "GO-2030-0001", "summary": "Panic on input", "affected": [{
			"package": {"ecosystem": "Go", "name": "example.com/m"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]}]}`)},
	}))
	defer server.Close()

	ctx := context.Background()
	db, err := govulndb.New(ctx, govulndb.Options{URL: server.URL, Client: server.Client()})
	if err != nil {
		fmt.Println(err)
		return
	}
	scanner, err := sca.New(sca.Options{Database: db})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f, err := range scanner.Match(ctx, []*report.Component{{Name: "example.com/m", Version: "v1.1.0", Ecosystem: "Go"}}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(f.Message)
	}
	// Output:
	// example.com/m v1.1.0: GO-2030-0001 Panic on input; fixed in v1.2.0
}
