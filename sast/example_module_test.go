package sast_test

import (
	"os"
	"path/filepath"
)

// webModule writes a module with a flaw.
func webModule() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module example.com/web\n\ngo 1.26\n",
		"web.go": `package web

import (
	"net/http"
	"os/exec"
)

func ping(w http.ResponseWriter, r *http.Request) {
	exec.Command("sh", "-c", "ping -c 1 "+r.FormValue("host")).Run()
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			panic(err)
		}
	}
	return dir, func() { os.RemoveAll(dir) }
}
