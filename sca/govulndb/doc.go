// Package govulndb asks the Go vulnerability database over HTTP which
// advisories there are about modules. It finds what the local copy of the
// database finds that [sca.Open] reads, without its 3 MB download.
//
//	db, err := govulndb.New(ctx, govulndb.Options{Client: http.DefaultClient})
//	scanner, err := sca.New(sca.Options{Database: db})
//
// It reads layout v1 (https://go.dev/doc/security/vuln/database): [New] fetches
// the index of all modules, a look-up the records about the modules that were asked for,
// so the server learns which vulnerable modules are in use, and no versions.
// With a [report.Cache] an index that has not changed is not sent again, nor is a
// record of the same date. Answers of 429 and 5xx, and broken off ones, are
// tried again a few times.
//
// What the server does not give is a gap that names its URL; the rest is
// matched. Nothing is contacted but the URL, with the client that is given;
// time-outs besides the context's are that client's, or a minute for each try.
package govulndb
