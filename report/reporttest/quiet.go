package reporttest

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// checkQuiet: nothing is written to standard output, standard error, or a
// logger that the scanner was not given.
func checkQuiet(k *kit, ctx context.Context) error {
	out, err := os.Create(filepath.Join(k.tempDir(), "output"))
	if err != nil {
		return err
	}
	defer out.Close()
	var logged lockedBuffer
	err = func() error {
		stdout, stderr := os.Stdout, os.Stderr
		logger, logOut, flags := slog.Default(), log.Writer(), log.Flags()
		defer func() {
			os.Stdout, os.Stderr = stdout, stderr
			slog.SetDefault(logger)
			log.SetOutput(logOut) // which SetDefault redirects
			log.SetFlags(flags)
		}()
		os.Stdout, os.Stderr = out, out
		slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.Level(-100)})))
		_, err := k.again(ctx)
		return err
	}()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		return err
	}
	if len(text) > 0 {
		return fmt.Errorf("written to standard output or error: %.200q", text)
	}
	if s := logged.String(); s != "" {
		return fmt.Errorf("written to the default logger, want Target.Logger: %.200q", s)
	}
	return nil
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
